"""Segments as small numbers: what sorts and groups texts at the cost of integers."""

import math
from collections.abc import Iterable
from typing import Final

import polars as pl

_MOST: Final = 2**62  # numbers that one column can tell apart
_FEW: Final = 2**32  # that one of half the width can


def coded(frame: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """These String columns, without nulls, as Enum columns in the order of their texts."""
    return frame.with_columns(
        frame[name].cast(pl.Enum(frame[name].unique().sort())) for name in columns
    )


def packed(frame: pl.DataFrame, columns: Iterable[str]) -> list[pl.Expr]:
    """As few integer columns, "packed0" on, as tell the same rows apart and sort them alike.

    columns: of the frame; Enum, Date or Int32, without nulls. One number may hold several.
    """
    numbers: list[list[tuple[pl.Expr, int]]] = []
    told = 1  # how many the last of `numbers` tells apart
    for name in columns:
        number, size = _from_zero(frame, name)
        if not numbers or told * size > _MOST:
            numbers.append([])
            told = 1
        numbers[-1].append((number, size))
        told *= size
    return [_together(digits).alias(f"packed{place}") for place, digits in enumerate(numbers)]


def _from_zero(frame: pl.DataFrame, name: str) -> tuple[pl.Expr, int]:
    """A column as numbers from 0 in its order, and how many there may be."""
    number = pl.col(name).to_physical()
    dtype = frame.schema[name]
    if isinstance(dtype, pl.Enum):
        return number, max(len(dtype.categories), 1)
    if frame.is_empty():
        return number, 1
    first, last = frame.select(number.min().alias("first"), number.max().alias("last")).row(0)
    return number - first, last - first + 1


def _together(digits: list[tuple[pl.Expr, int]]) -> pl.Expr:
    """One number, as of digits each with its own base; narrow where that is wide enough."""
    told = math.prod(size for _, size in digits)
    dtype = pl.UInt32 if told < _FEW else pl.Int64
    found = pl.lit(0, dtype)
    for number, size in digits:
        found = found * size + number.cast(dtype)
    return found
