"""What a scan tells beside its figures: the days covered, rows undated, numbers not finite."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from functools import reduce
from operator import or_
from typing import Final

import polars as pl

from kpitree.data.cube.plan import DAY, ROWS, Plan
from kpitree.data.cube.spans import BACKWARDS, backwards
from kpitree.data.dialect import Expr, Frame
from kpitree.data.files.delimited import BLANK
from kpitree.data.files.found import FILE
from kpitree.data.request import CubeRequest
from kpitree.errors import Notice

_FIRST: Final = "first:"
_LAST: Final = "last:"
_UNDATED: Final = "undated:"
_BLANK: Final = "blank:"
_NOT_FINITE: Final = "not finite:"

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


def told_of(plan: Plan, frames: Frames, not_finite: AbstractSet[str]) -> pl.DataFrame:
    """What adds up of the facts: one row, or one by FILE for each file that has rows.

    FIRST, LAST and UNDATED by time column, NOT_FINITE by raw column, rows by lookup of
    lookups.unmatched_of() and the COPIES of repeats.py; the lines of CSV files that
    are blank are no rows. not_finite: from not_finite(); they are counted in one more scan.
    """
    if plan.request.covered_by_days:
        told = _told_by_days(frames["days", plan.request.source.time], plan.request.source.time)
    else:
        told = frames["facts",]
    others = (_blank(plan, frames, told), _not_finite(plan, not_finite))
    for more in (*others, frames.get(("unmatched",)), frames.get(("repeats",))):
        if more is not None and FILE in told:
            told = told.join(more, on=FILE, how="left")
        elif more is not None:
            told = pl.concat([told, more], how="horizontal")
    undated = (name for name in told.columns if name.startswith(_UNDATED))
    blank = ((name, _BLANK + name) for name in undated if _BLANK + name in told)
    return told.with_columns(pl.col(name) - pl.col(less) for name, less in blank).drop(
        pl.selectors.starts_with(_BLANK)
    )


def _told_by_days(days: pl.DataFrame, time: str) -> pl.DataFrame:
    figures = [
        pl.col(DAY).min().alias(_FIRST + time),
        pl.col(DAY).max().alias(_LAST + time),
        pl.col(ROWS).filter(pl.col(DAY).is_null()).sum().alias(_UNDATED + time),
    ]
    return days.group_by(FILE).agg(figures) if FILE in days else days.select(figures)


def _blank(plan: Plan, frames: Frames, told: pl.DataFrame) -> pl.DataFrame | None:
    """How many of the rows without a date are blank lines of a CSV file, if any may be."""
    undated = [name for name in told.columns if name.startswith(_UNDATED)]
    if ("suspicious",) not in frames or not frames["suspicious",][BLANK].item():
        return None
    if not any(told[name].sum() for name in undated):
        return None
    times = [name.removeprefix(_UNDATED) for name in undated]
    counted = [plan.blank_without_date(time).alias(_BLANK + _UNDATED + time) for time in times]
    return plan.opened.collect([plan.told(plan.rows, counted)])[0]


def _not_finite(plan: Plan, columns: AbstractSet[str]) -> pl.DataFrame | None:
    if not columns:
        return None
    dialect = plan.dialect
    counted = [
        dialect.how_many(~dialect.is_finite(dialect.col(raw))).alias(_NOT_FINITE + name)
        for name, raw in plan.floats.items()
        if name in columns
    ]
    # Rows that nothing places are left out, whatever they hold.
    placed = reduce(or_, (~moment.expr.is_null() for moment in plan.moments.values()))
    return plan.opened.collect([plan.told(read_rows(plan).filter(placed), counted)])[0]


def whole(told: pl.DataFrame) -> pl.DataFrame:
    """The facts of several files as one row, as if they had been one."""
    first, last = pl.selectors.starts_with(_FIRST), pl.selectors.starts_with(_LAST)
    others = ~pl.selectors.starts_with(_FIRST, _LAST, FILE)
    return told.select(first.min(), last.max(), others.sum())


def all_finite(told: pl.DataFrame) -> list[bool]:
    """Of each row, whether no value was taken as none for being NaN or infinite."""
    counts = told.select(pl.selectors.starts_with(_NOT_FINITE).fill_null(0))
    return [not any(row) for row in counts.rows()] if counts.width else [True] * told.height


def days_told(told: pl.DataFrame, time: str) -> list[tuple[date, date] | None] | None:
    """Of each row, the first and the last day of a time column; None where it is not told."""
    if _FIRST + time not in told:
        return None
    pairs = told.select(_FIRST + time, _LAST + time).rows()
    return [None if first is None else (first, last) for first, last in pairs]


def coverage_of(request: CubeRequest, told: pl.DataFrame) -> tuple[date, date] | None:
    """The days that the source speaks for, or None. told: one row."""
    source = request.source
    first, last = told[_FIRST + source.time].item(), told[_LAST + source.time].item()
    if source.covers is not None:
        return source.covers
    return None if first is None or last is None else (first, last)


def not_finite(plan: Plan, frames: Frames) -> list[str]:
    """Raw columns that may hold NaN or infinities: all, once any sum is not finite.

    Sums are an inexpensive way to ask, and rarely wrong: of finite numbers near the largest.
    """
    seen = frames.get(("finite",), frames.get(("days", plan.request.source.time)))
    if seen is None:
        return []
    finite = seen.select(pl.selectors.float().is_finite().all())
    return [] if all(map(all, finite.iter_rows())) else list(plan.floats)


def undated_notices(request: CubeRequest, told: pl.DataFrame) -> Iterator[Notice]:
    """Rows left out for want of a date. told: one row."""
    for time in request.placing:
        if count := told[_UNDATED + time].item():
            rows = "1 row has" if count == 1 else f"{count} rows have"
            yield Notice(
                code="null_dates",
                message=f"{rows} no date in {time!r} and {'is' if count == 1 else 'are'} left out",
                source=request.source.id,
            )


def known_until_notices(
    request: CubeRequest, coverage: tuple[date, date] | None
) -> Iterator[Notice]:
    """A word where rows that last seem to be known for a part of a period only.

    Nothing in them tells until when they are known; without `covers` it is the last start.
    """
    source = request.source
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


def not_finite_notices(request: CubeRequest, told: pl.DataFrame) -> Iterator[Notice]:
    """Values taken as none. told: one row."""
    for column in told.columns:
        count = told[column].item() if column.startswith(_NOT_FINITE) else 0
        if count:
            name = column.removeprefix(_NOT_FINITE)
            values = "1 value" if count == 1 else f"{count} values"
            yield Notice(
                code="non_finite",
                message=f"{values} of {name!r} NaN or infinite: taken as no value",
                source=request.source.id,
            )
