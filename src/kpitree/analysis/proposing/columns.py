"""A column of a file: what is known of it, what it seems to be, and what its name says.

Nothing here is more than a proposal.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from kpitree.analysis.proposing.words import (
    COSTS,
    IDS,
    MONEY,
    NO_IDS,
    PRICES,
    QUANTITIES,
    TOTALS,
    UNWANTED,
)
from kpitree.tree.expressions import Call, Expr, Name, Number


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


# --- what a name says ----------------------------------------------------------------------------


def words_of(name: str) -> tuple[str, ...]:
    """In small letters: unit_price and UnitPrice are unit, price."""
    spaced = re.sub(r"(?<=[a-zäöüß0-9])(?=[A-ZÄÖÜ])", " ", name)
    return tuple(re.findall(r"[^\W_]+", spaced.lower()))


def is_named(column: Column, words: Iterable[str]) -> bool:
    """Whether a word of its name is one of these."""
    return not frozenset(words).isdisjoint(column.words)


def is_id(column: Column) -> bool:
    """By its name: order_id, Kundennummer, zip; but not number_of_items, nor invoice_total."""
    words = column.words
    if column.currency or not words:
        return False
    if words[-1] in IDS or words[-1].endswith(("nummer", "uuid")):
        return NO_IDS.isdisjoint(words)
    return is_named(column, IDS) and not is_named(column, NO_IDS | MONEY | QUANTITIES)


def is_total(column: Column) -> bool:
    """Whether its name says that it is a sum already, not a price of one piece."""
    return is_named(column, TOTALS)


def is_cost(column: Column) -> bool:
    """Whether its name says that it is money that goes out."""
    return is_named(column, COSTS)


def is_better_low(words: Iterable[str]) -> bool:
    """Whether they name something of which less is better. words: see words_of."""
    return not (COSTS | UNWANTED).isdisjoint(words)


def is_price(column: Column) -> bool:
    """Whether its name says that it is for one piece."""
    return is_named(column, PRICES)
