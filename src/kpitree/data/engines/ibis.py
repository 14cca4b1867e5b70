"""A connection: tables and queries of a database, through ibis."""

import atexit
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import ibis
import polars as pl

from kpitree.data.engines import Uses
from kpitree.data.engines.complaints import complaining
from kpitree.data.engines.dialect import Narwhals
from kpitree.data.engines.frames import framed, to_arrow, types_of, without_nulls
from kpitree.data.engines.peeking import refuse_keys_of_files
from kpitree.data.engines.secrets import Address, address
from kpitree.data.files.found import Files, Kind
from kpitree.data.files.mistakes import Reading
from kpitree.data.sources import Opened
from kpitree.errors import SourceError
from kpitree.tree.model import Source

_PART: Final = re.compile(r'"((?:[^"]|"")+)"|([^".]+)')
_NAME: Final = re.compile(r'(?:"(?:[^"]|"")+"|[^".]+)(?:\.(?:"(?:[^"]|"")+"|[^".]+)){0,2}')
_FILE: Final = re.compile(r"(?:sqlite|duckdb)://(/[^?]+)(?:\?.*)?")
_BY_NUMBER: Final = frozenset({"duckdb", "sqlite"})
_ENDS: Final = {"sqlite": r"\Z", "trino": r"\z", "databricks": r"\z", "pyspark": r"\z"}


@dataclass(frozen=True, slots=True)
class Database:
    """A connection that is there. backend: ibis' own."""

    name: str
    address: Address = field(repr=False)
    backend: Any = field(repr=False)

    @property
    def text_end(self) -> str:
        return _ENDS.get(self.backend.name, "$")

    @property
    def place(self) -> object:
        return self.address.url

    def orders_letters(self) -> bool:
        # A database puts them in the order of some language, and each column may have its own.
        return self.backend.name in _BY_NUMBER

    def upload(self, frame: pl.DataFrame) -> Any:
        with complaining(self.name, self.address):
            return framed(ibis.memtable(to_arrow(frame)))

    def knows_letters(self) -> bool:
        with complaining(self.name, self.address):
            lowered = ibis.literal("ÄÉŁ").lower().name("lowered").as_table()
            return bool(self.backend.to_pyarrow(lowered)["lowered"][0].as_py() == "äéł")

    def run(self, frame: Any, reading: Reading) -> pl.DataFrame:
        with complaining(self.name, self.address, reading.files.shown):
            collected: pl.DataFrame = frame.collect(backend="polars").to_native()
        return collected


def open_rows(source: Source, override: str | None, uses: Uses) -> Opened:
    """See engines.open_elsewhere."""
    del override, uses  # a database knows the types of its columns
    refuse_keys_of_files(source, "a database")
    assert source.connection is not None, "the tree file was checked"
    found = address(source.connection, f"the connection of [sources.{source.id}]")
    _refuse_missing(found.url, source)
    name = f"the database of [sources.{source.id}]"
    with complaining(name, found, "it cannot be reached"):
        backend = _connected(found)
    database = Database(name, found, backend)
    with complaining(database.name, found, source.path):
        rows = framed(_rows(database.backend, source))
        types = types_of(rows)
    texts = [name for name, dtype in types.items() if dtype == pl.String]
    return Opened(
        reading=Reading(files=Files(kind=Kind.PARQUET, shown=source.path, paths=(), remote=True)),
        rows=without_nulls(rows, texts, source.null_values),
        types=types,
        dialect=Narwhals(database),
    )


def _refuse_missing(url: str, source: Source) -> None:
    """Raise SourceError where a database that is a file is not there: it would be made."""
    file = _FILE.fullmatch(url)
    if file is not None and not Path(file[1]).exists():
        raise SourceError(
            f"there is no file {file[1]!r}",
            where=f"the connection of [sources.{source.id}]",
            hint="relative to the tree file: sqlite://shop.db; from the root: sqlite:////data/shop.db",
        )


@cache
def _connected(found: Address) -> Any:
    """One connection for a URL, while the program runs."""
    backend = ibis.connect(found.url)
    atexit.register(backend.disconnect)
    return backend


def _rows(backend: Any, source: Source) -> Any:
    if source.query is not None:
        return backend.sql(source.query.strip().rstrip(";"))
    *above, table = _parts(source)
    return backend.table(table, database=tuple(above) if len(above) > 1 else "".join(above) or None)


def _parts(source: Source) -> list[str]:
    """A name such as shop.public.orders or public."My Orders", in its parts."""
    name = (source.table or "").strip()
    if not _NAME.fullmatch(name):
        raise SourceError(
            f"{name!r} is no name of a table",
            where=f"[sources.{source.id}] table",
            hint='such as: table = "public.orders"; other names stand in double quotes',
        )
    parts = (found for found in _PART.finditer(name))
    return [(found[1] or found[2]).replace('""', '"') for found in parts]
