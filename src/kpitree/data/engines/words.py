"""The few words of narwhals that begin an expression; everything else is a method of one."""

import sys
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

import narwhals as nw
import polars as pl

from kpitree.data.dialect import Expr, Frame

_TYPES: Final[dict[Any, Any]] = {
    pl.Int32: nw.Int32,
    pl.Int64: nw.Int64,
    pl.Int128: nw.Decimal(38, 0),  # of which every engine knows the like
    pl.Float64: nw.Float64,
    pl.String: nw.String,
    pl.Boolean: nw.Boolean,
    pl.Date: nw.Date,
}


def native(dtype: pl.DataType) -> Any:
    """One of the types that expressions are cast to, as narwhals calls it."""
    if isinstance(dtype, pl.Datetime):
        return nw.Datetime("us", dtype.time_zone)
    return _TYPES[dtype.base_type()]


def col(name: str) -> Expr:
    """A column."""
    expr: Expr = nw.col(name)
    return expr


def lit(value: str | float | date | datetime | None, dtype: pl.DataType | None = None) -> Expr:
    """A literal."""
    expr: Expr
    if value is None:
        expr = nw.lit(None) if dtype is None or dtype == pl.Null else nw.lit(None, native(dtype))
    elif isinstance(value, float):
        # Written out, 2.5 is a decimal to PostgreSQL, and no sum of decimals is a float.
        expr = nw.lit(repr(value)).cast(nw.Float64)
    else:
        expr = nw.lit(value) if dtype is None else nw.lit(value).cast(native(dtype))
    return expr


def whole(value: int) -> Expr:
    """A whole number, of the type that the engine gives it."""
    expr: Expr = nw.lit(value)
    return expr


def when(condition: Expr) -> Any:
    """See Dialect.when."""
    return nw.when(condition)


def coalesce(exprs: Sequence[Expr]) -> Expr:
    """The first that is not null."""
    expr: Expr = nw.coalesce(*exprs)
    return expr


def joined(*texts: Expr) -> Expr:
    """Texts one after the other; null where any is."""
    expr: Expr = nw.concat_str(*texts)
    return expr


def stacked(frames: Sequence[Frame]) -> Frame:
    """The rows of all of them."""
    rows_of_all: Any = nw.concat(list(frames))
    frame: Frame = rows_of_all
    return frame


def rows() -> Expr:
    """How many rows there are."""
    expr: Expr = nw.len()
    return expr


def cast(expr: Expr, dtype: pl.DataType) -> Expr:
    """As another type, one of `native`."""
    return expr.cast(native(dtype))


def finite(number: Expr) -> Expr:
    """Neither NaN, which engines hold for larger than all others, nor infinite."""
    return number.is_between(lit(-sys.float_info.max), lit(sys.float_info.max))
