"""`import kpitree`: what the command line does, for notebooks and programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from os import PathLike
from pathlib import Path

from kpitree import pipeline
from kpitree.analysis.result import Evaluation
from kpitree.calendar import Grain
from kpitree.errors import UsageError, did_you_mean
from kpitree.pipeline.question import Question
from kpitree.tree.model import Tree
from kpitree.tree.read import load_tree


@dataclass(frozen=True, slots=True)
class LoadedTree:
    """A checked tree file, ready to be asked."""

    tree: Tree

    def evaluate(
        self,
        *,
        period: str | None = None,
        as_of: date | str | None = None,
        grain: Grain | str | None = None,
        last: int = 1,
        ytd: bool = False,
        vs: str | Sequence[str] = (),
        by: str | Sequence[str] = (),
        where: str | Sequence[str] = (),
        kpis: str | Sequence[str] = (),
        assumptions: Mapping[str, float] | None = None,
        sources: Mapping[str, str | PathLike[str]] | None = None,
        explain: str | Sequence[str] = (),
    ) -> Evaluation:
        """Compute every KPI; the arguments are the options of `kpitree eval` (docs/cli.md).

        Raises:
            UsageError: an argument names what the tree does not have.
            SourceError: the data is missing, unreadable, or says nothing about the period.
        """
        question = Question(
            period=period,
            as_of=_day(as_of),
            grain=None if grain is None else _grain(grain),
            last=last,
            ytd=ytd,
            vs=_words(vs),
            by=_words(by),
            where=_words(where),
            kpis=_words(kpis),
            assumptions=dict(assumptions or {}),
            sources={name: str(path) for name, path in (sources or {}).items()},
            explain=_words(explain),
        )
        return pipeline.evaluate(self.tree, question)


def _day(given: date | str | None) -> date | None:
    if not isinstance(given, str):
        return given
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise UsageError(f"{given!r} is no day", hint="such as 2026-11-20") from None


def _grain(name: str) -> Grain:
    try:
        return Grain(name)
    except ValueError:
        hint = did_you_mean(name, list(Grain))
        raise UsageError(f"there is no grain {name!r}", hint=hint) from None


def _words(given: str | Sequence[str]) -> tuple[str, ...]:
    """One word alone is that word, not its letters."""
    return (given,) if isinstance(given, str) else tuple(given)


def load(path: str | PathLike[str]) -> LoadedTree:
    """Read a tree file.

    Raises:
        TreeError: it is missing, unreadable or not TOML.
        TreeErrors: it has mistakes; `.errors` holds all of them, with line and hint.
    """
    return LoadedTree(load_tree(Path(path)))
