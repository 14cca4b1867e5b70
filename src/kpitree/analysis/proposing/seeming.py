"""What each column of a file seems to be: a time, an amount, a dimension, an id, or nothing of use.

By what it holds first, and by its name second. Nothing here is more than a proposal.
"""

import re
from dataclasses import replace
from typing import Any, Final

import polars as pl

from kpitree.analysis.proposing.columns import Column, Seems, is_id, is_named
from kpitree.analysis.proposing.words import (
    CLOCKS,
    COORDINATES,
    MONEY,
    PARTS,
    PERSONS,
    QUANTITIES,
    RATES,
    REMARKS,
)

MOST_MEMBERS: Final = 50  # of a dimension
_YEARS: Final = (1900, 2100)
_LISTS: Final = (
    *("formats", "readings", "sample", "null_words"),
    *("currencies", "far", "no_dates"),
)
_COUNTS: Final = ("zeros", "days", "weekdays")
_FLAGS: Final = ("whole", "percent", "month_starts", "repeated")
_AS_THEY_ARE: Final = (
    *("kind", "rows", "nulls", "unique", "low", "high"),
    *("first", "last", "stray"),
)
_SCALE: Final = re.compile(r"\b\d+\s?(?:-|–|\.\.|to)\s?\d+\b")
_LONG_TEXT: Final = 60  # characters: such texts are remarks


def columns_of(found: pl.DataFrame) -> tuple[Column, ...]:
    """Every row of FOUND_COLUMNS, and what it seems to be."""
    plain = [_plain(row) for row in found.iter_rows(named=True)]
    return tuple(_seen(column) for column in plain)


def _plain(row: dict[str, Any]) -> Column:
    given: dict[str, Any] = {"name": row["column"]}
    given |= {key: tuple(row[key] or ()) for key in _LISTS}
    given |= {key: row[key] or 0 for key in _COUNTS}
    given |= {key: bool(row[key]) for key in _FLAGS}
    given |= {key: row[key] for key in _AS_THEY_ARE}
    members = None if row["members"] is None else tuple(row["members"])
    return Column(members=members, **given)


def _seen(column: Column) -> Column:
    return replace(column, seems=_seems(column))


def _seems(column: Column) -> Seems:
    if column.repeated or column.kind in ("nothing", "other") or not column.filled:
        return Seems.OTHER
    if column.kind in ("date", "instant") or column.formats:
        return Seems.OTHER if _is_digits_only(column) and is_id(column) else Seems.TIME
    if column.is_number:
        return _of_numbers(column)
    if column.stray is not None and is_named(column, MONEY | QUANTITIES) and not is_id(column):
        return Seems.OTHER  # meant as numbers
    return _of_texts(column)


def _is_digits_only(column: Column) -> bool:
    return column.is_number and bool(column.formats)


def _of_numbers(column: Column) -> Seems:
    if column.zeros or is_id(column) or _too_long(column) or _is_someone(column):
        return _of_codes(column)
    if is_named(column, COORDINATES) and not column.currencies:
        return Seems.OTHER
    if _is_part_of_a_date(column):
        return Seems.DATE_PART
    if column.unique <= 1 and column.rows > 1 and not is_named(column, MONEY | QUANTITIES):
        return Seems.OTHER
    if _is_flag(column):
        return Seems.DIMENSION
    if column.percent or (_is_rate(column) and not column.currencies):
        return Seems.RATE
    if column.currencies or is_named(column, MONEY):
        return Seems.MONEY
    if is_named(column, QUANTITIES):
        return Seems.QUANTITY
    if _is_clock(column):
        return Seems.OTHER
    return Seems.NUMBER


def _of_codes(column: Column) -> Seems:
    """Numbers that nobody would add up: few of them tell rows apart, many are ids."""
    return Seems.DIMENSION if _is_code_of_few(column) else Seems.ID


def _is_code_of_few(column: Column) -> bool:
    """The numbers of stores, not those of orders: each stands in many rows."""
    return _is_dimension(column) and 10 * column.unique <= column.filled


def _of_texts(column: Column) -> Seems:
    if is_id(column):
        return Seems.DIMENSION if _is_code_of_few(column) else Seems.ID
    if _is_dimension(column):
        return Seems.DIMENSION
    if column.unique > 1 and column.unique >= 0.2 * column.filled and not _is_long(column):
        return Seems.ID
    return Seems.OTHER


def _is_dimension(column: Column) -> bool:
    return (
        column.members is not None
        and 2 <= column.unique <= MOST_MEMBERS
        and column.unique <= max(2, column.filled // 2)
        and not _is_long(column)
        and not is_named(column, REMARKS)
    )


def _is_long(column: Column) -> bool:
    return any(len(text) > _LONG_TEXT for text in column.sample)


def _too_long(column: Column) -> bool:
    """Whole numbers of ten digits and more, most of them different: phone numbers, timestamps."""
    return (
        column.whole
        and column.low is not None
        and column.low >= 1e9
        and column.unique > column.filled / 2
    )


def _is_part_of_a_date(column: Column) -> bool:
    if not column.whole or column.low is None or column.high is None:
        return False
    years = _YEARS[0] <= column.low and column.high <= _YEARS[1]
    named = is_named(column, PARTS)
    return (named and len(column.words) <= 2 and (years or column.high <= 60)) or (
        years
        and column.unique <= 30
        and column.rows > column.unique
        and not is_named(column, MONEY)
    )


def _is_rate(column: Column) -> bool:
    """By its name; (0-10) in it is a scale."""
    return is_named(column, RATES) or _SCALE.search(column.name) is not None


def _is_someone(column: Column) -> bool:
    """Numbers of customers, employees: by the last word, which is in the singular."""
    return (
        column.whole
        and not column.currencies
        and column.words[-1:] != ()
        and (column.words[-1] in PERSONS)
    )


def _is_clock(column: Column) -> bool:
    """Whole numbers such as 1830 that say a time of day."""
    return (
        column.whole
        and is_named(column, CLOCKS)
        and column.high is not None
        and 1_200 < column.high <= 2_400
    )


def _is_flag(column: Column) -> bool:
    return column.whole and (column.low, column.high) == (0.0, 1.0)
