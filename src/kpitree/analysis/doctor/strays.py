"""A few rows years away from all others: typing errors, and the zero of some clock (1970-01-01).

They matter more than their number: the first and last day say what a source speaks for, so one
row of 2062 makes that the latest period.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, pairwise

from kpitree.analysis.doctor.codes import STRAY_DAYS, STRAY_SHARE, STRAY_TIMES

ENOUGH = 50  # rows, below which one alone is no stray


@dataclass(frozen=True, slots=True)
class Strays:
    """The days apart from the others, oldest first, at either end."""

    early: tuple[date, ...] = ()
    late: tuple[date, ...] = ()

    @property
    def days(self) -> frozenset[date]:
        return frozenset((*self.early, *self.late))


def strays_of(rows: Mapping[date, int]) -> Strays:
    """rows: by day, oldest first."""
    days = list(rows)
    total = sum(rows.values())
    if total < ENOUGH:
        return Strays()
    allowed = max(1.0, STRAY_SHARE * total)
    early, late = _few(days, rows, allowed), _few(days[::-1], rows, allowed)
    inner = days[early : len(days) - late]
    longest = max(((b - a).days for a, b in pairwise(inner)), default=0)
    enough = max(STRAY_DAYS, STRAY_TIMES * longest)
    return Strays(
        tuple(_apart(days[: early + 1], enough)),
        tuple(reversed(_apart(days[::-1][: late + 1], enough))),
    )


def _few(days: Sequence[date], rows: Mapping[date, int], allowed: float) -> int:
    """How many of the first days have no more than so many rows together."""
    counted = accumulate(rows[day] for day in days)
    return sum(1 for count in counted if count <= allowed)


def _apart(days: Sequence[date], enough: int) -> list[date]:
    """The first days, as far as the last pause that is long enough. days: with the one after."""
    pauses = [abs((b - a).days) for a, b in pairwise(days)]
    found = max((at + 1 for at, pause in enumerate(pauses) if pause > enough), default=0)
    return list(days[:found])
