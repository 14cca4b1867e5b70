"""What each column of a file seems to be: a time, an amount, a dimension, an id, or nothing of use.

By what it holds first, and by its name second. Nothing here is more than a proposal.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

import polars as pl

from kpitree.analysis.proposing.words import (
    CLOCKS,
    CODES,
    COORDINATES,
    COSTS,
    CURRENCIES,
    ENDS,
    IDS,
    LATER,
    MONEY,
    NO_IDS,
    PARTS,
    PERSONS,
    PRICES,
    QUANTITIES,
    RATES,
    REMARKS,
    ROWS_BY,
    STARTS,
    STATES,
    TIMES,
    TOTALS,
    UNWANTED,
)
from kpitree.tree.expressions import Call, Expr, Name, Number

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


class Seems(StrEnum):
    """What a column seems to be."""

    TIME = "time"
    MONEY = "money"
    QUANTITY = "quantity"  # pieces of something, to multiply a price with
    NUMBER = "number"  # adds up, or has a mean
    RATE = "rate"  # has a mean, and no sum
    DIMENSION = "dimension"
    ID = "id"
    DATE_PART = "part of a date"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A row of FOUND_COLUMNS, and what it seems to be."""

    name: str
    kind: str
    rows: int
    nulls: int
    unique: int
    members: tuple[str, ...] | None
    formats: tuple[str, ...]
    readings: tuple[str, ...]
    sample: tuple[str, ...]
    null_words: tuple[str, ...]
    zeros: int
    low: float | None
    high: float | None
    whole: bool
    currencies: tuple[str, ...]
    stray: str | None
    percent: bool
    first: date | None
    last: date | None
    days: int
    month_starts: bool
    weekdays: int
    far: tuple[date, ...]
    no_dates: tuple[str, ...]
    repeated: bool
    seems: Seems = Seems.OTHER
    computed: Expr | None = None  # of other columns; None for one of the file

    @property
    def words(self) -> tuple[str, ...]:
        """See words_of."""
        return words_of(self.name)

    @property
    def currency(self) -> str | None:
        """The one that all its numbers are in, as far as they say."""
        return self.currencies[0] if len(self.currencies) == 1 else None

    @property
    def is_number(self) -> bool:
        return self.kind == "number" or (self.kind == "text" and bool(self.readings))

    @property
    def filled(self) -> int:
        return self.rows - self.nulls


def words_of(name: str) -> tuple[str, ...]:
    """In small letters: unit_price and UnitPrice are unit, price."""
    spaced = re.sub(r"(?<=[a-zäöüß0-9])(?=[A-ZÄÖÜ])", " ", name)
    return tuple(re.findall(r"[^\W_]+", spaced.lower()))


def day_of(columns: Sequence[Column], year: str, month: str) -> Column:
    """A column that is computed: the first day of the month that two columns tell."""
    like = next(one for one in columns if one.name == year)
    taken = {one.name for one in columns}
    name = next(word for word in ("day", "first_day", "day_of_month_1") if word not in taken)
    return replace(
        like,
        name=name,
        kind="date",
        members=None,
        formats=(),
        readings=(),
        seems=Seems.TIME,
        computed=Call("date", (Name(year), Name(month), Number(1))),
    )


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


# --- words in names ------------------------------------------------------------------------------


def _has(column: Column, words: Iterable[str]) -> bool:
    return not frozenset(words).isdisjoint(column.words)


def _seems(column: Column) -> Seems:
    if column.repeated or column.kind in ("nothing", "other") or not column.filled:
        return Seems.OTHER
    if column.kind in ("date", "instant") or column.formats:
        return Seems.OTHER if _is_digits_only(column) and _is_id(column) else Seems.TIME
    if column.is_number:
        return _of_numbers(column)
    if column.stray is not None and _has(column, MONEY | QUANTITIES) and not _is_id(column):
        return Seems.OTHER  # meant as numbers
    return _of_texts(column)


def _is_digits_only(column: Column) -> bool:
    return column.is_number and bool(column.formats)


def _of_numbers(column: Column) -> Seems:
    if column.zeros or _is_id(column) or _too_long(column) or _is_someone(column):
        return _of_codes(column)
    if _has(column, COORDINATES) and not column.currencies:
        return Seems.OTHER
    if _is_part_of_a_date(column):
        return Seems.DATE_PART
    if column.unique <= 1 and column.rows > 1 and not _has(column, MONEY | QUANTITIES):
        return Seems.OTHER
    if _is_flag(column):
        return Seems.DIMENSION
    if column.percent or (_is_rate(column) and not column.currencies):
        return Seems.RATE
    if column.currencies or _has(column, MONEY):
        return Seems.MONEY
    if _has(column, QUANTITIES):
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
    if _is_id(column):
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
        and not _has(column, REMARKS)
    )


def _is_long(column: Column) -> bool:
    return any(len(text) > _LONG_TEXT for text in column.sample)


def _is_id(column: Column) -> bool:
    """By its name: order_id, Kundennummer, zip; but not number_of_items, nor invoice_total."""
    words = column.words
    if column.currency or not words:
        return False
    if words[-1] in IDS or words[-1].endswith(("nummer", "uuid")):
        return NO_IDS.isdisjoint(words)
    return _has(column, IDS) and not _has(column, NO_IDS | MONEY | QUANTITIES)


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
    named = _has(column, PARTS)
    return (named and len(column.words) <= 2 and (years or column.high <= 60)) or (
        years and column.unique <= 30 and column.rows > column.unique and not _has(column, MONEY)
    )


def _is_rate(column: Column) -> bool:
    """By its name; (0-10) in it is a scale."""
    return _has(column, RATES) or _SCALE.search(column.name) is not None


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
        and _has(column, CLOCKS)
        and column.high is not None
        and 1_200 < column.high <= 2_400
    )


def _is_flag(column: Column) -> bool:
    return column.whole and (column.low, column.high) == (0.0, 1.0)


# --- which of several ----------------------------------------------------------------------------


def times(columns: Sequence[Column]) -> list[Column]:
    """Columns that may place a row in time, the likeliest first."""

    def rank(column: Column) -> tuple[bool, bool, float, int]:
        return (
            _has(column, LATER),
            not _has(column, TIMES),
            round(column.nulls / column.rows, 2),
            0 if column.kind != "instant" else 1,
        )

    return sorted((one for one in columns if one.seems is Seems.TIME), key=rank)


def currency_column(columns: Sequence[Column]) -> Column | None:
    """A column that says in which currency each row's amounts are."""
    return next((one for one in columns if _says_currencies(one)), None)


def _says_currencies(column: Column) -> bool:
    members = {member.strip() for member in column.members or ()}
    if column.kind != "text" or not members or column.nulls:
        return False
    named = _has(column, CURRENCIES) and all(len(one) == 3 and one.isupper() for one in members)
    return named or members <= CODES


def spans_of(columns: Sequence[Column]) -> tuple[Column, Column] | None:
    """The first and the last day of rows that last: by their names, where some have no end yet.

    None where a column says how far each row is: then the days are those of its way.
    """
    if any(one.members is not None and _has(one, STATES) for one in columns):
        return None
    found = [one for one in columns if one.seems is Seems.TIME and not one.far]
    begin = next((one for one in found if _has(one, STARTS) and not one.nulls), None)
    end = next((one for one in found if _has(one, ENDS) and one.nulls), None)
    return None if begin is None or end is None or begin.formats != end.formats else (begin, end)


def ids_of_orders(columns: Sequence[Column]) -> list[Column]:
    """Columns without gaps whose values stand in several rows, such as the number of an order."""
    found = [
        one
        for one in columns
        if one.seems is Seems.ID
        and not one.nulls
        and not one.null_words
        and 1.05 * one.unique <= one.rows
        and one.unique >= 0.02 * one.rows
    ]

    def rank(column: Column) -> tuple[int, bool]:
        words = " ".join(column.words)
        place = next((at for at, word in enumerate(ROWS_BY) if word in words), len(ROWS_BY))
        return (place if words != "id" else 0), not _is_id(column)

    named = [one for one in found if rank(one)[0] < len(ROWS_BY)]
    return sorted(named, key=rank)


def amounts(columns: Sequence[Column]) -> list[Column]:
    """Columns of money, the likeliest to be the goal first."""

    def rank(column: Column) -> tuple[bool, bool, bool]:
        return _has(column, COSTS), not _has(column, TOTALS), not column.currency

    return sorted((one for one in columns if one.seems is Seems.MONEY), key=rank)


def is_total(column: Column) -> bool:
    """Whether its name says that it is a sum already, not a price of one piece."""
    return _has(column, TOTALS)


def is_cost(column: Column) -> bool:
    """Whether its name says that it is money that goes out."""
    return _has(column, COSTS)


def is_better_low(words: Iterable[str]) -> bool:
    """Whether they name something of which less is better. words: see words_of."""
    return not (COSTS | UNWANTED).isdisjoint(words)


def is_price(column: Column) -> bool:
    """Whether its name says that it is for one piece."""
    return _has(column, PRICES)
