"""A tree file that is changed in place: read, edited, checked, and written whole or not at all."""

import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kpitree.cli import console
from kpitree.cli.replacing import Replacement, replace_files
from kpitree.errors import Notice, TreeError, TreeErrors, UsageError
from kpitree.tree.model import Tree
from kpitree.tree.read import load_tree, read_tree

_MOST_LINKS: Final = 40  # that a system follows
_NONE: Final[Mapping[str, str]] = {}
# What the system shows of the files that a program has open: /dev/stdin leads there, too.
_OPEN: Final = re.compile(r"/dev/fd|/proc/\d+(/task/\d+)?/fd")


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
        UsageError: it is no file of its own: standard input, a pipe, a link to nothing.
    """
    try:
        _refuse_streams(path)
        before = path.read_bytes()
        text = before.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        load_tree(path)  # says what is wrong
        raise
    tree = read_tree(text.removeprefix("\ufeff"), path)
    return TreeFile(path, before, text, tree)


def _refuse_streams(path: Path) -> None:
    kind = "standard input" if str(path) == "-" else None
    elsewhere = "a file"
    if kind is None and _is_open_file(path):
        kind, elsewhere = "an open file of a program", "a path of its own"
    if kind is None and path.exists() and not path.is_dir() and not path.is_file():
        kind = "a pipe or a device"
    if kind is not None:
        hint = "name a tree file: it is changed in place"
        raise UsageError(f"this is {kind}, not {elsewhere}", where=str(path), hint=hint)
    if path.is_symlink() and not path.exists():
        message = f"this is a link to {str(path.readlink())!r}, and there is no such file"
        raise UsageError(message, where=str(path))


def _is_open_file(path: Path) -> bool:
    """Whether the path, or a link on its way, is a file that is open: /dev/stdin, /dev/fd/3."""
    for _step in range(_MOST_LINKS):
        folder = os.path.realpath(path.parent)
        if _OPEN.fullmatch(folder):
            return True
        if not path.is_symlink():
            return False
        path = Path(folder, path.readlink())
    return False


def _refuse_read_only(path: Path) -> None:
    """Raises UsageError where nobody may write it: no mode keeps root from replacing a file."""
    if not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(
        path, os.W_OK
    ):
        from kpitree.cli.folders import shell_word

        hint = f"allow it first: chmod u+w {shell_word(path)}"
        raise UsageError("the file is read-only", where=str(path), hint=hint)


@contextmanager
def about(file: TreeFile) -> Iterator[None]:
    """A mistake in the command's words gets the file's name."""
    try:
        yield
    except UsageError as error:
        where = f"{file.path}: {error.where}" if error.where else str(file.path)
        raise UsageError(error.message, where=where, hint=error.hint) from None


def checked(file: TreeFile, text: str, hints: Mapping[str, str] = _NONE) -> Tree:
    """The tree that an edited text is.

    hints: "[kpi.NAME] KEY" -> what to say of a mistake there that comes without a hint.

    Raises TreeErrors: it would have mistakes. They name no lines, for the file has none of them.
    """
    try:
        return read_tree(text.removeprefix("\ufeff"), file.path)
    except TreeErrors as found:
        errors = [_as_typed(one, file.path, hints) for one in found.errors]
        raise TreeErrors(errors) from None


def _as_typed(error: TreeError, path: Path, hints: Mapping[str, str]) -> TreeError:
    place = re.sub(rf"^{re.escape(str(path))}(:\d+)?", "", error.where)
    hint = error.hint or hints.get(place.removeprefix(": "), "")
    return TreeError(error.message, where=f"{path}{place}", hint=hint, excerpt=error.excerpt)


def finish(
    file: TreeFile,
    text: str,
    done: str,
    *,
    beside: Sequence[Replacement] = (),
    dry_run: bool,
    color: str,
    quiet: bool,
) -> None:
    """Show what would change, or write it and say what was done.

    text: checked. beside: other files that are written before it.

    Raises UsageError where a file is read-only or another program has changed it meanwhile, and
    OutputError where it cannot be written.
    """
    if dry_run:
        from kpitree.render.diff import diff

        painted = console.wants_color(sys.stdout, color)
        console.answer(diff(file.text, text, str(file.path), color=painted))
        return
    broken: list[Notice] = []
    if text != file.text:
        wanted = [*beside, Replacement(file.path, text, file.before)]
        for one in wanted:
            _refuse_read_only(one.path)
        broken = [notice for one in wanted for notice in _hard_links(one.path)]
        replace_files(wanted)
    if not quiet:
        from kpitree.render.words import visible

        done = done if text != file.text else "nothing to change"
        console.answer(visible(f"{file.path}: {done}") + "\n")
        console.warn(tuple(broken), color)


def _hard_links(path: Path) -> Iterator[Notice]:
    """Said of a file that has other names: they stay with the old text, for it is replaced."""
    names = path.stat().st_nlink
    if names > 1:
        rest = "the other one keeps" if names == 2 else "the others keep"
        message = f"{path} had {names} names (hard links): {rest} the old text"
        yield Notice(code="hard_links", message=message, count=names)
