"""The way of every command that answers with figures: ask the tree, give the answer, warn."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NotRequired, Protocol, TypedDict, TypeVar, Unpack

from kpitree.cli import console

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kpitree.analysis.results.standing import Standing
    from kpitree.cli.statuses import Wanted
    from kpitree.errors import Notice
    from kpitree.render.formats import Renderer
    from kpitree.render.kinds import Answer
    from kpitree.tree.model import Tree

Found = TypeVar("Found", bound="Answer")


class Judged(Protocol):
    """An answer that --only and --fail-on can be asked of."""

    @property
    def tree(self) -> "Tree": ...

    @property
    def warnings(self) -> "tuple[Notice, ...]": ...

    @property
    def standings(self) -> "Sequence[Standing]": ...

    @property
    def is_empty(self) -> bool: ...


Verdict = TypeVar("Verdict", bound=Judged)


class Way(TypedDict):
    """How an answer is given: the options of that name."""

    output: Path | None
    color: str
    ascii_only: bool
    quiet: bool
    depth: NotRequired[int | None]
    chart: NotRequired[bool]


def answer(
    tree: Path, ask: "Callable[[Tree], Answer]", render: "Renderer", **way: Unpack[Way]
) -> None:
    """Ask the tree in this file, and give what it answers."""
    from kpitree.tree.read import load_tree

    _give(_computed(ask, load_tree(tree), quiet=way["quiet"]), render, **way)


def answer_judged(
    tree: "Tree",
    ask: "Callable[[Tree], Verdict]",
    render: "Renderer",
    wanted: "Wanted",
    keep: "Callable[[Verdict, Sequence[str]], Verdict]",
    **way: Unpack[Way],
) -> bool:
    """Ask a tree, and give what --only keeps of its answer, unless that is nothing.

    Returns whether --fail-on found what it names, be it kept or not.
    """
    from kpitree.pipeline.chosen import fails

    found = _computed(ask, tree, quiet=way["quiet"])
    failed = fails(found, wanted.failing)
    if wanted.only:
        found = keep(found, wanted.only)
    if not (wanted.only and found.is_empty):
        _give(found, render, **way)
    return failed


def _computed(ask: "Callable[[Tree], Found]", tree: "Tree", *, quiet: bool) -> Found:
    """What the tree answers; on a terminal with a sign of life while the data is read."""
    from kpitree.render.progress import progress

    with progress("reading the data", enabled=not quiet and sys.stderr.isatty()):
        return ask(tree)


def _give(found: "Answer", render: "Renderer", **way: Unpack[Way]) -> None:
    """The answer to the file named or to stdout; its warnings to stderr, unless quiet."""
    output, color, ascii_only = way["output"], way["color"], way["ascii_only"]
    style = console.style_for(output, color, ascii_only=ascii_only, depth=way.get("depth"))
    console.deliver(render(found, replace(style, chart=way.get("chart", False))), output)
    if not way["quiet"]:
        console.warn(found.warnings, color, ascii_only=ascii_only)
