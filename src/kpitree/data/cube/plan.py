"""A request compiled against the columns there are: its rows, and the queries over them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_
from typing import Final

import polars as pl

from kpitree.data.aggregates import ON_ONE_DAY, AtomKey, Figure, RowsOf
from kpitree.data.cube.classes import Classes
from kpitree.data.cube.sifted import Sifted
from kpitree.data.dialect import Dialect, Expr, Frame
from kpitree.data.files.found import FILE
from kpitree.data.request import CubeRequest
from kpitree.data.rows.columns import Columns, Value
from kpitree.data.rows.lookups import Joined, unmatched_of
from kpitree.data.rows.repeats import Repeats
from kpitree.data.sources import Opened
from kpitree.tables import NONE, SEGMENT
from kpitree.tree.expressions import Name
from kpitree.tree.measures import Part

DAY: Final = "day:"
ROWS: Final = "rows:"  # how many rows a group has
BLANK_ROW: Final = "blank:"  # whether a row of a CSV file has no value in any column


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A request against the columns there are.

    rows: the rows that the source is about. chosen: those of them that --where leaves.
    moments: by time column. dimensions: the text of each dimension, null where there is none.
    floats: raw columns in use that hold floats, or texts that are read as such: by each the name
    under which `rows` holds its numbers unchanged. early: those made finite from the start.
    joined: the lookups in use. repeats: of a source with unique_by, the rows before those that
    repeat others were left out. classes, sifted: by time column, where it is worth looking at rows
    so.
    """

    request: CubeRequest
    columns: Columns
    rows: Frame
    chosen: Frame
    moments: dict[str, Value]
    dimensions: dict[str, Expr]
    parts: dict[Part, RowsOf]
    floats: dict[str, str]
    early: frozenset[str] = frozenset()
    joined: tuple[Joined, ...] = ()
    repeats: Repeats | None = None
    classes: Mapping[str, Classes] = field(default_factory=dict)
    sifted: Mapping[str, Sifted] = field(default_factory=dict)

    @property
    def opened(self) -> Opened:
        return self.columns.opened

    @property
    def dialect(self) -> Dialect:
        return self.columns.dialect

    @property
    def by_file(self) -> bool:
        """Whether figures of the days are kept apart by file, under FILE."""
        return self.opened.by_file

    @property
    def _files(self) -> dict[str, Expr]:
        return {FILE: self.dialect.col(FILE)} if self.by_file else {}

    def told(self, rows: Frame, figures: Iterable[Expr]) -> Frame:
        """Figures of all rows: one row, or one by FILE for each file that has any."""
        if not self.by_file:
            return rows.select(figures)
        return self.dialect.grouped(rows, self._files, {}, figures)

    def unmatched(self) -> Frame:
        """Of each lookup in use, how many of the chosen rows look for what it does not have."""
        csv = self.opened.reading.layout is not None
        blank = self.dialect.col(BLANK_ROW) if csv else None
        return self.told(self.chosen, unmatched_of(self.joined, self.dialect, blank))

    def day(self, time: str) -> Expr:
        moment = self.moments[time]
        return self.columns.clock.day(moment.expr, moment.dtype)

    def dated(self, time: str, days: tuple[date, date] | None) -> Frame:
        """The chosen rows whose day is in [days), or all of them."""
        return self.chosen if days is None else self.chosen.filter(self.within(time, days))

    def within(self, time: str, days: tuple[date, date]) -> Expr:
        moment = self.moments[time]
        return self.columns.clock.within(moment.expr, moment.dtype, *days)

    def before(self, time: str, day: date) -> Expr:
        moment = self.moments[time]
        return self.columns.clock.before(moment.expr, moment.dtype, day)

    def reached(self, time: str) -> Expr | None:
        """Whether a row's day matters to the request: also an earlier one where parts look back.

        None where all do.
        """
        days = self.request.days
        if days is None:
            return None
        looks_back = self.request.look_back(time)
        return self.before(time, days[1]) if looks_back else self.within(time, days)

    def active(self, end: date) -> Frame:
        """The chosen rows active at the end of the day before `end`."""
        source = self.request.source
        assert source.until is not None, "the rows of this source do not last"
        gone = self.before(source.until, end).fill_null(value=False)
        return self.chosen.filter(self.before(source.time, end) & ~gone)

    def probes(self) -> list[Expr]:
        """Sums that are not finite where a raw column holds NaN or infinities.

        None of a column whose own sum is in the daily frame: that sum tells as much.
        """
        request = self.request
        own = request.atoms(request.source.time) if request.one_frame else {}
        told = {
            argument.id
            for atom, argument, where in own
            if atom == "high" and where is None and isinstance(argument, Name)
        } - (request.source.columns.keys() | self.early)
        raws = (raw for name, raw in self.floats.items() if name not in told)
        return [self.dialect.col(raw).sum().alias(raw) for raw in raws]

    def by_day(self, time: str) -> Frame:
        """CUBE: one row per day x dimensions (null days too), one column per atom, ROWS.

        Where by_file: per FILE x day x dimensions. Holds the probes, too, where it is the only
        frame: a scan shared by two costs memory. Where sifted: what days() makes it of.
        """
        names, reached = self.request.atom_names(time), self.reached(time)
        keys = self._keys(time)
        rows = self.chosen if reached is None else self.chosen.filter(reached)
        probes = self.probes() if self.request.one_frame else []
        moment = self.moments[time]
        if time in self.sifted:
            return self.sifted[time].rows(rows, keys, probes)
        if time in self.classes:
            whole = (moment.expr, moment.dtype)
            return self.classes[time].by_day(rows, keys, self._atoms(time), whole, probes)
        every = Figure("rows", RowsOf(None, None, moment.expr))
        figures = {ROWS: every} | {
            names[atom]: self._atom(atom[0], part, time)
            for atom, part in self.request.atoms(time).items()
        }
        return self.dialect.grouped(rows, keys, figures, probes)

    def days(self, time: str, found: pl.DataFrame) -> pl.DataFrame:
        """The daily frame of what by_day() gave when it was collected."""
        if time not in self.sifted:
            return found
        probes = self.probes() if self.request.one_frame else []
        return self.sifted[time].by_day(found, list(self._keys(time)), self._atoms(time), probes)

    def _keys(self, time: str) -> dict[str, Expr]:
        return (
            self._files
            | {DAY: self.day(time)}
            | {SEGMENT + name: expr for name, expr in self.dimensions.items()}
        )

    def _atoms(self, time: str) -> dict[str, AtomKey]:
        """What the daily frame holds of each group, by column."""
        atoms = {name: atom for atom, name in self.request.atom_names(time).items()}
        return {ROWS: ("rows", None, None), **atoms}

    def _atom(self, atom: str, part: Part, time: str) -> Figure:
        whole_days = self.moments[time].dtype == pl.Date
        kind = ON_ONE_DAY.get(atom, atom) if whole_days else atom
        return Figure(kind, self.parts[part])

    def from_rows(
        self,
        rows: Frame,
        parts: Sequence[Part],
        key: tuple[str, Expr],
        dimensions: tuple[str, ...],
    ) -> Frame:
        """Parts that do not add up, of each group of rows: key (its name first), dimensions."""
        names = self.request.parts
        name, expr = key
        keys = {name: expr} | {
            SEGMENT + dimension: self.dimensions[dimension].fill_null(NONE)
            for dimension in dimensions
        }
        figures = {
            names[part]: Figure(part.function, self.parts[part], part.level) for part in parts
        }
        return self.dialect.grouped(rows, keys, figures)

    def counted_without_date(self, time: str) -> Expr:
        """How many rows a part placed by `time` would count, had they a date."""
        return self.dialect.how_many(self._missed(time))

    def blank_without_date(self, time: str) -> Expr:
        """How many of the rows without a date have no value at all: blank lines of a CSV file."""
        return self.dialect.how_many(self._missed(time) & self.dialect.col(BLANK_ROW))

    def _missed(self, time: str) -> Expr:
        counted = [rows.every for part, rows in self.parts.items() if part.time == time]
        undated = self.moments[time].expr.is_null()
        if time == self.request.source.time or any(every is None for every in counted):
            return undated
        return undated & reduce(or_, (every for every in counted if every is not None))
