"""What polars says about data that it cannot read, in the reader's words."""

import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from kpitree.data import delimited, quotes
from kpitree.data.files import Files, Kind
from kpitree.errors import SourceError

# Everything the data can cause. A missing column is looked for beforehand, so that
# ColumnNotFoundError stays what it then is: a bug.
DATA_ERRORS: Final = (
    pl.exceptions.ComputeError,
    pl.exceptions.InvalidOperationError,
    pl.exceptions.NoDataError,
    pl.exceptions.SchemaError,
    pl.exceptions.ShapeError,
    OSError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The files being read, and how, for whoever has to say why they cannot be.

    layout: how the files are laid out when they are CSV, else None.
    numbers: columns that must hold numbers.
    """

    files: Files
    layout: delimited.Layout | None = None
    numbers: tuple[str, ...] = ()


@contextmanager
def explaining(reading: Reading) -> Iterator[None]:
    """Turn what polars raises while the files are read into a SourceError."""
    try:
        with warnings.catch_warnings():
            # Of object stores: nothing is wrong, and the error, if there is one, says more.
            warnings.filterwarnings("ignore", ".*region' not set", UserWarning)
            yield
    except DATA_ERRORS as error:
        raise _explained(error, reading) from error


def collect(frames: Sequence[pl.LazyFrame], reading: Reading) -> list[pl.DataFrame]:
    """Collect queries over the same files together, so that they share one scan."""
    with explaining(reading):
        return pl.collect_all(frames, engine="streaming")


def _explained(error: Exception, reading: Reading) -> SourceError:
    """Look for the cause in the files; what polars itself says where none is found."""
    files = reading.files
    if isinstance(error, PermissionError):
        return SourceError("it cannot be opened: Permission denied", where=files.shown)
    try:
        _look_closer(reading)
    except SourceError as found:
        return found
    except DATA_ERRORS as another:  # the closer look fails as the reading did
        error = another
    return SourceError(f"the {files.kind} data cannot be read: {_said(error)}", where=files.shown)


def _said(error: Exception) -> str:
    """The first line of what polars says, and the last of its causes, as of object stores."""
    first, _, more = str(error).strip().partition("\n")
    _, _, causes = more.partition("Caused by:")
    last = causes.strip().rpartition("\n")[2].strip()
    return f"{first}: {last.lstrip('0123456789: ')}" if last else first


def _look_closer(reading: Reading) -> None:
    files, layout = reading.files, reading.layout
    if files.remote or (layout is None and files.kind is Kind.CSV):
        return
    if layout is not None:
        delimited.refuse_other_encodings(files)
        quotes.refuse_bad_quotes(files, layout.separator)
    elif files.kind is Kind.NDJSON:
        _refuse_bad_json(files, reading.numbers)
    else:
        _refuse_broken(files)
    refuse_different_columns(files, layout)
    if layout is not None:
        delimited.refuse_ragged(files, layout)
        delimited.refuse_text_in_numbers(files, layout, reading.numbers)


def _refuse_broken(files: Files) -> None:
    for path in files.paths:
        try:
            _scan_one(files.kind, path).collect_schema()
        except pl.exceptions.PolarsError as error:
            if Path(path).stat().st_size == 0:
                raise SourceError("the file is empty", where=files.name(path)) from error
            raise SourceError(
                f"this is no whole {files.kind} file: it is cut short, or of another kind",
                where=files.name(path),
            ) from error


def _scan_one(kind: Kind, path: str) -> pl.LazyFrame:
    if kind is Kind.IPC:
        return pl.scan_ipc(path, glob=False)
    return pl.scan_parquet(path, hive_partitioning=False, glob=False)


def _refuse_bad_json(files: Files, numbers: Sequence[str]) -> None:
    for path in files.paths:
        if Path(path).stat().st_size == 0:
            raise SourceError("the file is empty", where=files.name(path))
        with Path(path).open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    _refuse_bad_line(line, f"{files.name(path)}, line {number}", numbers)


def _refuse_bad_line(line: bytes, where: str, numbers: Sequence[str]) -> None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        raise SourceError(
            "this line is no JSON object",
            where=where,
            hint='each line of NDJSON is one object, such as {"day": "2026-01-31", "n": 3}',
        )
    for column in numbers:
        if isinstance(text := row.get(column), str):
            raise delimited.text_for_number(where, column, text)


def place_of(reading: Reading, texts: Mapping[str, str]) -> str:
    """The file, and the line where it can be had, of the first row with these texts.

    texts: by column.
    """
    files = reading.files
    for path in () if files.remote else files.paths:
        if line := _line_of(reading, path, texts):
            return f"{files.name(path)}, line {line}"
    return files.shown


def _line_of(reading: Reading, path: str, texts: Mapping[str, str]) -> int | None:
    if reading.layout is not None:
        return delimited.line_of(reading.files.only(path), reading.layout, texts)
    if reading.files.kind is not Kind.NDJSON:
        return None
    with Path(path).open("rb") as lines:
        numbered = enumerate(lines, start=1)
        return next(
            (n for n, line in numbered if line.strip() and _holds(json.loads(line), texts)),
            None,
        )


def _holds(row: Mapping[str, object], texts: Mapping[str, str]) -> bool:
    return all(row.get(column) == text for column, text in texts.items())


def refuse_different_columns(files: Files, layout: delimited.Layout | None) -> None:
    """Raise SourceError unless all files have the columns of the first, in its types and order."""
    first: dict[str, pl.DataType] | None = None
    for path in files.paths if files.kind is not Kind.NDJSON else ():
        columns = dict(_columns_of(files, path, layout))
        first = columns if first is None else first
        if difference := _difference(first, columns):
            raise SourceError(
                f"the files differ in their columns: {difference}",
                where=files.name(path),
                hint=f"the first file, {Path(files.paths[0]).name}, sets the columns for all",
            )


def _columns_of(files: Files, path: str, layout: delimited.Layout | None) -> dict[str, pl.DataType]:
    if layout is None:
        return dict(_scan_one(files.kind, path).collect_schema())
    return dict(delimited.scan(files.only(path), layout, {}).collect_schema())


def _difference(first: dict[str, pl.DataType], other: dict[str, pl.DataType]) -> str:
    if missing := [name for name in first if name not in other]:
        return f"there is no {missing[0]!r}"
    if extra := [name for name in other if name not in first]:
        return f"{extra[0]!r} is not in the first"
    for name, dtype in first.items():
        if other[name] != dtype:
            return f"{name!r} is {other[name]} here and {dtype} in the first"
    return "they stand in another order" if list(first) != list(other) else ""
