"""A Source as its [sources.NAME] table."""

import os
import re
from pathlib import Path
from typing import Any, Final

from kpitree.numbers import machine
from kpitree.tree.model import EVERY, Lookup, Source
from kpitree.tree.unparsing import spelled

_FILE: Final = re.compile(r"(duckdb|sqlite)://(/[^?$]+)(\?.*)?")


def source_table(source: Source, folder: Path) -> dict[str, Any]:
    """The keys of a source, without those that say what holds anyway. folder: the tree file's."""
    lasts = source.until is not None
    keys = {
        **_place(source),
        "engine": None if source.engine == "polars" else source.engine,
        "connection": _connection(source.connection, folder),
        **_how(source),
        **({"from": source.time, "to": source.until} if lasts else {"time": source.time}),
        "time_format": source.time_format,
        "time_zone": source.time_zone,
        "where": None if source.where is None else spelled(source.where),
        "covers": None if source.covers is None else list(source.covers),
        "fresh_within": _age(source.fresh_within),
        "unique_by": list(source.unique_by),
        "ranges": {column: list(map(machine, ends)) for column, ends in source.ranges.items()},
        "columns": _columns(source),
        "dimensions": source.dimensions,
        "lookup": {name: _lookup(one) for name, one in source.lookups.items()},
    }
    return _given(keys)


def _given(keys: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in keys.items() if value not in (None, [], {})}


def _place(source: Source) -> dict[str, Any]:
    if source.table is not None:
        return {"table": source.table}
    if source.query is not None:
        return {"query": source.query}
    return {"path": source.path}


def _how(source: Source) -> dict[str, Any]:
    """How the rows of a source or a lookup are written down."""
    clean: object = source.clean
    if source.clean == {EVERY: "number"}:
        clean = "number"
    return {
        "sheet": source.sheet,
        "encoding": source.encoding,
        "decimal": source.decimal,
        "null_values": list(source.null_values),
        "clean": clean,
    }


def _columns(source: Source) -> dict[str, str]:
    return {column: spelled(expr) for column, expr in source.columns.items()}


def _lookup(lookup: Lookup) -> dict[str, Any]:
    rows = lookup.rows
    on: object = lookup.on
    if all(ours == theirs for ours, theirs in lookup.on.items()):
        on = list(lookup.on) if len(lookup.on) > 1 else next(iter(lookup.on))
    keys = {
        **_place(rows),
        **_how(rows),
        "time_format": rows.time_format,
        "on": on,
        "columns": _columns(rows),
    }
    return _given(keys)


def _connection(url: str | None, folder: Path) -> str | None:
    """The connection; a file near the tree file as a path from there, as it is read again."""
    found = _FILE.fullmatch(url or "")
    if found is None:
        return url
    near = Path(os.path.relpath(found[2], folder.resolve())).as_posix()
    if near.startswith("../../") or re.search(r"[?$]", near):
        return url
    return f"{found[1]}://{near}{found[3] or ''}"


def _age(days: int | None) -> str | None:
    if days is None:
        return None
    return f"{days // 7}w" if days % 7 == 0 else f"{days}d"
