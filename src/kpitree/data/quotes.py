"""Where the double quotes of a CSV file go wrong: polars then names neither line nor file.

A field in quotes begins and ends with one, holds any text, and a quote inside it twice (RFC 4180).
Quotes in pairs inside a field without quotes are let pass, as polars does.
"""

import re
from collections.abc import Iterator
from typing import Final

import polars as pl

from kpitree.data.files import Files
from kpitree.errors import SourceError

_LINE: Final = "line"
_NUMBER: Final = "number"
_HINT: Final = 'put the text in double quotes, and write one inside it twice: "5"" pipe"'


def refuse_bad_quotes(files: Files, separator: str) -> None:
    """Raise SourceError naming the first line with a quote that is astray or never closed."""
    for path in files.paths:
        if bad := _first_bad(_quoted_lines(path), re.escape(separator)):
            number, message = bad
            raise SourceError(message, where=f"{files.name(path)}, line {number}", hint=_HINT)


def _quoted_lines(path: str) -> Iterator[tuple[int, str]]:
    """The lines that hold a quote; the others neither open nor close a field."""
    lines = pl.scan_lines(path, glob=False, name=_LINE, row_index_name=_NUMBER, row_index_offset=1)
    quoted = lines.filter(pl.col(_LINE).str.contains('"', literal=True))
    return quoted.select(_NUMBER, _LINE).collect(engine="streaming").iter_rows()


def _first_bad(lines: Iterator[tuple[int, str]], separator: str) -> tuple[int, str] | None:
    whole = re.compile(rf'(?<![^{separator}])"(?:[^"]|"")*"(?=\r?$|{separator})')
    opening = re.compile(rf'(?:^|{separator})"(?:[^"]|"")*$')
    closing = re.compile(rf'(?:[^"]|"")*"(?=\r?$|{separator})')
    opened = 0  # the line on which the field begins that is still open
    for number, line in lines:
        rest = line
        if opened:
            end = closing.match(line)
            if end is None and '"' in line.replace('""', ""):
                break  # a quote that text follows closes nothing
            if end is None:
                continue
            rest, opened = line[end.end() :], 0
        rest = whole.sub("", rest)
        if opening.search(rest):
            opened = number
        elif rest.count('"') % 2 or re.search(rf'(?:^|{separator})"', rest):
            return number, "a double quote stands astray in a text"
    return (opened, "a double quote opens a text here, and none closes it") if opened else None
