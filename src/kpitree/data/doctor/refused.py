"""What every other command would stop at, told instead: each with how many rows are so."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

import polars as pl

from kpitree.calendar import FIRST_YEAR, LAST_YEAR
from kpitree.data.cube.plan import DAY, ROWS, Plan
from kpitree.data.cube.spans import BACKWARDS, refuse_backwards
from kpitree.data.cube.years import refuse_impossible
from kpitree.data.dialect import Expr
from kpitree.data.doctor.seen import Mistake
from kpitree.data.files.delimited import refuse_suspicious
from kpitree.errors import SourceError

Frames = Mapping[str, pl.DataFrame]

OUTSIDE = "outside:"  # + time column


def other_times(plan: Plan) -> list[str]:
    """The time columns beside the source's own."""
    return [time for time in plan.moments if time != plan.request.source.time]


def outside(plan: Plan, time: str) -> Expr:
    """Whether a row's day is in no year that kpitree knows."""
    year = plan.day(time).dt.year()
    return (year < FIRST_YEAR) | (year > LAST_YEAR)


def mistakes(plan: Plan, frames: Frames) -> Iterator[Mistake]:
    """Everything that the rows have of them.

    frames: `days`, with OUTSIDE and BACKWARDS; `unread`, `suspicious` and `repeats`, where they
    were asked for.
    """
    reading = plan.opened.reading
    if reading.layout is not None and "suspicious" in frames:
        layout, lines = reading.layout, frames["suspicious"]
        yield from _told("unreadable", lambda: refuse_suspicious(reading.files, layout, lines))
    if "unread" in frames:
        yield from _not_dates(plan, frames["unread"])
    yield from _impossible(plan, frames["days"])
    if plan.repeats is not None:
        repeats, counts = plan.repeats, frames["repeats"]
        for one in _told("duplicates_differ", lambda: repeats.refuse_differing(counts)):
            yield replace(one, count=repeats.rows_differing())
    if BACKWARDS in frames["days"].columns:
        facts = frames["days"].select(pl.col(BACKWARDS).sum())
        for one in _told("ends_before_start", lambda: refuse_backwards(plan, facts)):
            yield replace(one, count=int(facts.item()), column=plan.request.source.until)


def _not_dates(plan: Plan, counts: pl.DataFrame) -> Iterator[Mistake]:
    """One a column: of the counts of all, only the first that is not 0 would be told."""
    for unread in plan.columns.unread:
        count = int(counts[unread.parsed].item())
        others = [each for each in counts.columns if each != unread.parsed]
        only = counts.with_columns(pl.lit(0).alias(name) for name in others)
        for one in _told("not_dates", partial(plan.columns.refuse_unread, only)):
            yield replace(one, count=count, column=unread.column)


def _impossible(plan: Plan, by_day: pl.DataFrame) -> Iterator[Mistake]:
    own = by_day.filter(~pl.col(DAY).dt.year().is_between(FIRST_YEAR, LAST_YEAR))
    counts = {plan.request.source.time: int(own[ROWS].sum())} | {
        time: int(by_day[OUTSIDE + time].sum()) for time in other_times(plan)
    }
    for time, count in counts.items():
        if count:
            day = plan.rows.filter(outside(plan, time)).select(plan.day(time).alias(DAY)).head(1)
            [found] = plan.opened.collect([day])
            for one in _told(
                "impossible_dates", partial(refuse_impossible, plan, time, found[DAY])
            ):
                yield replace(one, count=count, column=time)


def _told(code: str, refuse: Callable[[], None]) -> Iterator[Mistake]:
    """What one of the refusals of other commands says, if it refuses."""
    try:
        refuse()
    except SourceError as error:
        yield Mistake(code=code, error=error)
