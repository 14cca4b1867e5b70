"""Rows into a database, as its own loader takes them."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from engines.servers import Postgres

_TYPES: Final[dict[type[pl.DataType], str]] = {
    pl.Int64: "bigint",
    pl.Float64: "double precision",
    pl.String: "text",
    pl.Boolean: "boolean",
    pl.Date: "date",
}


def load(server: Postgres, tables: Mapping[str, pl.DataFrame]) -> None:
    """Make tables of frames, in the schema public."""
    for name, frame in tables.items():
        file = server.home / f"{name}.csv"
        # An empty text stands in quotes, a null does not.
        frame.write_csv(file, quote_style="non_numeric", null_value="\\N")
        text = file.read_text("utf-8").replace('"\\N"', "\\N")
        file.write_text(text, "utf-8")
        columns = ", ".join(f'"{column}" {_type(of)}' for column, of in frame.schema.items())
        server.sql(f'create table public."{name}" ({columns})')
        server.sql(f"copy public.\"{name}\" from '{file}' (format csv, header, null '\\N')")
        server.sql(f'grant select on public."{name}" to kpitree')


def load_files(folder: Path, tables: Mapping[str, pl.DataFrame]) -> None:
    """Make shop.db, of DuckDB, and shop.sqlite, whose dates are texts and conditions 1 and 0."""
    with duckdb.connect(str(folder / "shop.db")) as database:
        for name, frame in tables.items():
            database.register("given", frame.to_arrow())
            statement = f'create table "{name}" as select * from given'  # noqa: S608 - ours
            database.execute(statement)
            database.unregister("given")
    with closing(sqlite3.connect(folder / "shop.sqlite")) as database, database:
        for name, frame in tables.items():
            columns = ", ".join(
                f'"{column}" {_affinity(of)}' for column, of in frame.schema.items()
            )
            database.execute(f'create table "{name}" ({columns})')
            marks = ", ".join("?" * frame.width)
            told = frame.with_columns(
                pl.selectors.temporal().cast(pl.String), pl.selectors.boolean().cast(pl.Int64)
            )
            statement = f'insert into "{name}" values ({marks})'  # noqa: S608 - ours
            database.executemany(statement, told.rows())


def _affinity(dtype: pl.DataType) -> str:
    if dtype.is_float():
        return "real"
    return "integer" if dtype.is_integer() or dtype == pl.Boolean else "text"


def _type(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.Datetime):
        return "timestamp" if dtype.time_zone is None else "timestamptz"
    return _TYPES[dtype.base_type()]
