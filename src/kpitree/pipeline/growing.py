"""What grows with the days of a period: counts, sums, distinct counts, and KPIs made of them."""

from kpitree.data.weekdays import is_sum
from kpitree.pipeline.plan import Plan, with_parts
from kpitree.tree.measures import Part
from kpitree.tree.model import Branch, Leaf


def with_rows_counted(plan: Plan) -> Plan:
    """The plan with the rows behind what grows: of its source, and of each distinct count."""
    return with_parts(
        plan,
        {
            source: [
                one for part in parts if grows(part) for one in (rows_of(part), days_seen_in(part))
            ]
            for source, parts in plan.parts.items()
        },
    )


def rows_of(part: Part) -> Part:
    """All rows of the part's source, placed in time as it is."""
    return Part("count", None, None, None, part.time)


def days_seen_in(part: Part) -> Part:
    """What the weekdays of a part are seen in: of a distinct count, the rows that it looks at."""
    return Part("count", part.argument, None, part.where, part.time) if _is_distinct(part) else part


def _is_distinct(part: Part) -> bool:
    return part.function == "n_unique" and part.over == "period"


def grows(part: Part) -> bool:
    """Whether a part of a running period grows with its days: a count, a sum, a distinct count."""
    return is_sum(part) or _is_distinct(part)


def growing_parts(plan: Plan) -> dict[str, frozenset[str]]:
    """KPI -> the columns of the growing parts that it is computed from, however far down."""
    by_leaf = {
        leaf.kpi: frozenset(
            column for part, column in zip(leaf.parts, leaf.columns, strict=True) if grows(part)
        )
        for leaf in plan.leaves.values()
    }
    found: dict[str, frozenset[str]] = {}
    for name, kpi in plan.nodes.items():  # operands first
        match kpi:
            case Branch(measured=Leaf(id=measured)):
                found[name] = by_leaf[measured]
            case Leaf():
                found[name] = by_leaf[name]
            case _:
                below = (found[one] for one in plan.tree.operands(name))
                found[name] = frozenset[str]().union(*below)
    return found
