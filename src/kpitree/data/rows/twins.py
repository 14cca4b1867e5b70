"""Rows that are alike where each should be the only one of its kind, and where they stand."""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import and_
from typing import Any, Final

import polars as pl

from kpitree.data.dialect import Dialect, Expr, Frame
from kpitree.data.files.mistakes import explaining, places_of_rows
from kpitree.data.sources import Opened

COUNT: Final = "count:"


def count_of_each(
    say: Dialect, rows: Frame, keys: Sequence[str], more: Sequence[Expr] = ()
) -> Frame:
    """The keys that stand in several rows, in how many (COUNT), and more aggregates of these."""
    one = rows.with_columns(say.lit(1, pl.Int64()).alias(COUNT))
    counted = one.group_by(*keys).agg(say.col(COUNT).sum(), *more)
    return counted.filter(say.col(COUNT) > say.lit(1, pl.Int64()))


def first_twins(opened: Opened, counted: Frame, keys: Sequence[str]) -> dict[str, Any] | None:
    """The smallest of some keys, so that the same data always names the same; None of none."""
    (found,) = opened.collect([counted.sort(keys).select(keys).head(1)])
    return found.row(0, named=True) if found.height else None


def places_of(
    opened: Opened, rows: Frame, key: Mapping[str, Any], columns: Sequence[str]
) -> list[str]:
    """Where the first two rows with a key stand, by what they hold in columns of their files.

    The line where there are lines; else what was opened, as the user wrote it.
    """
    say = opened.dialect
    if not columns:
        return [opened.shown] * 2
    texts = [
        say.cast(say.col(name), pl.String(), opened.types[name]).alias(name) for name in columns
    ]
    (found,) = opened.collect([rows.filter(is_key(say, key)).select(texts).head(2)])
    with explaining(opened.reading):
        return places_of_rows(opened.reading, found.unique(maintain_order=True).to_dicts(), 2)


def is_key(say: Dialect, key: Mapping[str, Any]) -> Expr:
    """Whether a row has a key."""
    return reduce(and_, (_is(say, name, value) for name, value in key.items()))


def _is(say: Dialect, name: str, value: Any) -> Expr:
    return say.col(name).is_null() if value is None else say.col(name) == say.lit(value)
