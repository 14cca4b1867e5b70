"""Small trees and states for attribution: formulas by name, every other name is a leaf."""

from collections.abc import Collection, Mapping
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


def explain(tree: Tree, before: Values, after: Values, vs: str = "previous") -> Attribution:
    """The root's change; the values of opened KPIs may be left out."""
    states = State(label="before", values=dict(before)), State(label="after", values=dict(after))
    return attribute(tree, tree.root, *states, vs=vs)


def lines(found: Attribution) -> dict[str, float]:
    assert found.reason is None, found.reason
    return {line.kpi: line.line for line in found.lines if line.effect == "driver"}


def line_of(found: Attribution, kpi: str) -> Line:
    return next(line for line in found.lines if line.kpi == kpi)
