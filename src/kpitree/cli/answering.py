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


class Partial(Protocol):
    """An answer of which --only may leave nothing."""

    @property
    def tree(self) -> "Tree": ...

    @property
    def warnings(self) -> "tuple[Notice, ...]": ...

    @property
    def is_empty(self) -> bool: ...


class Judged(Partial, Protocol):
    """An answer that --only and --fail-on can ask for statuses."""

    @property
    def standings(self) -> "Sequence[Standing]": ...


Choosable = TypeVar("Choosable", bound=Partial)
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

    return answer_chosen(
        tree,
        ask,
        render,
        failed=lambda found: fails(found, wanted.failing),
        keep=(lambda found: keep(found, wanted.only)) if wanted.only else None,
        **way,
    )


def answer_chosen(
    tree: "Tree",
    ask: "Callable[[Tree], Choosable]",
    render: "Renderer",
    *,
    failed: "Callable[[Choosable], bool]",
    keep: "Callable[[Choosable], Choosable] | None",
    **way: Unpack[Way],
) -> bool:
    """Ask a tree, and give what `keep` (None: all) leaves of its answer, unless that is nothing.

    Returns whether the answer, be it kept or not, has `failed`.
    """
    found = _computed(ask, tree, quiet=way["quiet"])
    kept = found if keep is None else keep(found)
    if keep is None or not kept.is_empty:
        _give(kept, render, **way)
    return failed(found)


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
