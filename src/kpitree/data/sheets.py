"""A spreadsheet of KPIs, read whole as texts: CSV, TSV or a sheet of a workbook."""

from datetime import date, datetime

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

_KINDS = (Kind.CSV, Kind.EXCEL)


def read_sheet(path: str, name: str | None = None) -> Sheet:
    """A table's cells; "-" is standard input. name: of a workbook's sheet; None: its only one.

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
        (number, tuple(map(_text, cells)))
        for number, cells in enumerate(frame.iter_rows(), start=2)
    )
    return Sheet(
        shown="standard input" if path == "-" else path,
        headings=headings,
        rows=tuple((number, cells) for number, cells in rows if any(cells)),
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


def _text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case float():
            return number_text(cell)
        case datetime():
            return cell.isoformat(sep=" ")
        case date():
            return cell.isoformat()
        case _:
            return str(cell).strip().replace("\r\n", "\n")
