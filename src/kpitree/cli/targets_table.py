"""A renaming followed into the tree's table of targets, where that is plain text of its own."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kpitree.cli import console
from kpitree.cli.changing import TreeFile, refuse_read_only
from kpitree.errors import Notice

if TYPE_CHECKING:
    from kpitree.data.target_names import RenamedTable


def followed(
    file: TreeFile, old: str, new: str
) -> "tuple[RenamedTable | None, tuple[Notice, ...]]":
    """The table with the new name, or what has to be done by hand.

    A table that another tree file of the folder also names is not changed: it has a KPI of the
    old name, perhaps. Raises SourceError and TreeErrors: the table cannot be read.
    """
    targets = file.tree.targets
    if targets is None:
        return None, ()
    from kpitree.pipeline.target_names import renamed, rows_about

    shared = others_that_say(file.path, Path(targets.path).name)
    if not shared and (table := renamed(file.tree, old, new)) is not None:
        return (table if table.rows else None), ()
    rows = rows_about(file.tree, {old})
    if not rows:
        return None, ()
    reason = f": {', '.join(shared)} also has it" if shared else ""
    message = f"{len(rows)} rows of the table of targets {targets.path} still say {old!r}{reason}"
    return None, (Notice(code="name_in_targets", message=message, kpi=old, count=len(rows)),)


def finish(file: TreeFile, table: "RenamedTable", *, dry_run: bool, color: str) -> None:
    """Show what would change in the table, or write it: before the tree, so that a renaming that
    is cut off between the two can be done again.

    Raises UsageError where the tree file, or the table, has been changed by another program.
    """
    if dry_run:
        from kpitree.render.diff import diff

        before = table.before.decode("utf-8")
        painted = console.wants_color(sys.stdout, color)
        console.answer(diff(before, table.text, str(table.path), color=painted))
        return
    refuse_read_only(table.path)
    console.refuse_changed(file.path, file.before)
    console.write_file(table.path, table.text, before=table.before)


def others_that_say(path: Path, word: str) -> list[str]:
    """The other tree files of the folder in which a word stands."""
    said = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    return [
        other.name
        for other in sorted(path.parent.glob("*.toml"))
        if other.is_file()
        and not other.samefile(path)
        and said.search(other.read_bytes().decode("utf-8", "replace"))
    ]
