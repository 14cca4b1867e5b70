"""Which KPIs can be removed, and what would miss them."""

from collections.abc import Collection, Iterator, Sequence

from kpitree.errors import TreeError, TreeErrors
from kpitree.tree.editing.naming import Naming, namings
from kpitree.tree.model import Tree


def with_drivers(tree: Tree, text: str, names: Sequence[str]) -> tuple[str, ...]:
    """The KPIs, and those under them that nothing else names: their own drivers, all the way down.

    text: the tree's. In the order of the file.
    """
    gone = set(names)
    while True:
        under = {operand for kpi in gone for operand in tree.operands(kpi)} - gone
        wanted = {one.kpi for one in namings(text, under) if _namer(one) not in gone}
        if not under - wanted:
            return tuple(kpi for kpi in tree.kpis if kpi in gone)
        gone |= under - wanted


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
            hint = f"kpitree set TREE {kpi} {key}=...; or remove {kpi!r}, too"
        case _:
            raise AssertionError(f"{naming.path} names no KPI")
    *table, key = naming.path
    return TreeError(
        f"{naming.kpi!r} cannot be removed: {reason}",
        where=f"{tree.file}:{naming.line}: [{'.'.join(table)}] {key}",
        hint=f"first: {hint}",
    )


def _namer(naming: Naming) -> str | None:
    """The KPI whose table a place stands in; None for [tree]."""
    return naming.path[1] if naming.path[0] == "kpi" else None
