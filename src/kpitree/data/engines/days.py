"""Dates counted and made from numbers, in words that every engine has.

Days are counted from 0001-01-01, which is 1 and a Monday, as date.toordinal() does.
"""

from typing import Final

import polars as pl

from kpitree.data.dialect import Expr
from kpitree.data.engines.words import cast, joined, lit, when, whole

_LEAP: Final = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)"
# Every date of the calendar, for libraries that end the query over one that is none.
DATE: Final = (
    "([0-9]{4}-(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    "|[0-9]{4}-(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    f"|[0-9]{{4}}-02-(0[1-9]|1[0-9]|2[0-8])|{_LEAP}-02-29)"
)
_MICROSECONDS: Final = 86_400_000_000  # of a day


def ordinal(day: Expr) -> Expr:
    """The number of a date."""
    years = _whole(day.dt.year()) - whole(1)
    leaps = years // whole(4) - years // whole(100) + years // whole(400)
    return years * whole(365) + leaps + _whole(day.dt.ordinal_day())


def weekday(day: Expr) -> Expr:
    """1 for Monday to 7 for Sunday."""
    return (ordinal(day) - whole(1)) % whole(7) + whole(1)


def microseconds(moment: Expr) -> Expr:
    """The number of a naive instant, in microseconds."""
    hours = _whole(moment.dt.hour()) * whole(3_600_000_000)
    minutes = _whole(moment.dt.minute()) * whole(60_000_000)
    seconds = _whole(moment.dt.second()) * whole(1_000_000)
    day = ordinal(moment.dt.date()) * whole(_MICROSECONDS)
    return day + hours + minutes + seconds + _whole(moment.dt.microsecond())


def of_numbers(year: Expr, month: Expr, day: Expr) -> Expr:
    """The date of three whole numbers; null for one that the calendar does not have."""
    parts = (_digits(year, 4), lit("-"), _digits(month, 2), lit("-"), _digits(day, 2))
    return of_text(joined(*parts))


def of_text(text: Expr) -> Expr:
    """The date of a text such as 2026-01-31; null for other texts."""
    return cast(when(text.str.contains(f"^{DATE}$")).then(text), pl.Date())


def week_start(day: Expr, first: int) -> Expr:
    """The day that begins the week; first: which one, 1 for Monday to 7 for Sunday."""
    since = (ordinal(day) + whole(6 - first + 1)) % whole(7)
    start = day
    for number in range(1, 7):
        earlier = cast(day.dt.offset_by(f"-{number}d"), pl.Date())
        start = when(since == whole(number)).then(earlier).otherwise(start)
    return start


def _digits(number: Expr, width: int) -> Expr:
    return cast(number, pl.String()).str.zfill(width)


def truncated(number: Expr, below: int) -> Expr:
    """A number from 0 to `below` without its fraction; null for others."""
    inside = (number >= whole(0)) & (number < whole(below))
    return _whole(when(inside).then(number).floor())


def _whole(number: Expr) -> Expr:
    return cast(number, pl.Int64())
