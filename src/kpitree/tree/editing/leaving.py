"""Which KPIs can be removed, and what would miss them."""

import shlex
from collections.abc import Collection, Iterator, Sequence

from kpitree.errors import TreeError, TreeErrors
from kpitree.tree.editing.naming import Naming, namings
from kpitree.tree.editing.spelling import spelled
from kpitree.tree.model import Tree


def with_drivers(tree: Tree, text: str, names: Sequence[str]) -> tuple[str, ...]:
    """The KPIs, and those under them that nothing which stays names, all the way down.

    They may name each other, in formulas, leads or counterweight. text: the tree's. In the order
    of the file.
    """
    gone = _under(tree, names)
    named = [(_namer(one), one.kpi) for one in namings(text, gone)]
    while wanted := {kpi for namer, kpi in named if kpi in gone and namer not in gone} - {*names}:
        gone -= wanted
    return tuple(kpi for kpi in tree.kpis if kpi in gone)


def _under(tree: Tree, names: Sequence[str]) -> set[str]:
    """The KPIs and everything that they are made of."""
    found: set[str] = set()
    new = {*names}
    while new:
        found |= new
        new = {operand for kpi in new for operand in tree.operands(kpi)} - found
    return found


def refuse_needed(tree: Tree, text: str, names: Collection[str]) -> None:
    """Raises TreeErrors: each place that names a KPI which is to go, and stays itself."""
    errors = list(_missed(tree, text, names))
    if errors:
        raise TreeErrors(errors)


def _missed(tree: Tree, text: str, names: Collection[str]) -> Iterator[TreeError]:
    for one in namings(text, names):
        if _namer(one) not in names:
            yield _still_named(tree, one)
    if tree.root in names and not any(one.path == ("tree", "root") for one in namings(text, names)):
        yield TreeError(
            f"{tree.root!r} cannot be removed: it is the tree's goal",
            where=str(tree.file),
            hint="name another goal first: kpitree set TREE tree root=NAME",
        )


def _still_named(tree: Tree, naming: Naming) -> TreeError:
    match naming.path:
        case ("tree", "root"):
            reason, hint = "it is the tree's goal", "kpitree set TREE tree root=NAME"
        case (_, kpi, key):
            reason = f"{kpi!r} names it"
            way = _without(tree, naming.kpi, kpi, key)
            hint = f"kpitree set TREE {kpi} {way}; or remove {kpi!r}, too"
        case _:
            raise AssertionError(f"{naming.path} names no KPI")
    *table, key = naming.path
    return TreeError(
        f"{naming.kpi!r} cannot be removed: {reason}",
        where=f"{tree.file}:{naming.line}: [{'.'.join(table)}] {key}",
        hint=f"first: {hint}",
    )


def _without(tree: Tree, name: str, kpi: str, key: str) -> str:
    """How a KPI's key is told to name another one no more."""
    if key == "formula":
        return "formula=..."
    left = [one for one in tree.kpis[kpi].leads if one != name] if key == "leads" else []
    return shlex.quote(f"leads={spelled(left)}") if left else f"--unset {key}"


def _namer(naming: Naming) -> str | None:
    """The KPI whose table a place stands in; None for [tree]."""
    return naming.path[1] if naming.path[0] == "kpi" else None
