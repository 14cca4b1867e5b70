"""engine = "spark": a session of the user's own Spark, or one in this process."""

import atexit
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

import polars as pl
from pyspark.sql import SparkSession

from kpitree.data.engines import Uses
from kpitree.data.engines.complaints import complaining
from kpitree.data.engines.dialect import Narwhals
from kpitree.data.engines.frames import framed, read_texts, to_arrow, types_of, without_nulls
from kpitree.data.engines.peeking import peeked, refuse_keys_of_files
from kpitree.data.engines.secrets import Address, address
from kpitree.data.files.found import Files, Kind
from kpitree.data.files.mistakes import Reading
from kpitree.data.sources import Opened
from kpitree.errors import SourceError
from kpitree.tree.model import Source

_HERE: Final = "local[*]"
_PORT: Final = 15_002  # of Spark Connect, unless it is said
_SECONDS: Final = 20
_PROXIES: Final = frozenset({"grpc_proxy", "https_proxy", "http_proxy"})
_OF_A_SESSION: Final = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",  # texts that are no numbers are errors, not nulls
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}
_OF_A_PROCESS: Final = {
    "spark.app.name": "kpitree",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_OF_THIS_MACHINE: Final = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "8",  # its 200 are for a cluster
}


@dataclass(frozen=True, slots=True)
class Spark:
    name: str
    address: Address = field(repr=False)
    text_end: str = r"\z"

    @property
    def place(self) -> object:
        return self.address.url

    def knows_letters(self) -> bool:
        return True

    def orders_letters(self) -> bool:
        return True

    def upload(self, frame: pl.DataFrame) -> Any:
        with complaining(self.name, self.address), _quiet():
            return framed(_session(self.address).createDataFrame(to_arrow(frame)))

    def run(self, frame: Any, reading: Reading) -> pl.DataFrame:
        with complaining(self.name, self.address, reading.files.shown), _quiet():
            collected: pl.DataFrame = frame.collect(backend="polars").to_native()
        return collected


def open_rows(source: Source, override: str | None, uses: Uses) -> Opened:
    """See engines.open_elsewhere."""
    named = f"Spark, for [sources.{source.id}],"
    place = f"the connection of [sources.{source.id}]"
    _refuse_dots(source, uses)
    found = address(source.connection or _HERE, place)
    with complaining(named, found, source.path):
        session = _session(found)
    engine = Spark(named, found)
    if override is None and (source.table is not None or source.query is not None):
        return _table(session, source, engine)
    path = override or source.location
    return (
        _remote(session, source, path, engine)
        if "://" in path
        else _files(session, source, override, uses, engine)
    )


def _refuse_dots(source: Source, uses: Uses) -> None:
    for name in (*uses, *source.dimensions):
        if set(name) & {".", "`"}:
            raise SourceError(
                f"Spark splits the name {name!r} at its dots",
                where=source.path,
                hint="give the column another name there: a view, or a query",
            )


def _table(session: Any, source: Source, engine: Spark) -> Opened:
    refuse_keys_of_files(source, "a table of Spark")
    with complaining(engine.name, engine.address, source.path):
        rows = (
            session.sql(source.query.strip().rstrip(";"))
            if source.query
            else session.table(source.table)
        )
        frame = framed(rows)
        types = types_of(frame)
    return _opened(frame, types, source, engine)


def _remote(session: Any, source: Source, path: str, engine: Spark) -> Opened:
    """Parquet files that only Spark can reach."""
    refuse_keys_of_files(source, "a file that only Spark reaches")
    where = address(path, f"the path of [sources.{source.id}]")
    both = Address(engine.address.url, engine.address.secrets | where.secrets)
    engine = replace(engine, address=both)
    with complaining(engine.name, both, source.path):
        frame = framed(session.read.parquet(where.url))
        types = types_of(frame)
    return _opened(frame, types, source, engine)


def _opened(frame: Any, types: dict[str, pl.DataType], source: Source, engine: Spark) -> Opened:
    texts = [name for name, dtype in types.items() if dtype == pl.String]
    return Opened(
        reading=Reading(files=Files(kind=Kind.PARQUET, shown=source.path, paths=(), remote=True)),
        rows=without_nulls(frame, texts, source.null_values),
        types=types,
        dialect=Narwhals(engine),
    )


def _files(session: Any, source: Source, override: str | None, uses: Uses, engine: Spark) -> Opened:
    peek = peeked(source, override, uses, "spark")
    files = peek.reading.files
    with complaining(engine.name, engine.address, files.shown):
        if peek.reading.layout is None:
            frame = framed(session.read.parquet(*files.paths))
            known = types_of(frame)
        else:
            frame = framed(_csv(session, peek))
            known = dict(peek.types)
    # Spark, too, forgets the zone that the files say.
    types = {
        name: peek.types[name] if dtype == pl.Datetime("us", "UTC") else dtype
        for name, dtype in known.items()
    }
    texts = [name for name, dtype in types.items() if dtype == pl.String]
    if peek.reading.layout is not None:
        frame = without_nulls(frame, types, peek.reading.layout.nulls)
        frame = read_texts(frame, types)
    else:
        frame = without_nulls(frame, texts, source.null_values)
    return replace(peek, rows=frame, types=types, dialect=Narwhals(engine))


def _csv(session: Any, peek: Opened) -> Any:
    layout = peek.reading.layout
    assert layout is not None, "asked only of CSV"
    columns = ", ".join(f"`{name.replace('`', '``')}` STRING" for name in peek.types)
    return session.read.csv(
        list(peek.reading.files.paths),
        schema=columns,
        sep=layout.separator,
        header=True,
        enforceSchema=False,
        quote='"',
        escape='"',
        multiLine=True,
        mode="FAILFAST",
        encoding="UTF-8",
    )


@cache
def _session(found: Address) -> Any:
    """One session for a master or a server, stopped when the program ends."""
    connect = found.url.startswith("sc://")
    if connect and not _PROXIES & os.environ.keys():
        _reach(found.url)
    builder = SparkSession.builder
    builder = builder.remote(found.url) if connect else builder.master(found.url)
    settings = {} if connect else _OF_A_PROCESS | _OF_A_SESSION
    if found.url.startswith("local["):
        settings |= _OF_THIS_MACHINE
    for name, value in settings.items():
        builder = builder.config(name, value)
    with _quiet():
        session = builder.getOrCreate()
    for name, value in _OF_A_SESSION.items():
        session.conf.set(name, value)
    if not connect:
        session.sparkContext.setLogLevel("OFF")
    atexit.register(_stop, session)
    return session


def _reach(url: str) -> None:
    """Raise OSError where no server is: Spark's own client would try for many minutes."""
    there = urlsplit(url)
    socket.create_connection((there.hostname or "", there.port or _PORT), _SECONDS).close()


def _stop(session: Any) -> None:
    with _quiet():
        session.stop()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep off stderr what Spark's JVM writes there: for its whole life, if it is started now."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as elsewhere:
        os.dup2(elsewhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
