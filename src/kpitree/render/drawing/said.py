"""What a drawing says of a KPI beside its label: what it is made of, its unit, its target."""

from kpitree.numbers import Numbers, machine_text
from kpitree.render.words import visible
from kpitree.tree.model import (
    Branch,
    Constant,
    DataTarget,
    GrowthTarget,
    Leaf,
    Node,
    PathTarget,
    PeriodTargets,
    PlainTarget,
    SpreadTarget,
    Tree,
)
from kpitree.tree.unparsing import spelled


def unit_of(tree: Tree, node: Node) -> str:
    """The unit as a reader knows it: the tree's currency by its code, nothing for numbers."""
    if node.unit == "currency" and tree.currency:
        return tree.currency
    return "" if node.unit == "number" else node.unit


def definition(node: Node) -> str:
    """What a KPI is made of: its formula, its measure and where that comes from, its value."""
    match node:
        case Branch(formula=formula):
            return visible(f"= {spelled(formula)}")
        case Leaf(measure=measure, source=source, where=where):
            condition = "" if where is None else f" where {spelled(where)}"
            return visible(f"{spelled(measure)} from {source}{_which(node)}{condition}")
        case Constant(value=value):
            if isinstance(value, dict):
                return visible(f"by period: {', '.join(value)}")
            return f"= {machine_text(value)}"


def _which(leaf: Leaf) -> str:
    """Of rows that last: those that are there, or those that came or went in the period."""
    if leaf.count_when is not None:
        return f" that {leaf.count_when}"
    return {"start": " at the start", "average": " on average"}.get(leaf.at or "", "")


def target_of(node: Node, *, ascii_only: bool = False) -> str:
    """The target as the tree file has it; a table of targets is not read for a drawing."""
    numbers = Numbers(unit=node.unit, decimals=node.decimals, ascii=ascii_only)
    match node.target:
        case PlainTarget(value=value):
            return numbers.value(value)
        case SpreadTarget(value=value, per=per):
            return f"{numbers.value(value)} a {per}"
        case PathTarget(value=value, by=by):
            return f"{numbers.value(value)} by {by.isoformat()}"
        case GrowthTarget(growth=growth, over=over):
            before = "last year" if over == "last_year" else "the period before"
            return f"{numbers.percent(growth)} over {before}"
        case DataTarget(plan=plan):
            return f"from {visible(plan.source)}"
        case PeriodTargets():
            return "by period"
        case None:
            return ""
