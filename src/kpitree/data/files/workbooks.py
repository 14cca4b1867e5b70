"""Excel and OpenDocument workbooks, a sheet of which is a table with its header in the first row.

fastexcel reads them, which the extra kpitree[excel] brings; nothing else of kpitree needs it.
Cells with an error (#N/A, #DIV/0!) are empty. A column of numbers and texts is text.
"""

import importlib
import logging
from collections.abc import Iterable, Mapping
from datetime import time
from functools import cache
from pathlib import Path
from typing import Any, Final

import polars as pl

from kpitree.data.files.cleaning import Rule
from kpitree.data.files.found import Files
from kpitree.data.files.typed import misread, written
from kpitree.errors import SourceError, did_you_mean

_MIDNIGHT: Final = time()
_ROWS: Final = 50  # looked through for a header
_START: Final = 1 << 10


def rows_of(files: Files, path: str, rules: Mapping[str, Rule]) -> pl.DataFrame:
    """The rows of one workbook's sheet, blank ones too; dates without a time of day as Date.

    rules: how texts are read. Numbers beside them are written so that they are read as such.
    Raises SourceError: fastexcel is not installed, no such sheet, several of which none is named,
    no header, or no workbook at all.
    """
    state = Path(path).stat()
    known = (state.st_mtime_ns, state.st_size)
    marks = misread(rules)
    frame, whole = _read(path, files.sheet, files.name(path), known, tuple(marks))
    return frame.with_columns(
        _as_texts_say(name, whole[name], marks[name]) for name in whole.columns
    )


def _as_texts_say(name: str, whole: pl.Series, decimal: str | None) -> pl.Expr:
    """whole: the cells read as whole numbers, which texts such as 1.5 cannot be, and 1.5 can."""
    text = pl.col(name)
    number = text.cast(pl.Float64, strict=False).is_not_null() & pl.lit(whole).is_not_null()
    return pl.when(number).then(written(text, decimal)).otherwise(text).alias(name)


def refuse_other_headers(frame: pl.DataFrame, names: Iterable[str], shown: str) -> None:
    """Raise SourceError where the columns in use are named below the first row."""
    wanted = set(names)
    if not wanted or not wanted.isdisjoint(frame.columns):
        return
    rows = frame.head(_ROWS).select(pl.col(pl.String).str.strip_chars()).rows()
    at = next((at for at, row in enumerate(rows, start=1) if wanted <= set(row)), None)
    if at is not None:
        raise SourceError(
            f"the header stands in row {at} below the first one",
            where=shown,
            hint="remove the rows before it: the first row names the columns",
        )


Sheet = tuple[
    pl.DataFrame, pl.DataFrame
]  # the rows; and of some columns, if texts, the whole numbers


@cache
def _read(
    path: str, sheet: str | None, shown: str, _state: tuple[int, int], columns: tuple[str, ...]
) -> Sheet:
    library = _fastexcel(shown)
    try:
        book = library.read_excel(path)
        name = _sheet(book.sheet_names, sheet, shown)
        frame: pl.DataFrame = book.load_sheet(name, schema_sample_rows=None).to_polars()
        header = book.load_sheet(name, header_row=None, n_rows=1).to_polars()
        texts = [name for name in columns if frame.schema.get(name) == pl.String]
        whole: pl.DataFrame = (
            book.load_sheet(
                name,
                schema_sample_rows=None,
                use_columns=texts,
                dtypes=dict.fromkeys(texts, "int"),
            ).to_polars()
            if texts
            else frame.select()
        )
    except library.FastExcelError as error:
        if not Path(path).stat().st_size:
            raise SourceError("the file is empty", where=shown) from error
        _refuse_text(path, shown)
        raise SourceError(
            f"the workbook cannot be read: {str(error).partition(chr(10))[0]}", where=shown
        ) from error
    if not frame.width:
        raise SourceError(f"the sheet {name!r} is empty", where=shown)
    _refuse_repeated(header, shown, name)
    return frame.select(_as_dates(column) for column in frame), whole


def _refuse_text(path: str, shown: str) -> None:
    """Raise SourceError for what is named like a workbook, as many programs do with exports."""
    with Path(path).open("rb") as file:
        start = file.read(_START)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise SourceError(
            "the workbook is HTML or XML that is only named so",
            where=shown,
            hint="open it in a spreadsheet program, and save it as .xlsx or .csv",
        )
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or (b"\x00" not in start and b"\n" in start):
        raise SourceError(
            "the workbook is text that is only named so",
            where=shown,
            hint=f"name it as what it is: {Path(shown).stem}.csv",
        )


def _fastexcel(shown: str) -> Any:
    # It warns of columns without any value, for which nobody has asked.
    logging.getLogger("fastexcel").addHandler(logging.NullHandler())
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
