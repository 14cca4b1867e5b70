"""Days and periods: labels, half-open ranges, what comes before, and last year's counterpart.

Knows nothing of data. (Being written: signatures are the contract.)
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Grain(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Days from start up to, not including, end, under the name a reader knows them by.

    grain is None for spans that are no single period of a grain (a range, the first n days).
    """

    start: date
    end: date
    label: str
    grain: Grain | None = None

    @property
    def days(self) -> int:
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days make a period. week_start: 0 = Monday ... 6 = Sunday."""

    week_start: int = 0

    def period_of(self, day: date, grain: Grain) -> Span: ...
    def shift(self, period: Span, n: int) -> Span: ...
    def previous(self, span: Span) -> Span | None: ...
    def last_year(self, span: Span) -> Span | None: ...
    def parse(self, label: str) -> Span: ...
    def periods_in(self, span: Span, grain: Grain) -> list[Span]: ...
    def year_to_date(self, span: Span) -> Span: ...
    def first_days(self, span: Span, n: int) -> Span: ...
