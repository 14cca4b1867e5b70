"""The way of every command that answers with figures: ask the tree, give the answer, warn."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kpitree.cli import console

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpitree.render.formats import Renderer
    from kpitree.render.kinds import Answer
    from kpitree.tree.model import Tree

Found = TypeVar("Found", bound="Answer")


def answer(
    tree: Path,
    ask: "Callable[[Tree], Answer]",
    render: "Renderer",
    *,
    output: Path | None,
    color: str,
    ascii_only: bool,
    quiet: bool,
    depth: int | None = None,
) -> None:
    """Ask the tree in this file, and give what it answers."""
    from kpitree.tree.read import load_tree

    found = computed(ask, load_tree(tree), quiet=quiet)
    give(found, render, output=output, color=color, ascii_only=ascii_only, quiet=quiet, depth=depth)


def computed(ask: "Callable[[Tree], Found]", tree: "Tree", *, quiet: bool) -> Found:
    """What the tree answers; on a terminal with a sign of life while the data is read."""
    from kpitree.render.progress import progress

    with progress("reading the data", enabled=not quiet and sys.stderr.isatty()):
        return ask(tree)


def give(
    found: "Answer",
    render: "Renderer",
    *,
    output: Path | None,
    color: str,
    ascii_only: bool,
    quiet: bool,
    depth: int | None = None,
) -> None:
    """The answer to the file named or to stdout; its warnings to stderr, unless quiet."""
    style = console.style_for(output, color, ascii_only=ascii_only, depth=depth)
    console.deliver(render(found, style), output)
    if not quiet:
        console.warn(found.warnings, color, ascii_only=ascii_only)
