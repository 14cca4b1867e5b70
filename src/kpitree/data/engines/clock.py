"""Days and instants of engines, whose columns of instants are all in UTC: see moments.Clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import polars as pl

from kpitree.data.dialect import Expr
from kpitree.data.engines.days import microseconds
from kpitree.data.engines.words import cast, lit
from kpitree.data.engines.zones import to_clock, to_other_clock, to_utc, to_utc_number
from kpitree.data.moments import Clock


@dataclass(frozen=True, slots=True)
class EngineClock(Clock):
    """As Clock. The zone of a type is whose clock the data shows; the values are instants."""

    def local(self, moment: Expr, dtype: pl.DataType) -> Expr:
        if (zone := _zone(dtype)) is not None:
            return to_clock(moment.dt.replace_time_zone(None), self.tree or zone)
        if self.source is None or self.tree is None or self.source == self.tree:
            return moment
        return to_other_clock(moment, self.source, self.tree)

    def absolute(self, moment: Expr, dtype: pl.DataType) -> Expr:
        """As a number of microseconds, of which all engines have differences."""
        if _zone(dtype) is not None:
            return microseconds(moment.dt.replace_time_zone(None))
        zone = self.tree if dtype == pl.Date else self.source or self.tree
        naive = cast(moment, pl.Datetime("us")) if dtype == pl.Date else moment
        number = microseconds(naive)
        return number if zone is None else number + to_utc_number(naive, zone)

    def utc(self, moment: Expr, dtype: pl.DataType) -> Expr:
        """Naive times of the source, or midnights of the tree's dates, as instants."""
        zone = self.tree if dtype == pl.Date else self.source or self.tree
        naive = cast(moment, pl.Datetime("us")) if dtype == pl.Date else moment
        return cast(naive if zone is None else to_utc(naive, zone), pl.Datetime("us", "UTC"))

    def written(self, moment: datetime) -> tuple[Expr, pl.DataType]:
        if moment.tzinfo is None and self.tree is not None:
            moment = moment.replace(tzinfo=ZoneInfo(self.tree))
        if moment.tzinfo is None:
            return lit(moment), pl.Datetime("us")
        return lit(moment.astimezone(UTC)), pl.Datetime("us", "UTC")

    def _bound(self, moment: Expr, dtype: pl.DataType, day: date) -> tuple[Expr, Expr]:
        zone = _zone(dtype)
        if dtype == pl.Date:
            return moment, lit(day)
        if zone is not None:
            midnight = datetime.combine(day, time(), ZoneInfo(self.tree or zone))
            return moment, lit(midnight.astimezone(UTC))
        if self.local(moment, dtype) is not moment:
            return self.day(moment, dtype), lit(day)
        return moment, lit(datetime.combine(day, time()))


def _zone(dtype: pl.DataType) -> str | None:
    return dtype.time_zone if isinstance(dtype, pl.Datetime) else None
