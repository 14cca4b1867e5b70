"""Days that are there twice: a file loaded again, two exports that overlap.

Rows alike in the few columns that a tree reads may well be different sales. So a day counts only
where every one of its rows is there an even number of times, first in the columns in use, which
costs next to nothing: the exclusive or of the rows' hashes is 0 then (and else once in 2**64
days). Only if there are such days, they are looked at again, in all columns that there are.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import reduce
from operator import add
from typing import Final

import polars as pl

from kpitree.data.aggregates import Figure, RowsOf
from kpitree.data.dialect import Expr, Polars
from kpitree.data.plan import DAY, ROWS, Plan

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


def repeated_days(plan: Plan, days: pl.DataFrame) -> tuple[date, ...]:
    """The days all of whose rows repeat, in every column. days: by day, ROWS and ALIKE."""
    many = days.filter(pl.col(DAY).is_not_null() & (pl.col(ROWS) >= ENOUGH))
    if ALIKE in days.columns:
        many = many.filter(pl.col(ALIKE) == 0)
        if many.is_empty():
            return ()
        return _in_all_columns(plan, many[DAY].to_list())
    return () if many.is_empty() else _by_rows(plan)


def _in_all_columns(plan: Plan, days: Sequence[date]) -> tuple[date, ...]:
    source = plan.request.source
    day = plan.day(source.time)
    found = plan.dialect.grouped(
        plan.rows.filter(day.is_between(min(days), max(days))),
        {DAY: day},
        {},
        alike(plan, plan.opened.types),
    )
    [frame] = plan.opened.collect([found])
    again = frame.filter((pl.col(ALIKE) == 0) & pl.col(DAY).is_in(list(days)))
    return tuple(again[DAY].sort().to_list())


def _by_rows(plan: Plan) -> tuple[date, ...]:
    """As a database would: rows alike in all columns, then the days on which none is alone."""
    source = plan.request.source
    keys = {DAY: plan.day(source.time)} | {
        f"key{number}": plan.dialect.col(name) for number, name in enumerate(plan.opened.types)
    }
    moment = plan.moments[source.time].expr
    alike_rows = plan.dialect.grouped(
        plan.rows, keys, {ROWS: Figure("rows", RowsOf(None, None, moment))}
    )
    copies = RowsOf(None, plan.dialect.col(ROWS), plan.dialect.col(DAY))
    by_day = plan.dialect.grouped(
        alike_rows,
        {DAY: plan.dialect.col(DAY)},
        {"least": Figure("min", copies), "rows": Figure("high", copies)},
    )
    [frame] = plan.opened.collect([by_day])
    again = frame.filter((pl.col("least") >= 2) & (pl.col("rows") >= ENOUGH)).drop_nulls(DAY)
    return tuple(again[DAY].sort().to_list())
