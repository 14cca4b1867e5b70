"""Excel and OpenDocument workbooks, a sheet of which is a table with its header in the first row.

fastexcel reads them, which the extra kpitree[excel] brings; nothing else of kpitree needs it.
Cells with an error (#N/A, #DIV/0!) are empty. A column of numbers and texts is text.
"""

import importlib
from datetime import time
from functools import cache
from pathlib import Path
from typing import Any, Final

import polars as pl

from kpitree.data.files import Files
from kpitree.errors import SourceError, did_you_mean

_MIDNIGHT: Final = time()


def rows_of(files: Files, path: str) -> pl.DataFrame:
    """The rows of one workbook's sheet, blank ones too; dates without a time of day as Date.

    Raises SourceError: fastexcel is not installed, no such sheet, several of which none is named,
    no header, or no workbook at all.
    """
    state = Path(path).stat()
    return _read(path, files.sheet, files.name(path), (state.st_mtime_ns, state.st_size))


@cache
def _read(path: str, sheet: str | None, shown: str, _state: tuple[int, int]) -> pl.DataFrame:
    library = _fastexcel(shown)
    try:
        book = library.read_excel(path)
        name = _sheet(book.sheet_names, sheet, shown)
        frame: pl.DataFrame = book.load_sheet(name, schema_sample_rows=None).to_polars()
        header = book.load_sheet(name, header_row=None, n_rows=1).to_polars()
    except library.FastExcelError as error:
        if not Path(path).stat().st_size:
            raise SourceError("the file is empty", where=shown) from error
        raise SourceError(
            f"the workbook cannot be read: {str(error).partition(chr(10))[0]}", where=shown
        ) from error
    if not frame.width:
        raise SourceError(f"the sheet {name!r} is empty", where=shown)
    _refuse_repeated(header, shown, name)
    return frame.select(_as_dates(column) for column in frame)


def _fastexcel(shown: str) -> Any:
    try:
        return importlib.import_module("fastexcel")
    except ModuleNotFoundError:
        raise SourceError(
            "reading workbooks needs fastexcel, which is not installed",
            where=shown,
            hint="pip install 'kpitree[excel]'",
        ) from None


def _sheet(names: list[str], sheet: str | None, shown: str) -> str:
    if sheet is not None:
        if sheet not in names:
            hint = did_you_mean(sheet, names)
            raise SourceError(f"there is no sheet {sheet!r}", where=shown, hint=hint)
        return sheet
    if len(names) != 1:
        raise SourceError(
            f"the workbook has {len(names)} sheets: {', '.join(names[:12])}",
            where=shown,
            hint=f'say which: sheet = "{names[0]}"' if names else "",
        )
    return names[0]


def _refuse_repeated(header: pl.DataFrame, shown: str, sheet: str) -> None:
    names = [str(name) for name in header.row(0) if name is not None] if header.height else []
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise SourceError(f"two columns of the sheet {sheet!r} are named {twice!r}", where=shown)


def _as_dates(column: pl.Series) -> pl.Series:
    """Excel has no days, only times; a column whose times are all midnight is one of days."""
    if isinstance(column.dtype, pl.Datetime) and bool((column.dt.time() == _MIDNIGHT).all()):
        return column.cast(pl.Date)
    return column.cast(pl.Datetime("us")) if isinstance(column.dtype, pl.Datetime) else column
