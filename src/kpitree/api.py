"""`import kpitree`: what the command line does, for notebooks and programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from os import PathLike
from pathlib import Path

from kpitree import pipeline
from kpitree.analysis.results.change import Change
from kpitree.analysis.results.doctor import Diagnosis
from kpitree.analysis.results.evaluation import Evaluation
from kpitree.analysis.results.forecast import Forecast
from kpitree.analysis.results.levers import Levers
from kpitree.analysis.results.ranking import Ranking
from kpitree.analysis.results.slices import Slices
from kpitree.analysis.results.trend import Trend
from kpitree.analysis.results.whatif import WhatIf
from kpitree.calendar import Grain
from kpitree.errors import UsageError, did_you_mean
from kpitree.pipeline.doctor import doctor as diagnosed
from kpitree.pipeline.drivers import explain as explain_change
from kpitree.pipeline.forecast import forecast as landed
from kpitree.pipeline.levers import levers as pulled
from kpitree.pipeline.question import Question
from kpitree.pipeline.questions import (
    ChangeQuestion,
    ForecastQuestion,
    LeversQuestion,
    RankQuestion,
    TrendQuestion,
    WhatIfQuestion,
)
from kpitree.pipeline.rank import rank as ranked
from kpitree.pipeline.slices import search
from kpitree.pipeline.trend import trend as over_time
from kpitree.pipeline.whatif import whatif as changed
from kpitree.tree.model import Tree
from kpitree.tree.read import load_tree


@dataclass(frozen=True, slots=True)
class LoadedTree:
    """A checked tree file, ready to be asked.

    cache, of every question: whether the figures of unchanged files may come from the user's cache
    and go there, as on the command line (docs/cache.md); KPITREE_NO_CACHE=1 turns it off, too.
    """

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
        cache: bool = True,
        explain: str | Sequence[str] = (),
        limits: str = "mean",
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
            cache=cache,
            explain=_words(explain),
            limits=limits,
        )
        return pipeline.evaluate(self.tree, question)

    def drivers(
        self,
        kpi: str | None = None,
        *,
        vs: str = "previous",
        by: str | Sequence[str] = (),
        method: str = "path",
        order: str | Sequence[str] = (),
        mix_reference: str = "average",
        factors: bool = False,
        depth: int | None = None,
        top: int | None = None,
        through: bool = False,
        period: str | None = None,
        as_of: date | str | None = None,
        grain: Grain | str | None = None,
        ytd: bool = False,
        where: str | Sequence[str] = (),
        assumptions: Mapping[str, float] | None = None,
        sources: Mapping[str, str | PathLike[str]] | None = None,
        cache: bool = True,
    ) -> Change:
        """What moved a KPI (default: the root) between two states.

        The arguments are the options of `kpitree drivers` (docs/cli.md).

        Raises:
            UsageError: an argument names what the tree does not have, or what cannot be.
            SourceError: a state has no value, or the data is missing or unreadable.
        """
        about = _question(period, as_of, grain, where, sources, ytd=ytd, cache=cache)
        asked = ChangeQuestion(
            about=replace(about, assumptions=dict(assumptions or {})),
            kpi=kpi,
            vs=vs,
            by=_words(by),
            method=method,
            order=tuple(part.strip() for word in _words(order) for part in word.split(",")),
            mix_reference=mix_reference,
            factors=factors,
            depth=depth,
            top=top,
            through=through,
        )
        return explain_change(self.tree, asked)

    def segments(
        self,
        kpi: str | None = None,
        *,
        vs: str = "previous",
        by: str | Sequence[str] = (),
        top: int = 5,
        deep: int = 2,
        noise: bool = False,
        period: str | None = None,
        as_of: date | str | None = None,
        grain: Grain | str | None = None,
        ytd: bool = False,
        where: str | Sequence[str] = (),
        assumptions: Mapping[str, float] | None = None,
        sources: Mapping[str, str | PathLike[str]] | None = None,
        cache: bool = True,
    ) -> Slices:
        """The few slices that hold most of the change of a KPI (default: the root).

        The arguments are the options of `kpitree segments` (docs/cli.md).

        Raises:
            UsageError: an argument names what the tree does not have, or what has no segments.
            SourceError: a state has no value, or the data is missing or unreadable.
        """
        about = _question(period, as_of, grain, where, sources, ytd=ytd, cache=cache)
        about = replace(about, assumptions=dict(assumptions or {}))
        return search(
            self.tree, about, kpi=kpi, vs=vs, by=_words(by), top=top, deep=deep, noise=noise
        )

    def trend(
        self,
        kpis: str | Sequence[str] = (),
        *,
        last: int = 24,
        limits: str = "mean",
        period: str | None = None,
        as_of: date | str | None = None,
        grain: Grain | str | None = None,
        by: str | Sequence[str] = (),
        where: str | Sequence[str] = (),
        assumptions: Mapping[str, float] | None = None,
        sources: Mapping[str, str | PathLike[str]] | None = None,
        cache: bool = True,
    ) -> Trend:
        """Values over time of some KPIs (default: all that have data), and which are signals.

        period: the last one. limits: "mean" or "median", what process limits lie around.

        Raises:
            UsageError: an argument names what the tree does not have, or what cannot be.
            SourceError: the data is missing, unreadable, or says nothing about the period.
        """
        about = _question(period, as_of, grain, where, sources, ytd=False, cache=cache)
        about = replace(about, by=_words(by), assumptions=dict(assumptions or {}))
        asked = TrendQuestion(about=about, kpis=_words(kpis), last=last, limits=limits)
        return over_time(self.tree, asked)

    def forecast(
        self,
        kpis: str | Sequence[str] = (),
        *,
        period: str | None = None,
        as_of: date | str | None = None,
        grain: Grain | str | None = None,
        where: str | Sequence[str] = (),
        assumptions: Mapping[str, float] | None = None,
        sources: Mapping[str, str | PathLike[str]] | None = None,
        cache: bool = True,
    ) -> Forecast:
        """Where KPIs land (default: the root, and all with a target or a deadline).

        period: that is running, or over; None: the latest one.

        Raises:
            UsageError: an argument names what the tree does not have.
            SourceError: the data is missing, unreadable, or says nothing about the period.
        """
        about = _question(period, as_of, grain, where, sources, ytd=False, cache=cache)
        about = replace(about, assumptions=dict(assumptions or {}))
        return landed(self.tree, ForecastQuestion(about=about, kpis=_words(kpis)))

    def rank(
        self,
        kpi: str | None = None,
        *,
        by: str | Sequence[str],
        vs: str | Sequence[str] = (),
        sort: str = "value",
        top: int | None = None,
        bottom: int | None = None,
        only: str | Sequence[str] = (),
        period: str | None = None,
        as_of: date | str | None = None,
        grain: Grain | str | None = None,
        ytd: bool = False,
        where: str | Sequence[str] = (),
        assumptions: Mapping[str, float] | None = None,
        sources: Mapping[str, str | PathLike[str]] | None = None,
        cache: bool = True,
    ) -> Ranking:
        """The members of a dimension ranked by a KPI (default: the root).

        The arguments are the options of `kpitree rank` (docs/rank.md).

        Raises:
            UsageError: an argument names what the tree does not have, or what has no members.
            SourceError: the data is missing, unreadable, or says nothing about the period.
        """
        about = _question(period, as_of, grain, where, sources, ytd=ytd, cache=cache)
        asked = RankQuestion(
            about=replace(about, assumptions=dict(assumptions or {})),
            kpi=kpi,
            by=_words(by),
            vs=_words(vs),
            sort=sort,
            top=top,
            bottom=bottom,
            only=_words(only),
        )
        return ranked(self.tree, asked)

    def levers(
        self,
        kpi: str | None = None,
        *,
        to: str | float | None = None,
        period: str | None = None,
        as_of: date | str | None = None,
        grain: Grain | str | None = None,
        ytd: bool = False,
        where: str | Sequence[str] = (),
        assumptions: Mapping[str, float] | None = None,
        sources: Mapping[str, str | PathLike[str]] | None = None,
        cache: bool = True,
    ) -> Levers:
        """What pulls on a KPI (default: the root), and what each lever alone would need.

        to: another goal than its target: a number, or a text such as "+5%".

        Raises:
            UsageError: an argument names what the tree does not have, or the KPI has no formula.
            SourceError: the data is missing, unreadable, or says nothing about the period.
        """
        about = _question(period, as_of, grain, where, sources, ytd=ytd, cache=cache)
        about = replace(about, assumptions=dict(assumptions or {}))
        return pulled(self.tree, LeversQuestion(about=about, kpi=kpi, to=to))

    def whatif(
        self,
        settings: Mapping[str, str | float],
        *,
        kpi: str | None = None,
        method: str = "path",
        period: str | None = None,
        as_of: date | str | None = None,
        grain: Grain | str | None = None,
        ytd: bool = False,
        where: str | Sequence[str] = (),
        sources: Mapping[str, str | PathLike[str]] | None = None,
        cache: bool = True,
    ) -> WhatIf:
        """The tree with other values of some KPIs, and what moved `kpi` (default: the root).

        settings: KPI -> its value as a number, or a text such as "+5%" (docs/cli.md).

        Raises:
            UsageError: an argument names what the tree does not have, or is no number.
            SourceError: the data is missing, unreadable, or says nothing about the period.
        """
        about = _question(period, as_of, grain, where, sources, ytd=ytd, cache=cache)
        asked = WhatIfQuestion(about=about, settings=dict(settings), kpi=kpi, method=method)
        return changed(self.tree, asked)

    def doctor(
        self,
        *,
        as_of: date | str | None = None,
        sources: Mapping[str, str | PathLike[str]] | None = None,
    ) -> Diagnosis:
        """Everything suspect in the data of the tree (docs/doctor.md).

        Data that cannot be read is a finding, not an error.

        Raises:
            UsageError: `sources` names one that the tree does not have.
        """
        files = {name: str(path) for name, path in (sources or {}).items()}
        return diagnosed(self.tree, as_of=_day(as_of), sources=files)


def _question(
    period: str | None,
    as_of: date | str | None,
    grain: Grain | str | None,
    where: str | Sequence[str],
    sources: Mapping[str, str | PathLike[str]] | None,
    *,
    ytd: bool,
    cache: bool,
) -> Question:
    return Question(
        period=period,
        as_of=_day(as_of),
        grain=None if grain is None else _grain(grain),
        ytd=ytd,
        where=_words(where),
        sources={name: str(path) for name, path in (sources or {}).items()},
        cache=cache,
    )


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
