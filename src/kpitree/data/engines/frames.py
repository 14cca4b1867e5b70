"""A frame of narwhals over an engine's rows, and its types as polars has them."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import narwhals as nw
import polars as pl

from kpitree.data.dialect import Frame
from kpitree.data.engines import texts
from kpitree.data.engines.words import col, when

_NUMBERS: Final[dict[Any, pl.DataType]] = {
    nw.Int8: pl.Int8(),
    nw.Int16: pl.Int16(),
    nw.Int32: pl.Int32(),
    nw.Int64: pl.Int64(),
    nw.Int128: pl.Int128(),
    nw.UInt8: pl.UInt8(),
    nw.UInt16: pl.UInt16(),
    nw.UInt32: pl.UInt32(),
    nw.UInt64: pl.UInt64(),
    nw.Float32: pl.Float32(),
    nw.Float64: pl.Float64(),
    nw.Decimal: pl.Decimal(38, 9),
}
_OTHERS: Final[dict[Any, pl.DataType]] = {
    nw.String: pl.String(),
    nw.Enum: pl.String(),
    nw.Categorical: pl.String(),
    nw.Boolean: pl.Boolean(),
    nw.Date: pl.Date(),
}


def framed(rows: Any) -> Frame:
    """An engine's own rows as a frame of narwhals."""
    frame: Frame = nw.from_native(rows)
    return frame


def to_arrow(frame: pl.DataFrame) -> Any:
    """Rows of this process as an Arrow table, in types that all libraries have long had."""
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


def types_of(frame: Frame) -> dict[str, pl.DataType]:
    """Types, of polars; Object for what kpitree does not read."""
    return {name: _type(dtype) for name, dtype in frame.collect_schema().items()}


def _type(dtype: Any) -> pl.DataType:
    if isinstance(dtype, nw.Datetime):
        return pl.Datetime("us", "UTC" if dtype.time_zone else None)
    known = _NUMBERS | _OTHERS
    return next((known[each] for each in known if dtype == each), pl.Object())


def read_texts(frame: Frame, types: Mapping[str, pl.DataType]) -> Frame:
    """A frame of texts alone, with the columns that are to be numbers or conditions read."""
    read = {pl.Float64(): texts.number, pl.Boolean(): texts.condition}
    wanted = [(name, read[dtype]) for name, dtype in types.items() if dtype in read]
    exprs = [how(col(name)).alias(name) for name, how in wanted]
    return frame.with_columns(*exprs) if exprs else frame


def without_nulls(frame: Frame, names: Iterable[str], nulls: Iterable[str]) -> Frame:
    """A frame whose texts that stand for no value are null."""
    listed = list(nulls)
    if not listed:
        return frame
    kept = {name: when(~col(name).is_in(listed)).then(col(name)) for name in names}
    return frame.with_columns(*(expr.alias(name) for name, expr in kept.items()))
