"""What is read for a league table: every member of a dimension, now and in earlier periods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from kpitree.analysis import answer, variance
from kpitree.analysis.answer import Asked, View
from kpitree.analysis.moments import Moment, like_for_like
from kpitree.analysis.promise import Held
from kpitree.analysis.ranking.evidence import Evidence
from kpitree.analysis.ranking.members import Figures, Member
from kpitree.analysis.segments.shape import Shape, parts_needed
from kpitree.analysis.signal import BASELINE, baselines
from kpitree.calendar import Span
from kpitree.pipeline.figures import coverage_of, read_cubes, values
from kpitree.pipeline.periods import Periods, choose_periods, with_moments
from kpitree.pipeline.plan import Plan, columns_of, with_parts
from kpitree.pipeline.question import Question
from kpitree.pipeline.standing import reasons_of
from kpitree.pipeline.states import Moments
from kpitree.tables import MOMENT, SEGMENT
from kpitree.tree.measures import Part


@dataclass(frozen=True)
class League:
    """read: the whole. frame: VALUES by segment, those of whom nothing is told included.

    before: the earlier periods that members are judged by, as many days of each as the period
    shown has; oldest first.
    """

    kpi: str
    read: Moments
    frame: pl.DataFrame
    before: tuple[Moment, ...]
    columns: Mapping[tuple[str, Part], str]

    @property
    def by(self) -> tuple[str, ...]:
        return self.read.question.by

    @property
    def main(self) -> Moment:
        return self.read.periods.shown[-1]

    @cached_property
    def held(self) -> Held:
        """What the whole is held to in the period shown."""
        return self.read.held()

    @cached_property
    def place(self) -> int:
        """Of the period shown, in the frames."""
        return self.read.periods.times.position(self.main)

    @cached_property
    def asked(self) -> Asked:
        """The same, as the frames of an evaluation are asked for."""
        reasons = reasons_of(self.read.plan, self.read.coverage)
        spans = self.read.periods.spans()
        return Asked(
            kpis=(self.kpi,),
            views=(View(self.read.frame, (), 0), View(self.frame, self.by, 1)),
            dimensions=self.by,
            about=variance.facts([self.read.plan.tree.kpis[self.kpi]]),
            why=lambda kpi, row, span: reasons.why(kpi, row, spans[span]),
        )

    @cached_property
    def cells(self) -> pl.DataFrame:
        """The whole, then every segment of the frame: value and reason in the period shown."""
        return answer.cells(self.asked, self.place)

    def whole(self) -> Figures:
        [found] = self._figures(self.read.frame, ())
        return found

    def members(self) -> list[Member]:
        """One for each segment of the frame, in its order."""
        now = self.frame.filter(pl.col(MOMENT) == self.place)
        segments = now.select(SEGMENT + name for name in self.by).rows()
        figures = self._figures(self.frame, self.by)
        return [Member(*pair) for pair in zip(segments, figures, strict=True)]

    def _figures(self, frame: pl.DataFrame, by: tuple[str, ...]) -> list[Figures]:
        now = frame.filter(pl.col(MOMENT) == self.place)
        values = now[self.kpi].to_list()
        # Without columns, polars has no rows either.
        parts = now.select(self.columns.values()).rows() or [()] * now.height
        past = self._past(frame) if by else [()] * now.height
        return [
            Figures(value, dict(zip(self.columns, row, strict=True)), before)
            for value, row, before in zip(values, parts, past, strict=True)
        ]

    def _past(self, frame: pl.DataFrame) -> list[tuple[float | None, ...]]:
        """The KPI in the earlier periods, for each segment: they are in the same order in each."""
        places = (self.read.periods.times.position(moment) for moment in self.before)
        series = [frame.filter(pl.col(MOMENT) == place)[self.kpi].to_list() for place in places]
        count = frame.filter(pl.col(MOMENT) == self.place).height
        return list(zip(*series, strict=True)) if series else [()] * count

    def baselines(self) -> tuple[int, ...]:
        """Where the KPI is judged anew among the earlier periods and the one shown."""
        labels = self.read.plan.tree.kpis[self.kpi].rebaseline
        starts = [moment.period.start for moment in (*self.before, self.main)]
        return baselines(labels, starts, self.read.periods.calendar)

    def present(self) -> set[tuple[str, ...]]:
        """The segments with rows in the period shown, or in one that it is compared with."""
        references = self.read.periods.references[-1]
        moments = [self.main, *(one.moment for one in references if one.moment is not None)]
        spans = [moment.span(self.read.periods.calendar) for moment in moments]
        found = (self._with_rows(spans, name) for name in self.read.cubes)
        return {segment for segments in found for segment in segments}

    def _with_rows(self, spans: Sequence[Span], source: str) -> list[tuple[str, ...]]:
        rolled = self.read.cubes[source].roll_up(spans, self.by)
        return rolled.select(SEGMENT + name for name in self.by).unique().rows()


def read_league(
    plan: Plan, question: Question, kpi: str, shape: Shape, evidence: Evidence
) -> League:
    """Read the whole and its members, one scan a source."""
    needed = {source: list(parts) for source, parts in parts_needed([shape]).items()}
    for source, part in evidence.extra:
        needed.setdefault(source, []).append(part)
    plan = with_parts(plan, needed)
    cubes = read_cubes(plan, question)
    coverage = coverage_of(cubes, question.as_of)
    periods = choose_periods(plan, question, coverage)
    before = _before(periods)
    periods = with_moments(periods, plan, before)
    found = {
        by: values(plan, cubes, coverage, periods, by) for by in dict.fromkeys(((), question.by))
    }
    read = Moments(
        plan=plan,
        question=question,
        cubes=cubes,
        coverage=coverage,
        periods=periods,
        frame=found[()],
    )
    columns = columns_of(plan)
    keys = [(source, part) for source, parts in needed.items() for part in parts]
    return League(kpi, read, found[question.by], before, {key: columns[key] for key in keys})


def _before(periods: Periods) -> tuple[Moment, ...]:
    """The latest whole periods before the one shown, cut to as many days; none for a range."""
    main = periods.shown[-1]
    found: list[Moment] = []
    period = periods.calendar.previous(main.period) if main.period.grain else None
    while period is not None and period.start >= periods.known.first and len(found) < BASELINE:
        cut = like_for_like(period, main)
        if cut is not None:
            found.append(cut)
        period = periods.calendar.previous(period)
    return tuple(reversed(found))
