"""A tree file that is changed in place: read, edited, checked, and written whole or not at all."""

import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kpitree.cli import console
from kpitree.cli.replacing import Replacement, replace_files
from kpitree.errors import TreeError, TreeErrors, UsageError
from kpitree.tree.model import Tree
from kpitree.tree.read import load_tree, read_tree


@dataclass(frozen=True, slots=True)
class TreeFile:
    """path: as the user named it. before: its bytes. text: of those, line ends and all."""

    path: Path
    before: bytes
    text: str
    tree: Tree


def open_tree(path: Path) -> TreeFile:
    """A tree file that can be changed.

    Raises:
        TreeError, TreeErrors: it is missing, unreadable, or has mistakes; all of them.
        UsageError: it is no file of its own (standard input, a pipe), or read-only.
    """
    try:
        _refuse_streams(path)
        before = path.read_bytes()
        text = before.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        load_tree(path)  # says what is wrong
        raise
    tree = read_tree(text.removeprefix("\ufeff"), path)
    refuse_read_only(path)
    return TreeFile(path, before, text, tree)


def _refuse_streams(path: Path) -> None:
    kind = "standard input" if str(path) == "-" else None
    if kind is None and path.exists() and not path.is_dir() and not path.is_file():
        kind = "a pipe or a device"
    if kind is not None:
        hint = "name a tree file: it is changed in place"
        raise UsageError(f"this is {kind}, not a file", where=str(path), hint=hint)


def refuse_read_only(path: Path) -> None:
    """Raises UsageError where nobody may write it: no mode keeps root from replacing a file."""
    if not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(
        path, os.W_OK
    ):
        hint = f"allow it first: chmod u+w {path}"
        raise UsageError("the file is read-only", where=str(path), hint=hint)


@contextmanager
def about(file: TreeFile) -> Iterator[None]:
    """A mistake in the command's words gets the file's name."""
    try:
        yield
    except UsageError as error:
        where = f"{file.path}: {error.where}" if error.where else str(file.path)
        raise UsageError(error.message, where=where, hint=error.hint) from None


def checked(file: TreeFile, text: str) -> Tree:
    """The tree that an edited text is.

    Raises TreeErrors: it would have mistakes. They name no lines, for the file has none of them.
    """
    try:
        return read_tree(text.removeprefix("\ufeff"), file.path)
    except TreeErrors as found:
        raise TreeErrors([_without_line(one, file.path) for one in found.errors]) from None


def _without_line(error: TreeError, path: Path) -> TreeError:
    where = re.sub(rf"^{re.escape(str(path))}(:\d+)?", str(path).replace("\\", r"\\"), error.where)
    return TreeError(error.message, where=where, hint=error.hint, excerpt=error.excerpt)


def finish(
    file: TreeFile,
    text: str,
    done: str,
    *,
    beside: tuple[Replacement, ...] = (),
    dry_run: bool,
    color: str,
    quiet: bool,
) -> None:
    """Show what would change, or write it and say what was done.

    text: checked. Raises UsageError where another program has changed the file meanwhile, and
    OutputError where it cannot be written.
    """
    if dry_run:
        from kpitree.render.diff import diff

        painted = console.wants_color(sys.stdout, color)
        console.answer(diff(file.text, text, str(file.path), color=painted))
        return
    if text != file.text:
        replace_files([*beside, Replacement(file.path, text, file.before)])
    if not quiet:
        from kpitree.render.words import visible

        done = done if text != file.text else "nothing to change"
        console.answer(visible(f"{file.path}: {done}") + "\n")
