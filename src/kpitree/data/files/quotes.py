"""Where the double quotes of a CSV file go wrong.

polars names neither line nor file, and where the column is not needed it says nothing at all and
drops the lines between two stray quotes. A field in quotes begins and ends with one, holds any
text, and a quote inside it twice (RFC 4180). Others may hold quotes in pairs, as polars has it.
"""

from typing import Final

import polars as pl

from kpitree.data.files.found import Files
from kpitree.errors import SourceError

_LINE: Final = "line"
_NUMBER: Final = "number"
_INSIDE: Final = '(?:[^"]|"")*'


def odd(line: pl.Expr) -> pl.Expr:
    """Whether a text begins or ends in this line and goes on in another, or a quote is astray."""
    return line.str.count_matches('"', literal=True) % 2 == 1


def without_quoted(line: pl.Expr, separator: str) -> pl.Expr:
    """A line with a separator before each of its fields, those in quotes being empty.

    Where a field begins otherwise, quotes in it do not keep separators from ending it.
    """
    field = rf'{_mark(separator)}"[^"]*(?:""[^"]*)*"'
    return (separator + line).str.replace_all(field, separator.replace("$", "$$"))


def refuse_bad_quotes(files: Files, separator: str) -> None:
    """Raise SourceError naming the first line with a quote that is astray or never closed."""
    for path in files.paths:
        lines = pl.scan_lines(
            path, name=_LINE, glob=files.remote, row_index_name=_NUMBER, row_index_offset=1
        )
        if bad := _first_bad(lines, separator):
            number, what = bad
            raise SourceError(
                f"a double quote {what}",
                where=f"{files.name(path)}, line {number}",
                hint='put the text in double quotes, and write one inside it twice: "5"" pipe"',
            )


def _first_bad(lines: pl.LazyFrame, separator: str) -> tuple[int, str] | None:
    line, before, after = pl.col(_LINE), pl.col("before"), pl.col("after")
    quoted = (
        lines.filter(line.str.contains('"', literal=True))
        .with_columns(after=odd(line).cum_sum() % 2 == 1)  # whether a text is open behind the line
        .with_columns(before=after.shift(1, fill_value=False))
        .with_columns(opened=pl.when(~before & after).then(_NUMBER).forward_fill())
    )
    last_open = after & (pl.int_range(pl.len()) == pl.len() - 1)
    wrong = quoted.filter(~_well_formed(separator) | last_open).head(1)
    spaced = before & line.str.contains(rf'^{_INSIDE}"[ \t]+({_mark(separator)}|\r?$)')
    found = wrong.select(
        _NUMBER, "opened", "before", good=_well_formed(separator), spaced=spaced
    ).collect()
    if not found.height:
        return None
    number, opened, before_it, good, spaced = found.row(0)
    if spaced:
        return number, "closes a text, and spaces stand behind it"
    if before_it or good:
        return opened, "opens a text here, and none closes it"
    return number, "stands astray in a text"


def _well_formed(separator: str) -> pl.Expr:
    """Whether a line is whole fields but for a text open before it and one open behind it."""
    mark = _mark(separator)
    field = f'(?:(?:[^"{mark}][^{mark}]*)?|"{_INSIDE}")'
    line = pl.col(_LINE).str.strip_chars_end("\r")

    def like(pattern: str) -> pl.Expr:
        return line.str.contains(f"(?s)^{pattern}$")

    return (
        pl.when(~pl.col("before") & ~pl.col("after"))
        .then(like(f"{field}(?:{mark}{field})*"))
        .when(~pl.col("before"))
        .then(like(f'(?:{field}{mark})*"{_INSIDE}'))
        .when(~pl.col("after"))
        .then(like(f'{_INSIDE}"(?:{mark}{field})*'))
        .otherwise(like(f'{_INSIDE}(?:"{mark}(?:{field}{mark})*"{_INSIDE})?'))
    )


def _mark(separator: str) -> str:
    """The separator in a regular expression."""
    return rf"\x{ord(separator):02x}"
