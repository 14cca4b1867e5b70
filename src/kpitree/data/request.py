"""What one question asks of one source, before anything is opened."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kpitree.calendar import Calendar, Grain
from kpitree.data.aggregates import AtomKey, atoms_of
from kpitree.data.files.found import Files
from kpitree.tree.expressions import Expr
from kpitree.tree.measures import Part
from kpitree.tree.model import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class CubeRequest:
    """What is asked of one source.

    parts: the aggregates wanted, of this source only, with the column name each gets.
    dimensions: the dimensions to split by. where: the condition of --where, whose names are
    dimensions or columns, or None. timezone: the zone in which days begin, or None.
    grain, calendar: the periods for which figures that do not add up are had in the same scan.
    days: the days worth reading, [first, one past the last), or None for all.
    override: another path than the source's own; "-" is standard input.
    files: those to read, where they have been found already, or only some of them are wanted.
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
    files: Files | None = None

    @property
    def own_times(self) -> list[str]:
        """The source's time column, or those of the start and the end of rows that last."""
        source = self.source
        return [source.time] if source.until is None else [source.time, source.until]

    @property
    def times(self) -> list[str]:
        """The columns that say when a row is: the source's own first."""
        return list(dict.fromkeys((*self.own_times, *(part.time for part in self.parts))))

    @property
    def placing(self) -> list[str]:
        """Those of them that place a row; one that says until when may have no value."""
        return [time for time in self.times if time != self.source.until]

    @property
    def additive_times(self) -> list[str]:
        """The time columns by whose days something is added up."""
        return [time for time in self.times if self._by_days_of(time)]

    @property
    def other_times(self) -> list[str]:
        """The time columns of parts that do not add up over days."""
        return [time for time in self.times if self.of(time, additive=False)]

    @property
    def one_frame(self) -> bool:
        """Whether the daily frame of the source's own time column is all there is to read."""
        own = self.additive_times == self.times == [self.source.time]
        return own and not self.other_times

    @property
    def covered_by_days(self) -> bool:
        """Whether the daily frame tells the coverage, and the rows without a date, as it is."""
        own = self.additive_times == self.times == [self.source.time]
        return own and self.days is None and self.where is None

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

    def atoms(self, time: str) -> dict[AtomKey, Part]:
        """The atoms of all made of the days of one column, each once, with one such part."""
        return {atom: part for part in self._by_days_of(time) for atom in atoms_of(part)}

    def atom_names(self, time: str) -> dict[AtomKey, str]:
        """The column of each atom in the daily frame."""
        return {atom: f"atom{number}" for number, atom in enumerate(self.atoms(time))}

    def look_back(self, time: str) -> bool:
        """Whether rows from before the days asked for count in what this column places."""
        return any(part.looks_back and time in (part.time, part.until) for part in self.parts)

    def groupings(self) -> Iterable[tuple[str, ...]]:
        """The dimensions by which figures that do not add up are had: none, and all."""
        return dict.fromkeys(((), self.dimensions))

    def _by_days_of(self, time: str) -> list[Part]:
        return [part for part in self.parts if part.additive and time in (part.time, part.until)]
