"""A KPI renamed in a table of targets, where that is plain text: only those fields change."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kpitree.data.targets import KPI

_DELIMITERS: Final = (",", ";", "\t", "|")
_PLAIN: Final = frozenset({".csv", ".tsv", ".txt"})


@dataclass(frozen=True, slots=True)
class RenamedTable:
    """path: the file. before: what it holds. text: with the new name. rows: how many have it.

    taken: the lines of those that had it before.
    """

    path: Path
    before: bytes
    text: str
    rows: int
    taken: tuple[int, ...]


def renamed_table(location: str, old: str, new: str) -> RenamedTable | None:
    """The table with another name in its column kpi; None where it is no such file.

    location: of Tree.targets. All other fields, quotes, separators and line ends stay. Only one
    file of UTF-8 text whose first line names its columns can be changed so: for a workbook, a
    Parquet file, several files or one elsewhere there is None.
    """
    path = Path(location)
    if path.suffix.lower() not in _PLAIN or not path.is_file():
        return None
    before = path.read_bytes()
    try:
        text = before.decode("utf-8")
    except UnicodeDecodeError:
        return None
    delimiter = _delimiter(text)
    if delimiter is None:
        return None
    rows = _fields(text, delimiter)
    column = [_value(written) for written, _after in rows[0]].index(KPI)
    names = [_value(row[column][0]).strip() if len(row) > column else "" for row in rows]
    hits = [row for row, name in zip(rows[1:], names[1:], strict=True) if name == old]
    for row in hits:
        row[column] = (row[column][0].replace(old, new), row[column][1])
    taken = tuple(line for line, name in enumerate(names[1:], 2) if name == new)
    after = "".join(written + end for row in rows for written, end in row)
    return RenamedTable(path, before, _mark(text) + after, len(hits), taken)


def _mark(text: str) -> str:
    return text[:1] if text.startswith("\ufeff") else ""


def _delimiter(text: str) -> str | None:
    """What stands between the columns, if one of them is called kpi."""
    header = text.removeprefix("\ufeff").partition("\n")[0]
    found = (one for one in _DELIMITERS if KPI in map(_value, re.split(re.escape(one), header)))
    return next(found, None)


def _fields(text: str, delimiter: str) -> list[list[tuple[str, str]]]:
    """Rows of fields as they are written, each with the separator or line end behind it."""
    separator = re.escape(delimiter)
    field = re.compile(
        rf'("(?:[^"]|"")*"[^{separator}\r\n]*|[^{separator}\r\n]*)({separator}|\r?\n|\r|\Z)'
    )
    rows: list[list[tuple[str, str]]] = [[]]
    at = len(_mark(text))
    while at < len(text):
        found = field.match(text, at)
        assert found is not None, "a field may be anything"
        rows[-1].append((found[1], found[2]))
        if found[2] != delimiter:
            rows.append([])
        at = found.end()
    return rows


def _value(written: str) -> str:
    """A field without its line's end and its quotes."""
    written = written.rstrip("\r")
    quoted = len(written) > 1 and written[0] == written[-1] == '"'
    return written[1:-1].replace('""', '"') if quoted else written
