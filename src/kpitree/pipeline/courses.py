"""Periods that are running, and past ones cut after as many days, carried to their ends.

What is carried on are the parts that measures are made of: counts, sums and distinct counts by
their usual course, stocks by what they usually did from then on, everything else as it stands.
Leaves and formulas follow from them, so a forecast adds up as any other period does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

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
from kpitree.analysis.moves import Move, usual_move
from kpitree.analysis.nodes import node_values
from kpitree.calendar import Calendar, Span
from kpitree.data.cube.weekdays import Brought, brought_by_weekday
from kpitree.pipeline.figures import constants_of
from kpitree.pipeline.growing import by_formula, days_seen_in, grows, moves, rows_of
from kpitree.pipeline.plan import Plan
from kpitree.pipeline.road import Road
from kpitree.pipeline.states import Moments
from kpitree.tables import MOMENT

AHEAD: Final = "ahead:"  # whether a row of VALUES is not known, but carried on

Row = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Carried:
    """Every period of a road carried on to its end and beyond, by what was known on its way.

    rows: (origin, place) of the road -> KPI or part -> its value in the period at that place, as
    it would have been told when the one at `origin` had come as far as the one asked for.
    periods: column of a part that goes on -> how many past periods show how, of the one asked for.
    growing: the columns of those that grow with the days. rising: of them, those that no day of
    the past took anything off. too_large: those that land beyond what a number can be.
    """

    rows: Mapping[tuple[int, int], Row]
    periods: Mapping[str, int]
    growing: frozenset[str]
    rising: frozenset[str]
    too_large: frozenset[str]


def carried(read: Moments, road: Road) -> Carried:
    """Carry on the period asked for, and each past one as if it were running."""
    observed = _Observed(read, road)
    times = timeline(
        list(map(Moment, road.told)),
        read.periods.calendar,
        read.plan.steps,
        read.plan.rounds,
        year=read.plan.year,
    )
    at = {Moment(span): at for at, span in enumerate(road.spans)}
    places = {place: at[one] for place, one in enumerate(times.moments) if one in at}
    known = [observed.row(moment) for moment in times.moments]
    blocks = [
        _block(known, places, observed.carried_on(origin, places), columns=observed.columns)
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
        {column: observed.periods(column, road.here) for column in observed.going_on},
        frozenset(observed.growing),
        observed.rising,
        frozenset(filter(observed.is_too_large, observed.growing)),
    )


def _block(
    known: Sequence[Row],
    places: Mapping[int, int],
    replaced: Mapping[int, Row],
    *,
    columns: Sequence[str],
) -> pl.DataFrame:
    """Parts of all moments: as they are known, from the origin on as it is carried on."""
    at = [places.get(position, -1) for position in range(len(known))]
    rows = [replaced.get(place, row) for place, row in zip(at, known, strict=True)]
    figures = {name: [row[name] for row in rows] for name in columns}
    ahead = [place in replaced for place in at]
    schema = {MOMENT: pl.Int32, AHEAD: pl.Boolean, **dict.fromkeys(columns, pl.Float64)}
    return pl.DataFrame({MOMENT: range(len(rows)), AHEAD: ahead, **figures}, schema=schema)


def _computed(plan: Plan, parts: pl.DataFrame, times: Timeline, calendar: Calendar) -> pl.DataFrame:
    """Leaves and formulas over parts: VALUES; nothing is measured beside a formula yet."""
    leaves = parts.with_columns(
        to_polars(leaf.over_columns, pl.col).cast(pl.Float64).alias(leaf.kpi)
        for leaf in plan.leaves.values()
    ).with_columns(
        pl.when(~pl.col(AHEAD)).then(pl.col(leaf)).alias(leaf)
        for leaf in plan.leaves
        if leaf not in plan.tree.kpis
    )
    spans = [moment.span(calendar) for moment in times.moments]
    constants = {
        name: [found.value for found in by_span]
        for name, by_span in constants_of(plan, spans).items()
    }
    generations = [list(map(by_formula, generation)) for generation in plan.generations]
    return node_values(leaves, generations, constants, times)


class _Observed:
    """The parts of a road's periods: whole, after their first days, and by weekday.

    growing: columns of what grows -> that of all rows of its source. moving: of what moves.
    rising: of what grows, those that no day of the past took anything off.
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
        self.moving = frozenset(column for part, column, _ in parts if moves(part))
        self.going_on = (*self.growing, *self.moving)
        self.rows: dict[Moment, Row] = dict(
            zip(read.periods.times.moments, read.frame.iter_rows(named=True), strict=True)
        )
        self.cuts = [road.cut(at) for at in range(len(road.spans))]
        brought = _brought(read, road)
        self.past = {
            column: self._past(column, brought.get(by_part[days_seen_in(part)]))
            for part, column, by_part in parts
            if grows(part)
        }
        self.rising = frozenset(
            column
            for part, column, by_part in parts
            if grows(part) and _never_fell(brought.get(by_part[days_seen_in(part)]))
        )

    def row(self, moment: Moment) -> Row:
        return self.rows[moment]

    def seen(self, origin: int) -> slice:
        """The past periods that show what is usual in the one at `origin`."""
        return slice(max(0, origin - self.road.course), origin)

    def course(self, column: str, origin: int) -> Course:
        """As it was known before the period at `origin`."""
        seen = self.seen(origin)
        return course_of(self.past[column][seen], self.past[self.growing[column]][seen])

    def move(self, column: str, origin: int) -> Move | None:
        """What it usually does in the days left of the period at `origin`."""
        known = set(self.road.origins).intersection(range(origin)[self.seen(origin)])
        return usual_move(
            (self.row(self.road.so_far(at))[column], self.whole(at)[column]) for at in sorted(known)
        )

    def step(self, column: str, origin: int) -> Move | None:
        """What it usually does from one period to the next."""
        known = range(origin)[self.seen(origin)]
        return usual_move(
            (self.whole(at - 1)[column], self.whole(at)[column]) for at in known if at
        )

    def whole(self, at: int) -> Row:
        return self.row(Moment(self.road.spans[at]))

    def is_too_large(self, column: str) -> bool:
        """Whether it lands, from where it is now, beyond what a number can be."""
        here = self.road.here
        to_date, cut = self.row(self.road.so_far(here))[column], self.cuts[here]
        course = self.course(column, here)
        told = to_date is not None and course.tells(cut)
        return told and to_date is not None and landing(to_date, course, cut) is None

    def periods(self, column: str, origin: int) -> int:
        """How many past periods show how a part goes on."""
        if column in self.growing:
            return self.course(column, origin).periods
        move = self.move(column, origin)
        return 0 if move is None else move.periods

    def carried_on(self, origin: int, places: Mapping[int, int]) -> dict[int, Row]:
        """Place -> parts, from the origin to the farthest one told; of those that are looked at."""
        far = self.road.farthest(origin)
        later = sorted(at for at in places.values() if origin < at <= far)
        so_far = self.row(self.road.so_far(origin))
        rows = {at: dict(so_far) for at in (origin, *later)}
        for column in self.going_on:
            goes_on = self._grown if column in self.growing else self._moved
            for at, value in goes_on(column, origin, so_far[column], later).items():
                rows[at][column] = value
        return dict(rows)

    def _grown(
        self, column: str, origin: int, to_date: float | None, later: Sequence[int]
    ) -> dict[int, float | None]:
        course, cut = self.course(column, origin), self.cuts[origin]
        landed = None if to_date is None else landing(to_date, course, cut)
        if self._is_untold(origin, course.periods):
            landed = None
        found = {origin: landed}
        for at in later:
            days = _days(self.road.spans[at])
            found[at] = None if landed is None else carried_on(landed, course, cut, days)
        return found

    def _moved(
        self, column: str, origin: int, to_date: float | None, later: Sequence[int]
    ) -> dict[int, float | None]:
        landed = to_date
        if any(self.cuts[origin].rest):
            move = self.move(column, origin)
            if to_date is not None and move is not None:
                landed = move.of(to_date)
            elif self._is_untold(origin, 0):
                landed = None
        found = {origin: landed}
        step = self.step(column, origin) if later else None
        for at in later:
            found[at] = landed if landed is None or step is None else step.of(landed, at - origin)
        return found

    def _is_untold(self, origin: int, periods: int) -> bool:
        """A past period is only tried by the rule that is used now: by what was usual."""
        return any(self.cuts[origin].rest) and origin < self.road.here and not periods

    def _past(self, column: str, brought: Brought | None) -> list[Past]:
        origins = set(self.road.origins)
        return [
            Past(
                self.cuts[at],
                self.row(self.road.so_far(at))[column] if at in origins else None,
                self.row(Moment(span))[column],
                None if brought is None else brought.sums[at],
            )
            for at, span in enumerate(self.road.past)
        ]


def _never_fell(brought: Brought | None) -> bool:
    return brought is not None and brought.least >= 0.0


def _brought(read: Moments, road: Road) -> dict[str, Brought]:
    """Part that is the sum of its days -> what the weekdays of each past period brought."""
    found: dict[str, Brought] = {}
    for cube in read.cubes.values():
        found |= brought_by_weekday(cube, road.past)
    return found


def _days(span: Span) -> ByWeekday:
    return weekdays(span.start.toordinal(), span.end.toordinal())
