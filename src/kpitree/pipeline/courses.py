"""Periods that are running, and past ones cut after as many days, carried to their ends.

What is carried on are the parts that measures are made of: counts, sums and distinct counts by
their usual course, everything else as it stands. Leaves and formulas follow from them, so a
forecast adds up as any other period does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from kpitree.analysis.course import (
    ByWeekday,
    Course,
    Past,
    carried_on,
    course_of,
    landing,
    weekdays,
)
from kpitree.analysis.functions import to_polars
from kpitree.analysis.moments import Moment, Timeline, timeline
from kpitree.analysis.nodes import node_values
from kpitree.calendar import Calendar, Span
from kpitree.data.weekdays import sums_by_weekday
from kpitree.pipeline.figures import constants_of
from kpitree.pipeline.growing import days_seen_in, grows, rows_of
from kpitree.pipeline.plan import Plan
from kpitree.pipeline.road import Road
from kpitree.pipeline.states import Moments
from kpitree.tables import MOMENT

Row = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Carried:
    """Every period of a road carried on to its end and beyond, by what was known on its way.

    rows: (origin, place) of the road -> KPI or part -> its value in the period at that place, as
    it would have been told when the one at `origin` had come as far as the one asked for.
    courses: part column -> its usual course in the period asked for; of what grows.
    """

    rows: Mapping[tuple[int, int], Row]
    courses: Mapping[str, Course]


def carried(read: Moments, road: Road) -> Carried:
    """Carry on the period asked for, and each past one as if it were running."""
    observed = _Observed(read, road)
    times = timeline(
        list(map(Moment, road.spans)),
        read.periods.calendar,
        read.plan.steps,
        read.plan.rounds,
        year=read.plan.year,
    )
    places = {times.position(Moment(span)): at for at, span in enumerate(road.spans)}
    known = [observed.row(moment) for moment in times.moments]
    blocks = [
        _block(known, places, observed.carried_on(origin), columns=observed.columns)
        for origin in road.origins
    ]
    frame = _computed(read.plan, pl.concat(blocks), times, read.periods.calendar)
    rows = frame.rows(named=True)
    count = len(times.moments)
    return Carried(
        {
            (origin, at): rows[block * count + position]
            for block, origin in enumerate(road.origins)
            for position, at in places.items()
            if at >= origin
        },
        {part: observed.course(part, road.here) for part in observed.growing},
    )


def _block(
    known: Sequence[Row],
    places: Mapping[int, int],
    replaced: Mapping[int, Row],
    *,
    columns: Sequence[str],
) -> pl.DataFrame:
    """Parts of all moments: as they are known, from the origin on as it is carried on."""
    rows = [replaced.get(places.get(position, -1), row) for position, row in enumerate(known)]
    figures = {name: [row[name] for row in rows] for name in columns}
    schema = {MOMENT: pl.Int32, **dict.fromkeys(columns, pl.Float64)}
    return pl.DataFrame({MOMENT: range(len(rows)), **figures}, schema=schema)


def _computed(plan: Plan, parts: pl.DataFrame, times: Timeline, calendar: Calendar) -> pl.DataFrame:
    """Leaves and formulas over parts: VALUES, as of any other periods."""
    leaves = parts.with_columns(
        to_polars(leaf.over_columns, pl.col).cast(pl.Float64).alias(leaf.kpi)
        for leaf in plan.leaves.values()
    )
    spans = [moment.span(calendar) for moment in times.moments]
    constants = {
        name: [found.value for found in by_span]
        for name, by_span in constants_of(plan, spans).items()
    }
    return node_values(leaves, plan.generations, constants, times)


class _Observed:
    """The parts of a road's periods: whole, after their first days, and by weekday.

    growing: the part columns that grow -> that of all rows of their source.
    """

    def __init__(self, read: Moments, road: Road) -> None:
        self.road = road
        parts = [
            (part, column, by_part)
            for by_part in read.plan.parts.values()
            for part, column in by_part.items()
        ]
        self.columns = tuple(column for _, column, _ in parts)
        self.growing = {
            column: by_part[rows_of(part)] for part, column, by_part in parts if grows(part)
        }
        self.rows: dict[Moment, Row] = dict(
            zip(read.periods.times.moments, read.frame.iter_rows(named=True), strict=True)
        )
        self.cuts = [road.cut(at) for at in range(len(road.spans))]
        sums = _sums(read, road)
        self.past = {
            column: self._past(column, sums.get(by_part[days_seen_in(part)]))
            for part, column, by_part in parts
            if grows(part)
        }

    def row(self, moment: Moment) -> Row:
        return self.rows[moment]

    def course(self, column: str, origin: int) -> Course:
        """As it was known before the period at `origin`."""
        seen = slice(max(0, origin - self.road.course), origin)
        return course_of(self.past[column][seen], self.past[self.growing[column]][seen])

    def carried_on(self, origin: int) -> dict[int, Row]:
        """Place -> parts, from the origin as far beyond it as the last one is beyond the main."""
        far = origin + len(self.road.spans) - 1 - self.road.here
        so_far = self.row(self.road.so_far(origin))
        rows = {at: dict(so_far) for at in range(origin, far + 1)}
        for column in self.growing:
            for at, value in self._grown(column, origin, so_far[column], far).items():
                rows[at][column] = value
        return dict(rows)

    def _grown(
        self, column: str, origin: int, to_date: float | None, far: int
    ) -> dict[int, float | None]:
        course, cut = self.course(column, origin), self.cuts[origin]
        landed = None if to_date is None else landing(to_date, course, cut)
        if any(cut.rest) and origin < self.road.here and not course.periods:
            landed = None  # a past period is only tried by the rule that is used now
        found = {origin: landed}
        for at in range(origin + 1, far + 1):
            days = _days(self.road.spans[at])
            found[at] = None if landed is None else carried_on(landed, course, cut, days)
        return found

    def _past(self, column: str, sums: Sequence[ByWeekday] | None) -> list[Past]:
        origins = set(self.road.origins)
        return [
            Past(
                self.cuts[at],
                self.row(self.road.so_far(at))[column] if at in origins else None,
                self.row(Moment(span))[column],
                None if sums is None else sums[at],
            )
            for at, span in enumerate(self.road.past)
        ]


def _sums(read: Moments, road: Road) -> dict[str, list[ByWeekday]]:
    """Part that is the sum of its days -> what the weekdays of each past period brought."""
    found: dict[str, list[ByWeekday]] = {}
    for cube in read.cubes.values():
        found |= sums_by_weekday(cube, road.past)
    return found


def _days(span: Span) -> ByWeekday:
    return weekdays(span.start.toordinal(), span.end.toordinal())
