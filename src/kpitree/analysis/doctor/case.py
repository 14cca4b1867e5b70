"""One source as the checks look at it."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from kpitree.analysis.doctor.rhythm import Gap, Rhythm, rhythm_of
from kpitree.analysis.doctor.strays import Strays, strays_of
from kpitree.analysis.results.doctor import Examined, Finding
from kpitree.calendar import Calendar
from kpitree.tables import NULLS, WANTED
from kpitree.tree.model import Source


@dataclass(frozen=True, kw_only=True)
class Case:
    """repeated: days that are there twice. as_of: the day on which today falls, or None.

    planned: whether its rows are plans, which may be about the future.
    newest: the source with the latest day, and that day; None where no source has any.
    """

    source: Source
    examined: Examined
    repeated: tuple[date, ...]
    calendar: Calendar
    as_of: date | None
    planned: bool
    newest: tuple[str, date] | None = None

    @property
    def id(self) -> str:
        return self.source.id

    @cached_property
    def rows(self) -> dict[date, int]:
        """Of each day that has any, oldest first."""
        return dict(self.examined.days.select("day", "rows").iter_rows())

    @cached_property
    def strays(self) -> Strays:
        return strays_of(self.rows)

    @cached_property
    def usual(self) -> dict[date, int]:
        """The rows of the days that lie together, up to as_of."""
        apart = self.strays.days
        return {
            day: count
            for day, count in self.rows.items()
            if day not in apart and (self.as_of is None or self.planned or day <= self.as_of)
        }

    @cached_property
    def covered(self) -> tuple[date, date] | None:
        """The first and last day that should have rows."""
        if self.source.covers is not None:
            return self.source.covers
        return (min(self.usual), max(self.usual)) if self.usual else None

    @cached_property
    def rhythm(self) -> Rhythm:
        if self.covered is None:
            return Rhythm(None, 0, ())
        first, last = self.covered
        if self.as_of is not None and not self.planned:
            last = min(last, self.as_of)  # what covers says of later days is not yet to be had
        return rhythm_of(self.usual, first, last, self.calendar)

    def by_day(self, column: str) -> list[tuple[date, int, int]]:
        """Of each usual day, oldest first: the rows to have a value, and those without."""
        days = self.examined.days.select("day", WANTED + column, NULLS + column)
        return [row for row in days.iter_rows() if row[0] in self.usual]

    @property
    def gaps(self) -> tuple[Gap, ...]:
        return self.rhythm.gaps

    def finding(
        self,
        code: str,
        severity: str,
        message: str,
        *,
        column: str | None = None,
        count: int | None = None,
        of: int | None = None,
        example: str | None = None,
        hint: str = "",
    ) -> Finding:
        """Of this source. of: all that count is a part of."""
        return Finding(
            code=code,
            severity=severity,
            source=self.id,
            message=message,
            column=column,
            count=count,
            share=count / of if of and count is not None else None,
            example=example,
            hint=hint,
        )
