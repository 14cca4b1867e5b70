"""A period shown, and how much of it the data speaks for."""

from dataclasses import dataclass

from kpitree.calendar import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodInfo:
    """The period shown.

    days: its length; covered_days: how many of them (from its start) the data speaks for.
    complete: all of them, and as_of is past its end.
    """

    span: Span
    complete: bool
    covered_days: int

    @property
    def days(self) -> int:
        return self.span.days
