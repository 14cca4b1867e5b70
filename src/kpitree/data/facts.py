"""What a scan tells beside its figures: the days covered, rows undated, numbers not finite."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import reduce
from operator import or_
from typing import Final

import polars as pl

from kpitree.data.delimited import BLANK
from kpitree.data.dialect import Expr, Frame
from kpitree.data.plan import DAY, ROWS, Plan
from kpitree.data.spans import BACKWARDS, backwards
from kpitree.errors import Notice

_FIRST: Final = "first:"
_LAST: Final = "last:"
_UNDATED: Final = "undated:"

Frames = Mapping[tuple[str, ...], pl.DataFrame]  # what was collected, by query


def facts_of(plan: Plan) -> Iterator[Expr]:
    """By time column, the first and last moment's day, and the rows without a date: one row.

    Of rows that last, BACKWARDS: how many end before they start.
    """
    clock = plan.columns.clock
    for time in plan.request.placing:
        moment = plan.moments[time]
        yield clock.day(moment.expr.min(), moment.dtype).alias(_FIRST + time)
        yield clock.day(moment.expr.max(), moment.dtype).alias(_LAST + time)
        yield plan.counted_without_date(time).alias(_UNDATED + time)
    if plan.request.source.until is not None:
        yield plan.dialect.how_many(backwards(plan)).alias(BACKWARDS)


def extremes(plan: Plan, frames: Frames) -> dict[str, pl.Series]:
    """By time column, days among which are the first and the last of all rows of the source."""
    if plan.request.covered_by_days:
        time = plan.request.source.time
        return {time: frames["days", time][DAY]}
    facts = frames["facts",]
    return {
        time: pl.concat([facts[_FIRST + time], facts[_LAST + time]])
        for time in plan.request.placing
    }


def read_rows(plan: Plan) -> Frame:
    """The chosen rows that any part reads."""
    reached = [each for time in plan.moments if (each := plan.reached(time)) is not None]
    return plan.chosen.filter(reduce(or_, reached)) if reached else plan.chosen


def coverage_of(plan: Plan, frames: Frames) -> tuple[tuple[date, date] | None, dict[str, int]]:
    """The days covered, and by time column the rows left out for want of a date."""
    source = plan.request.source
    if plan.request.covered_by_days:
        by_day = frames["days", source.time]
        undated = {source.time: int(by_day.filter(pl.col(DAY).is_null())[ROWS].sum())}
        first, last = by_day[DAY].min(), by_day[DAY].max()
    else:
        facts = frames["facts",].row(0, named=True)
        undated = {time: facts[_UNDATED + time] for time in plan.request.placing}
        first, last = facts[_FIRST + source.time], facts[_LAST + source.time]
    undated = _without_blank(plan, frames, undated)
    if source.covers is not None:
        return source.covers, undated
    if not isinstance(first, date) or not isinstance(last, date):
        return None, undated
    return (first, last), undated


def _without_blank(plan: Plan, frames: Frames, undated: dict[str, int]) -> dict[str, int]:
    """The rows without a date, less the blank lines of a CSV file, which are no rows."""
    blank = ("suspicious",) in frames and frames["suspicious",][BLANK].item()
    if not blank or not any(undated.values()):
        return undated
    counted = plan.rows.select(plan.blank_without_date(time).alias(time) for time in undated)
    blanks = plan.opened.collect([counted])[0].row(0, named=True)
    return {time: count - blanks[time] for time, count in undated.items()}


def not_finite(plan: Plan, frames: Frames) -> list[str]:
    """Raw columns that may hold NaN or infinities: all, once any sum is not finite.

    Sums are an inexpensive way to ask, and rarely wrong: of finite numbers near the largest.
    """
    seen = frames.get(("finite",), frames.get(("days", plan.request.source.time)))
    if seen is None:
        return []
    finite = all(column.is_finite().all() for column in seen.select(pl.selectors.float()))
    return [] if finite else list(plan.floats)


def undated_notices(plan: Plan, undated: dict[str, int]) -> Iterator[Notice]:
    """Rows left out for want of a date. undated: by time column, from coverage_of()."""
    for time, count in undated.items():
        if count:
            rows = "1 row has" if count == 1 else f"{count} rows have"
            yield Notice(
                code="null_dates",
                message=f"{rows} no date in {time!r} and {'is' if count == 1 else 'are'} left out",
                source=plan.request.source.id,
            )


def known_until_notices(plan: Plan, coverage: tuple[date, date] | None) -> Iterator[Notice]:
    """A word where rows that last seem to be known for a part of a period only.

    Nothing in them tells until when they are known; without `covers` it is the last start.
    """
    request, source = plan.request, plan.request.source
    if source.until is None or source.covers is not None or coverage is None:
        return
    last = coverage[1]
    asked = request.days is None or request.days[0] <= last < request.days[1]
    period = request.calendar.period_of(last, request.grain)
    if asked and last != period.last_day:
        yield Notice(
            code="covers_unknown",
            message=f"the last row of {source.id!r} starts on {last}, so it counts as known until"
            f' then; say what is true: covers = ["{coverage[0]}", "{period.last_day}"]',
            source=source.id,
        )


def not_finite_notices(plan: Plan, columns: Sequence[str]) -> Iterator[Notice]:
    """Values taken as none. columns: from not_finite(); counts them in one more scan."""
    if not columns:
        return
    dialect = plan.dialect
    counted = read_rows(plan).select(
        dialect.how_many(~dialect.is_finite(dialect.col(plan.floats[name]))).alias(name)
        for name in columns
    )
    for name, count in plan.opened.collect([counted])[0].row(0, named=True).items():
        if count:
            values = "1 value" if count == 1 else f"{count} values"
            yield Notice(
                code="non_finite",
                message=f"{values} of {name!r} NaN or infinite: taken as no value",
                source=plan.request.source.id,
            )
