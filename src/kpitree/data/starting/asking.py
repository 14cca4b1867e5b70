"""How the columns of an opened file are asked, and which of their texts stand for nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from kpitree.data.sources import Opened

_ROWS: Final = 1_000_000  # looked at; the first and last day are those of all rows
SHOWN: Final = 5
NULL_WORDS: Final = (
    *("NULL", "null", "(null)", "N/A", "n/a", "#N/A", "NA", "NaN", "nan"),
    *("None", "none", "-", "--", "?", "0000-00-00"),
)
MARK: Final = "\x1f"  # stands between a column's number and what was asked of it


@dataclass(frozen=True)
class Asking:
    """Questions to the columns of an opened file. time_format: how texts of dates are meant."""

    opened: Opened
    rows: pl.LazyFrame
    types: Mapping[str, pl.DataType]
    time_format: str | None

    def collect(self, asked: list[pl.Expr], rows: pl.LazyFrame | None = None) -> dict[str, Any]:
        """What is asked, by its alias, of the first rows, or of those given."""
        if not asked:
            return {}
        frame = (self.rows.head(_ROWS) if rows is None else rows).select(asked)
        return self.opened.collect([frame])[0].row(0, named=True)

    def value(self, name: str) -> pl.Expr:
        """The column, as text where it is none of numbers or moments; blanks are null."""
        value = pl.col(name)
        match self.types[name]:
            case pl.String():
                return pl.when(value.str.strip_chars() != "").then(value)
            case pl.Float32() | pl.Float64():
                return value.fill_nan(None)
            case dtype if dtype.is_nested() or isinstance(dtype, pl.Binary | pl.Object | pl.Null):
                return pl.when(value.is_not_null()).then(pl.lit("…"))
            case pl.Categorical() | pl.Enum():
                return value.cast(pl.String)
            case _:
                return value

    def said(self, name: str) -> pl.Expr:
        """The texts of a column, less those that stand for nothing."""
        text = self.value(name).cast(pl.String)
        return pl.when(~text.str.strip_chars().is_in(NULL_WORDS)).then(text)
