"""What polars says about data that it cannot read, in the reader's words."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import polars as pl

from kpitree.data import csv
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


@contextmanager
def reading(files: Files, layout: csv.Layout | None) -> Iterator[None]:
    """Turn what polars raises while the files are read into a SourceError."""
    try:
        yield
    except DATA_ERRORS as error:
        raise explained(error, files, layout) from error


def collect(
    frames: Sequence[pl.LazyFrame], files: Files, layout: csv.Layout | None
) -> list[pl.DataFrame]:
    """Collect queries over the same files together, so that they share one scan."""
    with reading(files, layout):
        return pl.collect_all(frames, engine="streaming")


def explained(error: Exception, files: Files, layout: csv.Layout | None) -> SourceError:
    """Look for the cause in the files; polars' own first line where none is found."""
    try:
        _look_closer(files, layout)
    except SourceError as found:
        return found
    first = str(error).strip().partition("\n")[0]
    return SourceError(f"the {files.kind} data cannot be read: {first}", where=files.shown)


def _look_closer(files: Files, layout: csv.Layout | None) -> None:
    if not files.remote:
        if layout is None:
            _refuse_broken(files)
        else:
            csv.refuse_other_encodings(files)
        _refuse_different_columns(files, layout)
    if layout is not None:
        csv.refuse_ragged(files, layout)
        csv.refuse_text_in_numbers(files, layout)


def _refuse_broken(files: Files) -> None:
    for path in files.paths:
        try:
            rows = scan_one(files.kind, path)
            rows.collect_schema()
            if files.kind is Kind.NDJSON:
                rows.select(pl.len()).collect(engine="streaming")
        except pl.exceptions.PolarsError as error:
            raise _broken(files, path, str(error)) from error


def _broken(files: Files, path: str, said: str) -> SourceError:
    where = files.name(path)
    with open(path, "rb") as file:  # noqa: PTH123 - a path from polars' list, not a Path
        if not file.read(1):
            return SourceError("the file is empty", where=where)
    if files.kind is Kind.NDJSON:
        first = said.partition("\n")[0]
        return SourceError(
            f"a line is not a JSON object: {first}",
            where=where,
            hint="each line of NDJSON is one object, such as {\"day\": \"2026-01-31\", \"n\": 3}",
        )
    return SourceError(
        f"the file is not {files.kind}, or is cut short", where=where, hint="write it anew"
    )


def scan_one(kind: Kind, path: str) -> pl.LazyFrame:
    match kind:
        case Kind.CSV:
            return pl.scan_csv(path, infer_schema=False)
        case Kind.PARQUET:
            return pl.scan_parquet(path, hive_partitioning=False)
        case Kind.NDJSON:
            return pl.scan_ndjson(path)
        case Kind.IPC:
            return pl.scan_ipc(path)
