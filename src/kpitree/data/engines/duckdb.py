"""engine = "duckdb": CSV and Parquet files, read by DuckDB in this process."""

import atexit
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import duckdb
import polars as pl

from kpitree.data.dialect import Frame
from kpitree.data.engines import Uses
from kpitree.data.engines.dialect import Narwhals
from kpitree.data.engines.frames import framed, read_texts, to_arrow, types_of, without_nulls
from kpitree.data.engines.peeking import peeked
from kpitree.data.files.found import Files, Kind
from kpitree.data.files.mistakes import Reading, explaining
from kpitree.data.sources import Opened
from kpitree.errors import SourceError
from kpitree.tree.model import Source

_PATTERN: Final = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class DuckDB:
    name: str = "DuckDB"
    text_end: str = "$"

    @property
    def place(self) -> object:
        return DuckDB

    def knows_letters(self) -> bool:
        return True

    def orders_letters(self) -> bool:
        return True

    def upload(self, frame: pl.DataFrame) -> Frame:
        return framed(_database().from_arrow(to_arrow(frame)))

    def run(self, frame: Any, reading: Reading) -> pl.DataFrame:
        with explaining(reading):  # looks for the cause in the files, and says where it is
            try:
                collected: pl.DataFrame = frame.collect(backend="polars").to_native()
            except duckdb.Error as error:
                raise pl.exceptions.ComputeError(_said(error)) from None
        return collected


def open_rows(source: Source, override: str | None, uses: Uses) -> Opened:
    """See engines.open_elsewhere."""
    peek = peeked(source, override, uses, "duckdb")
    files = peek.reading.files
    try:
        rows = _relation(files, peek)
    except duckdb.Error as error:
        raise SourceError(f"DuckDB cannot read it: {_said(error)}", where=files.shown) from None
    types = peek.types if files.kind is Kind.CSV else _types(rows, peek)
    if files.kind is Kind.CSV:
        rows = read_texts(rows, types)
    else:
        texts = [name for name, dtype in types.items() if dtype == pl.String]
        rows = without_nulls(rows, texts, source.null_values)
    return replace(peek, rows=rows, types=types, dialect=Narwhals(DuckDB()))


def _types(rows: Frame, peek: Opened) -> dict[str, pl.DataType]:
    """Those of DuckDB, but zones as the files have them: they say whose clock is meant.

    And columns that hold nothing at all, which DuckDB takes for numbers.
    """
    return {
        name: peek.types[name]
        if dtype == pl.Datetime("us", "UTC") or peek.types[name] == pl.Null
        else dtype
        for name, dtype in types_of(rows).items()
    }


def _relation(files: Files, peek: Opened) -> Frame:
    paths = list(files.paths)
    if not files.remote and any(_PATTERN & set(path) for path in paths):
        raise SourceError(
            "DuckDB takes * ? and [ in a file's name for a pattern",
            where=files.shown,
            hint="give the file another name, or leave out the engine",
        )
    if peek.reading.layout is None:
        return framed(_database().read_parquet(paths, hive_partitioning=files.hive))
    layout = peek.reading.layout
    columns = ", ".join(f"{_quoted(name)}: 'VARCHAR'" for name in peek.types)
    options = {
        "delim": _quoted(layout.separator),
        "nullstr": f"[{', '.join(map(_quoted, layout.nulls))}]",
        "columns": f"{{{columns}}}",
    }
    listed = ", ".join(map(_quoted, paths))
    said = ", ".join(f"{name} = {value}" for name, value in options.items())
    query = f"SELECT * FROM read_csv([{listed}], {said}, {_LAYOUT})"  # noqa: S608 - all quoted
    return framed(_database().sql(query))


# One thread writes what another must not see twice: nothing is guessed from the file's beginning.
_LAYOUT: Final = """header = true, quote = '"', escape = '"', auto_detect = false"""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@cache
def _database() -> Any:
    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'")
    database.execute("SET enable_progress_bar = false")
    atexit.register(_database.cache_clear)
    return database


def _said(error: duckdb.Error) -> str:
    """The first line of what DuckDB says, without the kind of error before it."""
    first = str(error).strip().partition("\n")[0]
    return first.partition(": ")[2] or first
