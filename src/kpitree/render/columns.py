"""The columns of a long table as texts, a column at a time: what fields.field_text says of each.

Row by row, a table of half a million rows takes ten times as long.
"""

from collections.abc import Callable, Iterable
from typing import Final

import polars as pl

from kpitree.numbers import EXACT, machine_text

# Between these, polars and Python write a number that is not whole alike.
_ALIKE: Final = (1e-4, 1e15)

Text = Callable[[str], str]


def lines(frame: pl.DataFrame, separator: str, text: Text) -> str:
    """One line a row, each ended by a line feed; nothing without rows.

    text: makes a word harmless for the format, quotes included.
    """
    if frame.is_empty():
        return ""
    columns = [column_text(column, text).alias(str(at)) for at, column in enumerate(frame)]
    row = pl.concat_str(pl.all(), separator=separator)
    whole: str = pl.DataFrame(columns).select(row.str.join("\n")).item()
    return whole + "\n"


def header(names: Iterable[str], separator: str, text: Text) -> str:
    """The line of the columns' names."""
    return separator.join(text(name) for name in names) + "\n"


def column_text(column: pl.Series, text: Text) -> pl.Series:
    """A column as texts: empty for null, numbers unrounded, a list joined by spaces."""
    dtype = column.dtype
    if dtype == pl.Boolean:
        words = pl.when(column).then(pl.lit("true")).when(~column).then(pl.lit("false"))
        found = pl.select(words).to_series()
    elif dtype == pl.Float64:
        found = _numbers(column)
    elif dtype == pl.String:
        found = _words(column, text)
    elif dtype == pl.List(pl.String):
        found = _words(column.list.join(" "), text)
    else:
        found = column.cast(pl.String)
    return found.fill_null("")


def _numbers(column: pl.Series) -> pl.Series:
    """numbers.machine_text of each. Raises ValueError for NaN and infinity."""
    size = column.abs()
    whole = (column == column.round(0)) & (size < EXACT)
    alike = whole | size.is_between(*_ALIKE, closed="left")
    told = pl.select(
        pl.when(whole)
        .then(pl.when(whole).then(column).cast(pl.Int64).cast(pl.String))
        .when(alike)
        .then(column.cast(pl.String))
    ).to_series()
    others = column.filter(~alike)
    if others.is_empty():
        return told
    told_others = pl.Series([machine_text(value) for value in others], dtype=pl.String)
    places = (~alike).fill_null(value=False).arg_true()
    return told.scatter(places, told_others)


def _words(column: pl.Series, text: Text) -> pl.Series:
    """The same word, written once for all its rows."""
    different = column.unique().drop_nulls()
    written = pl.Series([text(word) for word in different], dtype=pl.String)
    return column.replace_strict(different, written, default=None, return_dtype=pl.String)


def quoted(field: str) -> str:
    """A field as RFC 4180 has it: in quotes where it holds a comma, a quote or a line break."""
    if any(char in field for char in ',"\n\r'):
        return '"' + field.replace('"', '""') + '"'
    return field
