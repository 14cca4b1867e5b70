"""Squares added up in whole numbers, so that a spread is the same in whatever order threads add.

A value below 2**36 = 6.9e10 is cut at a multiple of 2**-12, and both pieces are taken for whole
numbers: of 2**-12 the upper, of 2**-63 the lower, which is at most 2**-64 from it. Sums of 128 bits
of such numbers, and of their products, are exact for 2**25 values of each day and segment.
"""

from collections.abc import Callable
from typing import Final

import polars as pl

_CUT: Final = 1.5 * 2.0**40  # adding it and taking it away rounds to multiples of 2**-12
_MOST: Final = 2.0**36
_UPPER: Final = 2.0**-12  # what one is of the upper pieces
_LOWER: Final = 2.0**-63
_CLEAR: Final = 1e-5  # of spreads above it, and means above _PLAIN, 2**-64 changes nothing
_PLAIN: Final = 2.0**-11

Column = Callable[[str], pl.Expr]


def _small(value: pl.Expr) -> pl.Expr:
    return value.abs() < _MOST


def _upper(value: pl.Expr) -> pl.Expr:
    return _whole(value, ((value + _CUT) - _CUT) / _UPPER)


def _lower(value: pl.Expr) -> pl.Expr:
    return _whole(value, (value - ((value + _CUT) - _CUT)) / _LOWER)


def _whole(value: pl.Expr, piece: pl.Expr) -> pl.Expr:
    # By way of 64 bits, which are quicker to get; NaN is none.
    return pl.when(_small(value)).then(piece).cast(pl.Int64, strict=False).cast(pl.Int128)


SUMS: Final[dict[str, Callable[[pl.Expr], pl.Expr]]] = {  # of values
    "small": lambda value: _small(value).sum(),
    "upper": lambda value: _upper(value).sum(),
    "lower": lambda value: _lower(value).sum(),
    "upper2": lambda value: (_upper(value) * _upper(value)).sum(),
    "across": lambda value: (_upper(value) * _lower(value)).sum(),
    "lower2": lambda value: (_lower(value) * _lower(value)).sum(),
}


def squares(column: Column, otherwise: pl.Expr) -> pl.Expr:
    """The squared distances from the mean, added up. column: of SUMS, and how many `values`.

    otherwise: likewise, where the sums do not tell it: of larger values, and of tiny ones.
    """
    count = column("values").cast(pl.Int128)
    # About a whole number next to the mean, so that nothing large is left to be taken away.
    about = column("upper") // count
    upper2 = column("upper2") - 2 * about * column("upper") + about * about * count
    across = column("across") - about * column("lower")
    pieces = (
        (upper2, _UPPER * _UPPER),
        (across, 2 * _UPPER * _LOWER),
        (column("lower2"), _LOWER * _LOWER),
    )
    near = pl.sum_horizontal(_float(sums) * unit for sums, unit in pieces)
    lower = _float(column("lower")) * _LOWER
    off = _float(column("upper") - about * count) * _UPPER + lower
    exact = (near - off * off / column("values")).clip(lower_bound=0.0)
    mean = (_float(column("upper")) * _UPPER + lower) / column("values")
    clear = (exact > _CLEAR**2 * column("values")) | (mean.abs() >= _PLAIN)
    told = (column("small") == column("values")) & clear
    return pl.when(told).then(exact).otherwise(otherwise)


def _float(whole: pl.Expr) -> pl.Expr:
    return whole.cast(pl.Float64)
