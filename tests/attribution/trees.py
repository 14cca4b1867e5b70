"""Small trees and states for attribution: formulas by name, every other name is a leaf."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from kpitree.analysis.attribution import attribute
from kpitree.analysis.attribution.contract import Attribution, Line, State
from kpitree.tree.expressions import Call, names_in
from kpitree.tree.model import Branch, Leaf, Node, Tree
from kpitree.tree.parsing import parse_formula

Values = Mapping[str, float | None]


def grow(
    formulas: Mapping[str, str],
    *,
    drivers: Collection[str] = (),
    missing: Mapping[str, str] | None = None,
) -> Tree:
    """A tree whose root is the first formula; labels are the names in capitals."""
    found: dict[str, Node] = {}
    for name, text in formulas.items():
        found[name] = Branch(
            id=name, label=name.upper(), formula=parse_formula(text), driver=name in drivers
        )
    for text in formulas.values():
        for name in names_in(parse_formula(text)):
            if name not in found:
                found[name] = Leaf(
                    id=name,
                    label=name.upper(),
                    measure=Call("count", ()),
                    source="rows",
                    missing=(missing or {}).get(name),
                )
    root = next(iter(formulas))
    return Tree(name="test", root=root, file=Path("test.toml"), sources={}, kpis=found)


def explain(
    tree: Tree,
    before: Values,
    after: Values,
    vs: str = "previous",
    *,
    method: str = "path",
    order: Sequence[str] | None = None,
    gradients: bool = False,
    factors: bool = False,
) -> Attribution:
    """The root's change; the values of opened KPIs may be left out.

    order: for the method `sequential`; None takes all leaves as they are mentioned.
    """
    states = State(label="before", values=dict(before)), State(label="after", values=dict(after))
    if order is None:
        order = leaves(tree) if method == "sequential" else ()
    return attribute(
        tree,
        tree.root,
        *states,
        vs=vs,
        method=method,
        order=tuple(order),
        gradients=gradients,
        factors=factors,
    )


def leaves(tree: Tree) -> tuple[str, ...]:
    return tuple(kpi for kpi, node in tree.kpis.items() if isinstance(node, Leaf))


def lines(found: Attribution, effect: str = "driver") -> dict[str, float]:
    assert found.reason is None, found.reason
    return {line.kpi: line.line for line in found.lines if line.effect == effect}


def line_of(found: Attribution, kpi: str) -> Line:
    return next(line for line in found.lines if line.kpi == kpi)
