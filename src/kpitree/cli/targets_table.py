"""A renaming followed into the tree's table of targets, where that is plain text of its own."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kpitree.cli import console
from kpitree.cli.changing import TreeFile
from kpitree.errors import TreeError, TreeErrors, UsageError
from kpitree.tree.model import Tree

if TYPE_CHECKING:
    from kpitree.data.target_names import RenamedTable


def followed(file: TreeFile, renamed: Tree, old: str, new: str) -> "RenamedTable | None":
    """The table with the new name, or None where it has no row of the old one.

    renamed: the tree as it will be. A table that another tree file of the folder also names is
    not changed: it has a KPI of the old name, perhaps.

    Raises:
        SourceError: the table cannot be read.
        TreeErrors: it has mistakes, or rows of the new name already.
        UsageError: it has rows of the old name and cannot be changed from here.
    """
    targets = file.tree.targets
    if targets is None:
        return None
    from kpitree.pipeline.target_names import rows_to_rename, table_renamed

    table = table_renamed(file.tree, old, new)
    if table is not None and table.rows and table.taken:
        raise TreeErrors([_taken(table, line, old, new) for line in table.taken])
    rows = rows_to_rename(file.tree, renamed, old)
    if not rows:
        return None
    shared = neighbours_that_say(file.path, Path(targets.path).name).saying
    if table is None or shared or table.rows != len(rows):
        many = f"{len(rows)} row{'' if len(rows) == 1 else 's'}"
        why = f"{', '.join(shared)} also has" if shared else "cannot be changed from here"
        raise UsageError(
            f"{old!r} has {many} in the table of targets {targets.path}, which {why}",
            where=str(file.path),
            hint=f"write {new!r} there instead, and then run this again",
        )
    return table


def _taken(table: "RenamedTable", line: int, old: str, new: str) -> TreeError:
    return TreeError(
        f"{new!r} has a target here already, so the rows of {old!r} could not be told from it",
        where=f"{shown(table)}:{line}",
        hint="remove the row first, or choose another name",
    )


def shown(table: "RenamedTable") -> str:
    """Its path, as messages about sources have it."""
    return str(table.path)


def difference(table: "RenamedTable", color: str) -> str:
    """What would change in the table."""
    from kpitree.render.diff import diff

    before = table.before.decode("utf-8")
    return diff(before, table.text, str(table.path), color=console.wants_color(sys.stdout, color))


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Names of other tree files of a folder: those in which a word stands, those unreadable."""

    saying: tuple[str, ...]
    unread: tuple[str, ...]


def neighbours_that_say(path: Path, word: str) -> Neighbours:
    """The other tree files of the folder in which a word stands."""
    said = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    saying, unread = [], []
    for other in sorted(path.parent.glob("*.toml")):
        try:
            if not other.is_file() or other.samefile(path):
                continue
            text = other.read_bytes().decode("utf-8", "replace")
        except OSError:  # of somebody else: no reason to fail, and said in the end
            unread.append(other.name)
            continue
        if said.search(text):
            saying.append(other.name)
    return Neighbours(tuple(saying), tuple(unread))
