"""A spreadsheet of KPIs, read whole as texts: CSV, TSV or a sheet of a workbook."""

import csv
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

import polars as pl

from kpitree.data.files import delimited
from kpitree.data.files.found import Kind, find_files
from kpitree.data.files.mistakes import collect
from kpitree.data.sources import Opened, open_source
from kpitree.data.starting.encodings import encoding_of
from kpitree.errors import SourceError
from kpitree.tree.model import Source
from kpitree.tree.sheets.numbers import number_text
from kpitree.tree.sheets.sheet import Sheet

_ACTUALS: Final = ["kpi", "period", "value"]
_KINDS = (Kind.CSV, Kind.EXCEL)


@dataclass(frozen=True, slots=True)
class Actuals:
    """A table of actuals as it is. filled: whether anything but names stands in it."""

    kpis: frozenset[str]
    filled: bool


def read_actuals(path: Path) -> Actuals:
    """What stands in a table of actuals; one that is no such table counts as filled.

    Raises SourceError: unreadable.
    """
    try:
        lines = list(csv.reader(path.read_text("utf-8-sig", errors="replace").splitlines()))
    except OSError as error:
        message = f"the file cannot be read: {error.strerror or error}"
        raise SourceError(message, where=str(path)) from None
    head, rows = lines[:1], [line for line in lines[1:] if any(line)]
    filled = head not in ([], [_ACTUALS]) or any(any(line[1:]) for line in rows)
    return Actuals(frozenset(line[0] for line in rows if line), filled)


def read_sheet(path: str, name: str | None = None, decimal: str | None = None) -> Sheet:
    """A table's cells; "-" is standard input. name: of a workbook's sheet; None: its only one.

    decimal: the mark with which the numbers of a workbook are written, like texts beside them.

    Raises SourceError: missing, unreadable, empty, or no table.
    """
    files = find_files(path, path)
    if files.kind not in _KINDS or files.several:
        raise SourceError(
            "KPIs are imported from one CSV, TSV or Excel file",
            where=path,
            hint="save the table as .csv or .xlsx",
        )
    encoding = encoding_of(files)
    source = Source(id="table", path=path, location=path, time="", sheet=name, encoding=encoding)
    opened = open_source(source, files=files)
    frame = _frame(opened)
    headings = tuple("" if _is_made_up(one) else _as_written(one) for one in opened.types)
    rows = (
        (number, tuple(_text(cell, decimal or ".") for cell in cells))
        for number, cells in enumerate(frame.iter_rows(), start=2)
    )
    return Sheet(
        shown="standard input" if path == "-" else path,
        headings=headings,
        rows=tuple((number, cells) for number, cells in rows if any(map(str.strip, cells))),
        encoding=encoding,
    )


def _frame(opened: Opened) -> pl.DataFrame:
    queries = [opened.rows, *([] if opened.suspicious is None else [opened.suspicious])]
    frame, *suspicious = collect(queries, opened.reading)
    if suspicious and opened.reading.layout is not None:
        delimited.refuse_suspicious(opened.reading.files, opened.reading.layout, suspicious[0])
    return frame


def _as_written(heading: str) -> str:
    """The heading of a second column of that name, which polars renames."""
    return heading.partition("_duplicated_")[0].strip()


def _is_made_up(heading: str) -> bool:
    """Whether the column has no heading, and its reader gave it one."""
    return heading.startswith(("__UNNAMED__", "_duplicated_"))


def _text(cell: object, decimal: str) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case float():
            return number_text(cell).replace(".", decimal)
        case datetime():
            return cell.isoformat(sep=" ")
        case date():
            return cell.isoformat()
        case _:
            return str(cell).rstrip().lstrip("\r\n").replace("\r\n", "\n")
