"""What one request asks of one source, compiled: its rows, and the queries over them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Final

import polars as pl

from kpitree.calendar import Calendar, Grain
from kpitree.data.aggregates import (
    ATOMS,
    FROM_ROWS,
    ON_ONE_DAY,
    AtomKey,
    RowsOf,
    atoms_of,
)
from kpitree.data.columns import Columns, Value
from kpitree.data.sources import Opened
from kpitree.tables import NONE, SEGMENT
from kpitree.tree.expressions import Expr, Name
from kpitree.tree.measures import Part
from kpitree.tree.model import Source

DAY: Final = "day:"
ROWS: Final = "rows:"  # how many rows a group has
BLANK_ROW: Final = "blank:"  # whether a row of a CSV file has no value in any column


@dataclass(frozen=True, slots=True, kw_only=True)
class CubeRequest:
    """What is asked of one source.

    parts: the aggregates wanted, of this source only, with the column name each gets.
    dimensions: the dimensions to split by. where: the condition of --where, whose names are
    dimensions or columns, or None. timezone: the zone in which days begin, or None.
    grain, calendar: the periods for which figures that do not add up are had in the same scan.
    days: the days worth reading, [first, one past the last), or None for all.
    override: another path than the source's own; "-" is standard input.
    """

    source: Source
    parts: dict[Part, str]
    dimensions: tuple[str, ...] = ()
    where: Expr | None = None
    timezone: str | None = None
    grain: Grain = Grain.MONTH
    calendar: Calendar = Calendar()
    days: tuple[date, date] | None = None
    override: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A request against the columns there are.

    rows: the rows that the source is about. chosen: those of them that --where leaves.
    moments: by time column. dimensions: the text of each dimension, null where there is none.
    floats: raw float columns in use, by the name under which `rows` holds them unchanged.
    """

    request: CubeRequest
    columns: Columns
    rows: pl.LazyFrame
    chosen: pl.LazyFrame
    moments: dict[str, Value]
    dimensions: dict[str, pl.Expr]
    parts: dict[Part, RowsOf]
    floats: dict[str, str]

    @property
    def additive_times(self) -> list[str]:
        """The time columns by whose days something is added up."""
        return [time for time in self.moments if self._by_days_of(time)]

    @property
    def other_times(self) -> list[str]:
        """The time columns of parts that do not add up over days."""
        return [time for time in self.moments if self.of(time, additive=False)]

    @property
    def placing(self) -> list[str]:
        """The time columns that say when a row is; one that says until when may have no value."""
        return [time for time in self.moments if time != self.request.source.until]

    def of(self, time: str, *, additive: bool) -> list[Part]:
        """The parts of the rows placed in a period by one column."""
        period = [part for part in self.parts if part.time == time and part.over == "period"]
        return [part for part in period if part.additive is additive]

    def carried(self, time: str) -> list[Part]:
        """The parts that a period without a value has from before it."""
        return [part for part in self.parts if part.time == time and part.over == "carried"]

    def stocks(self, *, additive: bool) -> list[Part]:
        """The parts of the rows active on a day."""
        stocks = [part for part in self.parts if part.until is not None]
        return [part for part in stocks if part.additive is additive]

    def _by_days_of(self, time: str) -> list[Part]:
        return [part for part in self.parts if part.additive and time in (part.time, part.until)]

    @property
    def opened(self) -> Opened:
        return self.columns.opened

    def day(self, time: str) -> pl.Expr:
        moment = self.moments[time]
        return self.columns.clock.day(moment.expr, moment.dtype)

    def dated(self, time: str, days: tuple[date, date] | None) -> pl.LazyFrame:
        """The chosen rows whose day is in [days), or all of them."""
        return self.chosen if days is None else self.chosen.filter(self.within(time, days))

    def within(self, time: str, days: tuple[date, date]) -> pl.Expr:
        moment = self.moments[time]
        return self.columns.clock.within(moment.expr, moment.dtype, *days)

    def before(self, time: str, day: date) -> pl.Expr:
        moment = self.moments[time]
        return self.columns.clock.before(moment.expr, moment.dtype, day)

    def reached(self, time: str) -> pl.Expr | None:
        """Whether a row's day matters to the request: also an earlier one where parts look back.

        None where all do.
        """
        days = self.request.days
        if days is None:
            return None
        looks_back = any(part.looks_back and time in (part.time, part.until) for part in self.parts)
        return self.before(time, days[1]) if looks_back else self.within(time, days)

    def active(self, end: date) -> pl.LazyFrame:
        """The chosen rows active at the end of the day before `end`."""
        source = self.request.source
        assert source.until is not None, "the rows of this source do not last"
        gone = self.before(source.until, end).fill_null(value=False)
        return self.chosen.filter(self.before(source.time, end) & ~gone)

    def atoms(self, time: str) -> dict[AtomKey, RowsOf]:
        """The atoms of all that is made of the days of one column, each once."""
        return {
            atom: self.parts[part] for part in self._by_days_of(time) for atom in atoms_of(part)
        }

    def atom_names(self, time: str) -> dict[AtomKey, str]:
        """The column of each atom in by_day()."""
        return {atom: f"atom{number}" for number, atom in enumerate(self.atoms(time))}

    @property
    def one_frame(self) -> bool:
        """Whether the daily frame of the source's own time column is all there is to read."""
        own = self.additive_times == list(self.moments) == [self.request.source.time]
        return own and not self.other_times

    def probes(self) -> list[pl.Expr]:
        """Sums that are not finite where a raw float column holds NaN or infinities.

        None of a column whose own sum is in the daily frame: that sum tells as much.
        """
        told = {
            argument.id
            for atom, argument, where in self.atoms(self.request.source.time)
            if self.one_frame and atom == "high" and where is None and isinstance(argument, Name)
        } - self.request.source.columns.keys()
        return [pl.col(raw).sum() for name, raw in self.floats.items() if name not in told]

    def by_day(self, time: str) -> pl.LazyFrame:
        """CUBE: one row per day x dimensions (null days too), one column per atom, ROWS.

        Holds the probes, too, where it is the only frame: a scan shared by two costs memory.
        """
        whole_days = self.moments[time].dtype == pl.Date
        names, reached = self.atom_names(time), self.reached(time)
        keys = [expr.alias(SEGMENT + name) for name, expr in self.dimensions.items()]
        figures = [
            _atom(key[0], rows, whole_days=whole_days).alias(names[key])
            for key, rows in self.atoms(time).items()
        ]
        return (
            (self.chosen if reached is None else self.chosen.filter(reached))
            .group_by(self.day(time).alias(DAY), *keys)
            .agg(pl.len().alias(ROWS), *figures, *(self.probes() if self.one_frame else ()))
        )

    def from_rows(
        self,
        rows: pl.LazyFrame,
        parts: Sequence[Part],
        key: pl.Expr,
        dimensions: tuple[str, ...],
    ) -> pl.LazyFrame:
        """Parts that do not add up, of each group of rows: key, dimensions, parts."""
        names = self.request.parts
        segments = [
            self.dimensions[name].fill_null(NONE).alias(SEGMENT + name) for name in dimensions
        ]
        figures = [
            FROM_ROWS[part.function](self.parts[part].values(), part.level).alias(names[part])
            for part in parts
        ]
        # A literal as the key of group_by would make a group of no rows.
        keys = [key, *segments]
        keyed = rows.with_columns(keys)
        return keyed.group_by(pl.col(each.meta.output_name()) for each in keys).agg(figures)

    def counted_without_date(self, time: str) -> pl.Expr:
        """How many rows a part placed by `time` would count, had they a date."""
        return self._missed(time).sum()

    def blank_without_date(self, time: str) -> pl.Expr:
        """How many of the rows without a date have no value at all: blank lines of a CSV file."""
        return (self._missed(time) & pl.col(BLANK_ROW)).sum()

    def _missed(self, time: str) -> pl.Expr:
        counted = [rows.every for part, rows in self.parts.items() if part.time == time]
        undated = self.moments[time].expr.is_null()
        if time == self.request.source.time or any(every is None for every in counted):
            return undated
        return undated & reduce(or_, (every for every in counted if every is not None))


def _atom(atom: str, rows: RowsOf, *, whole_days: bool) -> pl.Expr:
    if whole_days and atom in ON_ONE_DAY:
        return ON_ONE_DAY[atom](rows)
    return ATOMS[atom].of_rows(rows)
