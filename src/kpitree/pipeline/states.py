"""Two states of a tree set side by side: a period, and what it is compared with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from kpitree.analysis.attribution.contract import State
from kpitree.analysis.moments import Coverage, Moment
from kpitree.analysis.promise import Held, Reference
from kpitree.calendar import Span
from kpitree.data.cube.cube import Cube
from kpitree.errors import Notice, SourceError
from kpitree.pipeline.actuals import Actuals
from kpitree.pipeline.figures import Dimensions, coverage_of, parts_by, read_cubes, values
from kpitree.pipeline.held import goals_frame, held_to, with_segments
from kpitree.pipeline.periods import (
    Periods,
    choose_periods,
    days_worth_reading,
    with_moments,
)
from kpitree.pipeline.plan import Plan
from kpitree.pipeline.promised import benchmarks, targets
from kpitree.pipeline.question import Question
from kpitree.tables import MOMENT, SEGMENT
from kpitree.tree.model import Tree

SIDE: Final = "--vs"  # the dimension that tells the rows of a condition from all others

NOTHING: Final = Held(own={}, implied={}, constants={}, reasons={})

Row = Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """What was read for a question: everything that states are made of.

    frame: VALUES of the whole, or of both sides of a condition (dimension SIDE).
    """

    plan: Plan
    question: Question
    cubes: Mapping[str, Cube]
    coverage: Mapping[str, Coverage]
    periods: Periods
    frame: pl.DataFrame

    @property
    def main(self) -> Span:
        """The period asked for, or as much of it as the data covers."""
        return self.periods.shown[-1].span(self.periods.calendar)

    def held(self, moment: Moment | None = None) -> Held:
        """The targets of the whole in a moment; None: the main one.

        Where the question names its period, only its days were read: a growth target of another
        moment may then lack what it counts from, and is withheld.
        """
        moment = moment or self.periods.shown[-1]
        return held_to(self._actuals(moment, ()), moment)

    def held_by(self, moment: Moment, by: tuple[str, ...]) -> pl.DataFrame:
        """The targets of segments in a moment: one row for each KPI x segment that has one.

        by: dimensions that were read. Columns: kpi, the dimensions (SEGMENT + name), and those of
        held.TARGETED.
        """
        return goals_frame(with_segments(NOTHING, self._actuals(moment, by), moment), by)

    def _has_read(self, periods: Periods) -> bool:
        days = days_worth_reading(self.plan, self.question)
        return days is None or all(
            days[0] <= span.start and span.end <= days[1] for span in periods.spans()
        )

    def _actuals(self, moment: Moment, by: tuple[str, ...]) -> Actuals:
        """What targets may count from; values by segment only where any does."""
        periods, frame = self.periods, self.frame
        if self.plan.grown:
            if moment not in periods.times.moments[: periods.times.asked]:
                more = with_moments(periods, self.plan, [moment])
                periods = more if self._has_read(more) else periods
            if by or periods is not self.periods or SEGMENT + SIDE in frame.columns:
                frame = values(self.plan, self.cubes, self.coverage, periods, by)
        return Actuals(plan=self.plan, periods=periods, coverage=self.coverage, frame=frame, by=by)


def read_moments(
    plan: Plan,
    question: Question,
    dimensions: Dimensions | None = None,
    by: tuple[str, ...] = (),
) -> Moments:
    """Read what a question needs, one scan a source.

    dimensions: of each source; None = none. by: those of the frame, which all sources have.
    """
    cubes = read_cubes(plan, question, dimensions)
    coverage = coverage_of(cubes, question.as_of)
    periods = choose_periods(plan, question, coverage)
    return Moments(
        plan=plan,
        question=question,
        cubes=cubes,
        coverage=coverage,
        periods=periods,
        frame=values(plan, cubes, coverage, periods, by),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the figures of one state stand: a span, and a side where the rows are divided."""

    span: Span
    side: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """tree: as far down as both states have values. vs: the word for the reference.

    before, after: of KPIs and parts. places: where they come from; None where the reference is
    promised rather than measured.
    """

    tree: Tree
    vs: str
    before: State
    after: State
    places: tuple[Place, Place] | None
    warnings: tuple[Notice, ...] = ()


def pair(read: Moments, reference: Reference) -> Pair:
    """The state of the reference, and that of the period asked for.

    Raises SourceError for a reference that cannot be compared with.
    """
    main = Place(span=read.main)
    after = state_of(read, reference_to_main(read))
    if reference.vs in ("target", "benchmark"):
        held = read.held()
        to_targets = reference.vs == "target"
        tree, before = (targets if to_targets else benchmarks)(read.plan, held)
        return Pair(
            tree=tree,
            vs=reference.vs,
            before=before,
            after=after,
            places=None,
            warnings=held.contradictions if to_targets else (),
        )
    before = state_of(read, reference)
    assert reference.moment is not None
    place = Place(span=reference.moment.span(read.periods.calendar))
    return Pair(
        tree=read.plan.tree, vs=reference.vs, before=before, after=after, places=(place, main)
    )


def reference_to_main(read: Moments) -> Reference:
    """The period asked for, in the form of a reference."""
    moment = read.periods.shown[-1]
    return Reference(
        "period",
        moment.span(read.periods.calendar).label,
        span=read.periods.times.position(moment),
        moment=moment,
    )


def state_of(read: Moments, reference: Reference) -> State:
    """The whole at one moment. Raises SourceError where it cannot be compared with."""
    if reference.span is None:
        raise SourceError(
            f"there is no comparison with {reference.label}: {reference.reason or 'no data'}"
        )
    row = read.frame.filter(pl.col(MOMENT) == reference.span).row(0, named=True)
    return State(label=reference.label, values=figures_of(row, ()))


def figures_of(
    row: Mapping[str, float | None], dimensions: Sequence[str]
) -> dict[str, float | None]:
    """KPI or part -> its value in this row of VALUES."""
    left_out = {MOMENT, *(SEGMENT + name for name in dimensions)}
    return {name: value for name, value in row.items() if name not in left_out}


# --- by segment ----------------------------------------------------------------------------------


def by_segment(
    read: Moments, places: tuple[Place, Place], by: tuple[str, ...]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The parts of both states by segment: dimension columns, and one column per part.

    Sources without one of the dimensions are left out. A sum of nothing but nulls adds nothing
    to the whole, and is 0 here.
    """
    before, after = places
    sided = (SIDE, *by) if after.side is not None else by
    there = {
        name: cube
        for name, cube in read.cubes.items()
        if set(by) <= read.plan.tree.sources[name].dimensions.keys()
    }
    spans = list(dict.fromkeys((before.span, after.span)))
    frame = parts_by(read.plan, there, read.coverage, spans, sided)
    frame = frame.with_columns(
        pl.col(column).fill_null(0.0)
        for name in there
        for part, column in read.plan.parts[name].items()
        if part.function == "sum"
    )
    return _of(frame, spans, before), _of(frame, spans, after)


def _of(frame: pl.DataFrame, spans: Sequence[Span], place: Place) -> pl.DataFrame:
    found = frame.filter(pl.col(MOMENT) == spans.index(place.span)).drop(MOMENT)
    if place.side is None:
        return found
    return found.filter(pl.col(SEGMENT + SIDE) == place.side).drop(SEGMENT + SIDE)
