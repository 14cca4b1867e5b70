"""Segments as small numbers: what sorts and groups texts at the cost of integers."""

from collections.abc import Iterable
from typing import Final

import polars as pl

_MOST: Final = 2**63  # numbers that one packed column can tell apart


def coded(frame: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """These String columns, without nulls, as Enum columns in the order of their texts."""
    return frame.with_columns(
        frame[name].cast(pl.Enum(frame[name].unique().sort())) for name in columns
    )


def packed(frame: pl.DataFrame, columns: Iterable[str]) -> list[pl.Series]:
    """As few Int64 columns as tell the same rows apart, and sort them alike.

    columns: Int32, Date or Enum, without nulls; more than one may go into one number.
    """
    found: list[pl.Series] = []
    told = _MOST  # numbers that the last of `found` takes
    for name in columns:
        number, size = _from_zero(frame[name])
        if told * size <= _MOST:
            found[-1] = found[-1] * size + number
            told *= size
        else:
            found.append(number)
            told = size
    return [column.alias(f"packed{place}") for place, column in enumerate(found)]


def _from_zero(column: pl.Series) -> tuple[pl.Series, int]:
    """Numbers from 0 in the order of the column, and how many there may be."""
    numbers = column.to_physical().cast(pl.Int64)
    first, last = numbers.min(), numbers.max()
    if not isinstance(first, int) or not isinstance(last, int):
        return numbers, 1  # no rows
    return numbers - first, last - first + 1
