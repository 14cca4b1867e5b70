"""Days that are there twice: a file loaded again, two exports that overlap.

Rows alike in the few columns that a tree reads may well be different sales. So a day counts only
where every one of its rows is there an even number of times, first in the columns in use, which
costs next to nothing: the exclusive or of the rows' hashes is 0 then (and else once in 2**64
days). Only if there are such days, they are looked at again, in all columns that there are.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import reduce
from operator import add
from typing import Final

import polars as pl

from kpitree.data.cube.plan import DAY, ROWS, Plan
from kpitree.data.dialect import Expr, Polars

ENOUGH: Final = 10  # rows of a day: fewer may be alike by chance
ALIKE: Final = "alike:"


def alike(plan: Plan, columns: Iterable[str]) -> list[Expr]:
    """An aggregate that is 0 where every row of a group is there an even number of times.

    Nothing where the rows are not polars' own: see repeated_days().
    """
    if not isinstance(plan.dialect, Polars):
        return []
    flat = [name for name in columns if not plan.opened.types[name].is_nested()]
    if not flat:
        return []
    # Each with a seed of its own, so that (1, 2) is not (2, 1).
    hashes = [pl.col(name).hash(seed) for seed, name in enumerate(flat)]
    return [reduce(add, hashes).bitwise_xor().alias(ALIKE)]


def repeated_days(plan: Plan, days: pl.DataFrame, columns: Iterable[str]) -> tuple[date, ...]:
    """The days all of whose rows repeat, in every column.

    days: by day, ROWS and, of polars' own rows, ALIKE. columns: those in use.
    """
    many = days.filter(pl.col(DAY).is_not_null() & (pl.col(ROWS) >= ENOUGH))
    by_hash = ALIKE in days.columns
    found = many.filter(pl.col(ALIKE) == 0) if by_hash else _by_rows(plan, columns, many)
    if found.is_empty():
        return ()
    again = _in_all_columns(plan, found) if by_hash else _by_rows(plan, plan.opened.types, found)
    return tuple(again[DAY].sort().to_list())


def _in_all_columns(plan: Plan, days: pl.DataFrame) -> pl.DataFrame:
    rows = plan.rows.filter(_between(plan, days))
    day = {DAY: plan.day(plan.request.source.time)}
    [found] = plan.opened.collect(
        [plan.dialect.grouped(rows, day, {}, alike(plan, plan.opened.types))]
    )
    return found.filter((pl.col(ALIKE) == 0) & pl.col(DAY).is_in(days[DAY].implode()))


def _by_rows(plan: Plan, columns: Iterable[str], days: pl.DataFrame) -> pl.DataFrame:
    """As a database would: rows alike in the columns, then the days on which none is alone."""
    if days.is_empty():
        return days
    say = plan.dialect
    read = [name for name in columns if plan.opened.types[name] != pl.Object]
    keys = {DAY: plan.day(plan.request.source.time)} | {
        f"key{number}": say.col(name) for number, name in enumerate(read)
    }
    rows = plan.rows.filter(_between(plan, days))
    keyed = rows.select(expr.alias(name) for name, expr in keys.items())
    copies = keyed.group_by(*keys).agg(say.how_many(~say.col(DAY).is_null()).alias(ROWS))
    least = copies.group_by(DAY).agg(say.col(ROWS).min().alias(ROWS))
    [found] = plan.opened.collect([least])
    return found.filter((pl.col(ROWS) >= 2) & pl.col(DAY).is_in(days[DAY].implode()))


def _between(plan: Plan, days: pl.DataFrame) -> Expr:
    """Whether a row lies between the first and the last of some days."""
    first, last = days[DAY].min(), days[DAY].max()
    assert isinstance(first, date)
    assert isinstance(last, date)
    return plan.within(plan.request.source.time, (first, last + timedelta(days=1)))
