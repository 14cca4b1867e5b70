"""Whether a KPI of a tree is the one that the catalogue means, whatever is said of it besides."""

from pathlib import Path
from typing import Any, Final

from kpitree.catalogue.entry import KpiKeys
from kpitree.tree.expressions import Expr, Name, names_in, replace_names
from kpitree.tree.model import Branch, Constant, Leaf, Source, Tree
from kpitree.tree.parsing import parse_formula
from kpitree.tree.read import read_tree
from kpitree.tree.unparsing import spelled
from kpitree.tree.writing import text_of

_NAMED: Final = frozenset({"leads", "counterweight"})
_MEASURED: Final = frozenset({"measured", "source", "where", "time", "at", "count_when", "carry"})


def renamed(formula: str, names: dict[str, str]) -> str:
    """The formula with other names for its KPIs; as it is written where none changes."""

    def new(name: Name) -> Expr:
        return Name(names.get(name.id, name.id))

    expr = parse_formula(formula)
    same = all(names.get(name, name) == name for name in names_in(expr))
    return formula if same else spelled(replace_names(expr, new))


def alike(tree: Tree, name: str, keys: KpiKeys) -> bool:
    """Whether the tree's KPI of this name is measured or computed as these keys say.

    Assumptions are alike whatever their values: they are the user's.
    """
    if "measure" in keys and keys["source"] not in tree.sources:
        return False  # a new source: its rows are none of the tree's
    there, new = tree.kpis[name], _read(tree, name, keys)
    match there, new:
        case Constant(), Constant():
            return True
        case Branch(), Branch():
            return there.formula == new.formula
        case Leaf(), Leaf():
            return _of_leaf(tree, there) == _of_leaf(tree, new)
        case _:
            return False


def _of_leaf(tree: Tree, leaf: Leaf) -> tuple[object, ...]:
    """Everything that its values come from."""
    time = leaf.time or tree.sources[leaf.source].time
    return leaf.measure, leaf.where, leaf.source, time, leaf.at, leaf.count_when, leaf.carry


def _read(tree: Tree, name: str, keys: KpiKeys) -> Any:
    """The keys as the tree would read them; of a computed KPI its formula alone."""
    unlike = _NAMED | (_MEASURED if "formula" in keys else frozenset())
    kept = {key: value for key, value in keys.items() if key not in unlike}
    operands = names_in(parse_formula(keys["formula"])) if "formula" in keys else ()
    sources = {one.id: _source(one) for one in tree.sources.values()}
    tables = {
        "tree": {"root": name},
        "sources": sources,
        "kpi": {name: kept, **{operand: {"value": 0} for operand in operands}},
    }
    return read_tree(text_of(tables), Path("alike.toml")).kpis[name]


def _source(source: Source) -> dict[str, str]:
    if source.until is None:
        return {"path": "-", "time": source.time}
    return {"path": "-", "from": source.time, "to": source.until}
