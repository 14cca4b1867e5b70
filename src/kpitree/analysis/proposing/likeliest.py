"""Which of several columns is the one: that of time, of amounts, of currencies, of ids."""

from collections.abc import Sequence

from kpitree.analysis.proposing.columns import Column, Seems, is_id, is_named
from kpitree.analysis.proposing.words import (
    COSTS,
    CURRENCIES,
    ENDS,
    LATER,
    ROWS_BY,
    STARTS,
    STATES,
    TIMES,
    TOTALS,
)
from kpitree.tree.currencies import CODES


def times(columns: Sequence[Column]) -> list[Column]:
    """Columns that may place a row in time, the likeliest first."""

    def rank(column: Column) -> tuple[bool, bool, float, int]:
        return (
            is_named(column, LATER),
            not is_named(column, TIMES),
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
    named = is_named(column, CURRENCIES) and all(len(one) == 3 and one.isupper() for one in members)
    return named or members <= CODES


def spans_of(columns: Sequence[Column]) -> tuple[Column, Column] | None:
    """The first and the last day of rows that last: by their names, where some have no end yet.

    None where a column says how far each row is: then the days are those of its way.
    """
    if any(one.members is not None and is_named(one, STATES) for one in columns):
        return None
    found = [one for one in columns if one.seems is Seems.TIME and not one.far]
    begin = next((one for one in found if is_named(one, STARTS) and not one.nulls), None)
    end = next((one for one in found if is_named(one, ENDS) and one.nulls), None)
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
        return (place if words != "id" else 0), not is_id(column)

    named = [one for one in found if rank(one)[0] < len(ROWS_BY)]
    return sorted(named, key=rank)


def amounts(columns: Sequence[Column]) -> list[Column]:
    """Columns of money, the likeliest to be the goal first."""

    def rank(column: Column) -> tuple[bool, bool, bool]:
        return is_named(column, COSTS), not is_named(column, TOTALS), not column.currency

    return sorted((one for one in columns if one.seems is Seems.MONEY), key=rank)
