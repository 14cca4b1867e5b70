"""New files in a folder: all of them checked before the first is written."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from kpitree.cli.replacing import Replacement, replace_files
from kpitree.errors import OutputError, UsageError
from kpitree.render.words import visible

_SHOWN: Final = 40  # characters of a name in a message


def refuse_taken(paths: list[Path], *, force: bool) -> None:
    """Raise UsageError naming each file that is there, and folders that stand in the way."""
    taken = [path for path in paths if path.is_symlink() or is_there(path)]
    folders = [str(path) for path in taken if path.is_dir()]
    if folders:
        raise UsageError(f"there is a folder of this name: {', '.join(folders)}")
    if taken and not force:
        names = ", ".join(map(str, taken))
        there = "this file is" if len(taken) == 1 else "these files are"
        raise UsageError(
            f"{there} there already: {names}", hint="another folder; or --force, to overwrite"
        )


def write_files(folder: Path, files: Mapping[str, str], *, force: bool) -> list[Path]:
    """Write files by name, each whole or not at all; the folder is made.

    Raises UsageError where one is there, OutputError where one cannot be written; nothing is
    written then.
    """
    paths = [folder / name for name in files]
    for path in paths:
        make_folder(path.parent, dry=True)
    refuse_taken(paths, force=force)
    for path in paths:
        make_folder(path.parent)
    texts = zip(paths, files.values(), strict=True)
    replace_files([Replacement(path, text) for path, text in texts])
    return paths


def make_folder(folder: Path, *, dry: bool = False) -> None:
    """Make it and those above it. dry: only look whether something else stands in its place."""
    blocked = next((one for one in (folder, *folder.parents) if is_there(one)), folder)
    if is_there(blocked) and not blocked.is_dir():
        raise UsageError("this is a file, not a folder", where=str(blocked))
    if dry:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"the folder cannot be made: {reason}", where=str(folder)) from None


def is_there(path: Path) -> bool:
    """Raises UsageError for a name that no file can have, or a folder that hides it."""
    try:
        return path.exists()
    except OSError as error:
        reason = error.strerror or str(error)
        shown = path.name if len(path.name) <= _SHOWN else f"{path.name[:_SHOWN]}…"
        raise UsageError(f"there can be no such file or folder: {reason}", where=shown) from None


def next_commands(tree: Path, *commands: str) -> str:
    """The lines to type next, for a tree file. commands: such as "eval", or "eval {} --by x"."""
    lines = (f"  kpitree {each.format(shell_word(tree))}\n" for each in commands)
    return f"Next:\n{''.join(lines)}"


def shell_word(path: Path) -> str:
    """A path as a shell takes it; one that begins with a hyphen is no option."""
    text = str(path)
    return visible(shlex.quote(f"./{text}" if text.startswith("-") else text))
