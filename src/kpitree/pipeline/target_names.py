"""What a tree's table of targets says about KPIs that are renamed or removed."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from kpitree.errors import TreeErrors
from kpitree.pipeline.book import checked_targets
from kpitree.tree.model import TargetRow, Tree

if TYPE_CHECKING:
    from kpitree.data.target_names import RenamedTable


def rows_about(tree: Tree, names: Collection[str]) -> list[TargetRow]:
    """The rows of the table that name one of the KPIs; [] without a table.

    Raises SourceError and TreeErrors: the table is missing, unreadable or has mistakes.
    """
    if tree.targets is None:
        return []
    return [row for row in checked_targets(tree) if row.kpi in names]


def rows_to_rename(tree: Tree, renamed: Tree, old: str) -> list[TargetRow]:
    """The rows that name a KPI; none where the table fits only the tree with its new name.

    It does so when it was changed by hand, or a renaming was cut off after it. Raises SourceError
    and TreeErrors: the table is missing, unreadable or has mistakes.
    """
    try:
        return rows_about(tree, {old})
    except TreeErrors:
        if not _fits(renamed):
            raise
        return []


def _fits(tree: Tree) -> bool:
    try:
        checked_targets(tree)
    except TreeErrors:
        return False
    return True


def table_renamed(tree: Tree, old: str, new: str) -> "RenamedTable | None":
    """The tree's table with another name, or None where it cannot be rewritten by its text."""
    from kpitree.data.target_names import renamed_table  # noqa: PLC0415 - few trees need it

    assert tree.targets is not None
    return renamed_table(tree.targets.location, old, new)
