"""Rows into a database, as its own loader takes them."""

from collections.abc import Mapping
from typing import Final

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


def _type(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.Datetime):
        return "timestamp" if dtype.time_zone is None else "timestamptz"
    return _TYPES[dtype.base_type()]
