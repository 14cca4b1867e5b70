"""Columns that nearly say when: what they seem to be, and how to make dates of them."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from kpitree.analysis.proposing.columns import Column
from kpitree.analysis.proposing.words import TIMES

_SERIALS: Final = (20_000, 80_000)  # days since 1899-12-30: 1954 to 2119
_SECONDS: Final = (5e8, 5e9)  # since 1970: 1985 to 2128
_NAMES: Final = TIMES | {"ts", "unix", "epoch", "week", "quarter", "woche", "quartal", "kw"}
_WEEK: Final = re.compile(r"(\d{4}[- ]?(W|KW)|(W|KW) ?)\d{1,2}.*", re.IGNORECASE)
_QUARTER: Final = re.compile(r"(\d{4}[- /]?Q[1-4]|Q[1-4][- /]?\d{2,4})", re.IGNORECASE)


def near_times(columns: Sequence[Column]) -> str:
    """What to do about the first column that nearly says when; "" where none does."""
    if len(columns) == 1:
        return (
            "the file has one column only: the header with the names has to be the first line,"
            " so delete what stands above it"
        )
    for column in columns:
        for seems, means in _KINDS:
            if seems(column):
                return f"{column.name!r} seems to hold {means}: write them as 2026-01-31"
    return ""


def year_and_month(columns: Sequence[Column]) -> tuple[str, str] | None:
    """The names of two columns of numbers that together say in which month a row was."""

    def named(*words: str) -> str | None:
        found = (one for one in columns if one.is_number and set(one.words) & set(words))
        return next((one.name for one in found), None)

    year, month = named("year", "jahr"), named("month", "monat")
    return None if year is None or month is None or year == month else (year, month)


def _between(low: float, high: float) -> Callable[[Column], bool]:
    def seems(column: Column) -> bool:
        if not column.is_number or column.low is None or column.high is None:
            return False
        return low <= column.low and column.high <= high and bool(_NAMES & set(column.words))

    return seems


def _written(form: re.Pattern[str]) -> Callable[[Column], bool]:
    return lambda column: bool(column.sample) and all(map(form.fullmatch, column.sample))


_KINDS: Final = (
    (_between(*_SERIALS), "the day numbers of a spreadsheet"),
    (_between(*_SECONDS), "seconds since 1970"),
    (_between(1e3 * _SECONDS[0], 1e3 * _SECONDS[1]), "milliseconds since 1970"),
    (_written(_WEEK), "weeks, of which the first day is needed"),
    (_written(_QUARTER), "quarters, of which the first day is needed"),
)
