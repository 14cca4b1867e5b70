"""`import kpitree`: what the command line does, for notebooks and programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from os import PathLike
from pathlib import Path

from kpitree import pipeline
from kpitree.analysis.result import Evaluation
from kpitree.calendar import Grain
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
        as_of: date | None = None,
        grain: Grain | str | None = None,
        last: int = 1,
        ytd: bool = False,
        vs: Sequence[str] = (),
        by: Sequence[str] = (),
        where: str | None = None,
        kpis: Sequence[str] = (),
        assumptions: Mapping[str, float] | None = None,
        sources: Mapping[str, str | PathLike[str]] | None = None,
        explain: Sequence[str] = (),
    ) -> Evaluation:
        """Compute every KPI; the arguments are the options of `kpitree eval` (docs/cli.md).

        Raises:
            UsageError: an argument names what the tree does not have.
            SourceError: the data is missing, unreadable, or says nothing about the period.
        """
        question = Question(
            period=period,
            as_of=as_of,
            grain=None if grain is None else Grain(grain),
            last=last,
            ytd=ytd,
            vs=tuple(vs),
            by=tuple(by),
            where=where,
            kpis=tuple(kpis),
            assumptions=dict(assumptions or {}),
            sources={name: str(path) for name, path in (sources or {}).items()},
            explain=tuple(explain),
        )
        return pipeline.evaluate(self.tree, question)


def load(path: str | PathLike[str]) -> LoadedTree:
    """Read a tree file.

    Raises:
        TreeError: it is missing, unreadable or not TOML.
        TreeErrors: it has mistakes; `.errors` holds all of them, with line and hint.
    """
    return LoadedTree(load_tree(Path(path)))
