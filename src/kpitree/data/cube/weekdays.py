"""What each weekday of a period brought, of the figures that are sums of their days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from kpitree.calendar import Grain, Span
from kpitree.data.cube.cube import Cube
from kpitree.data.cube.rollup import spans_of_days
from kpitree.tables import SPAN
from kpitree.tree.measures import Part

SUMS: Final = frozenset({"count", "sum"})
_WEEKDAY: Final = "weekday:"
_PERIOD: Final = "period:"

ByWeekday = tuple[float, ...]  # seven numbers, Monday's first


@dataclass(frozen=True, slots=True)
class Brought:
    """What days brought: the sums of each period by weekday, and the least of a single day."""

    sums: list[ByWeekday]
    least: float


def is_sum(part: Part) -> bool:
    """Whether a part of a period is the sum of those of its days."""
    return part.function in SUMS and part.over == "period"


def brought_by_weekday(cube: Cube, periods: Sequence[Span]) -> dict[str, Brought]:
    """Part column -> for each period the sums of its Mondays, Tuesdays, ...; days without: 0.

    periods: oldest first, without overlap, within the days of the cube's request.
    """
    days = [
        _day(period.start + timedelta(days=n)) for period in periods for n in range(period.days)
    ]
    keys = pl.DataFrame(
        {
            SPAN: range(len(days)),
            _PERIOD: [at for at, period in enumerate(periods) for _ in range(period.days)],
            _WEEKDAY: [day.start.weekday() for day in days],
        },
        schema={SPAN: pl.Int32, _PERIOD: pl.Int32, _WEEKDAY: pl.Int32},
    )
    found: dict[str, Brought] = {}
    for time, frame in cube.days.items():
        parts = [part for part in cube.request.of(time, additive=True) if is_sum(part)]
        if parts:
            names = [cube.request.parts[part] for part in parts]
            sums = spans_of_days(cube.request, time, frame, days, [SPAN], parts)
            found |= _summed(keys.join(sums, on=SPAN, how="inner"), names, len(periods))
    return found


def _summed(rows: pl.DataFrame, names: Sequence[str], periods: int) -> Mapping[str, Brought]:
    table = rows.group_by(_PERIOD, _WEEKDAY).agg(pl.col(names).sum())
    found = {name: [[0.0] * 7 for _ in range(periods)] for name in names}
    for period, weekday, *sums in table.select(_PERIOD, _WEEKDAY, *names).iter_rows():
        for name, total in zip(names, sums, strict=True):
            found[name][period][weekday] = total
    least = dict(zip(names, rows.select(pl.col(names).min().fill_null(0.0)).row(0), strict=True))
    return {
        name: Brought([tuple(sums) for sums in by_period], min(least[name], 0.0))
        for name, by_period in found.items()
    }


def _day(day: date) -> Span:
    return Span(day, day + timedelta(days=1), day.isoformat(), Grain.DAY)
