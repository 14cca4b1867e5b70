"""[sources.name] tables as values: where rows are, how they are written, what is looked up."""

import re
from datetime import date
from pathlib import Path
from typing import Any, Final

from kpitree.errors import did_you_mean
from kpitree.tree.mistakes import Mistakes
from kpitree.tree.model import EVERY, Lookup, Source
from kpitree.tree.parsing import parse_condition, parse_row
from kpitree.tree.positions import KeyPath
from kpitree.tree.stocks import times_of
from kpitree.tree.surroundings import expression, location_of, optional

_PLACES: Final = ("path", "table", "query")
_ENCODINGS: Final = (
    "utf-8", "utf-16", "windows-1252", "latin-1", "iso-8859-15", "windows-1250", "windows-1251",
    "mac-roman", "shift_jis", "gb18030", "big5", "euc-kr",
)  # fmt: skip
_FILE: Final = re.compile(r"(duckdb|sqlite)://(?!/)([^?$]+)(\?.*)?")


def build_source(name: str, table: dict[str, Any], folder: Path, mistakes: Mistakes) -> Source:
    """One [sources.name] table as a Source; what is missing becomes a mistake."""
    key = ("sources", name)
    rows = _rows(table, key, folder, mistakes)
    time, until = times_of(table, key, mistakes)
    _check_engine(table, key, mistakes)
    return Source(
        id=name,
        time=time,
        until=until,
        **rows,
        time_zone=table["time_zone"],
        where=optional(table["where"], parse_condition, (*key, "where"), mistakes),
        dimensions=table["dimensions"],
        covers=_covers(table["covers"], (*key, "covers"), mistakes),
        fresh_within=_fresh_within(table["fresh_within"], (*key, "fresh_within"), mistakes),
        engine=table["engine"],
        connection=_connection(table["connection"], folder),
        unique_by=_unique_by(table["unique_by"], (*key, "unique_by"), mistakes),
        ranges=_ranges(table["ranges"], (*key, "ranges"), mistakes),
        lookups=_lookups(table, key, folder, mistakes),
    )


def _rows(table: dict[str, Any], key: KeyPath, folder: Path, mistakes: Mistakes) -> dict[str, Any]:
    """Where the rows of a source or a lookup are, and how they are written."""
    place = _place(table, key, mistakes)
    columns = {
        column: expression(text, parse_row, (*key, "columns", column), mistakes)
        for column, text in table["columns"].items()
    }
    if table["encoding"] is not None:
        _check_encoding(table["encoding"], (*key, "encoding"), place, mistakes)
    if place != "path" and table["sheet"] is not None:
        mistakes.add((*key, "sheet"), "sheet is for files, and this is a database")
    return {
        "path": _shown(table, place),
        "location": location_of(table["path"] or "", folder) if place == "path" else "",
        "sheet": table["sheet"],
        "table": table["table"],
        "query": table["query"],
        "time_format": table["time_format"],
        "null_values": tuple(table["null_values"]),
        "encoding": table["encoding"],
        "decimal": table["decimal"],
        "clean": _clean(table["clean"]),
        "columns": {column: expr for column, expr in columns.items() if expr is not None},
    }


def _check_encoding(name: str, key: KeyPath, place: str, mistakes: Mistakes) -> None:
    if place != "path":
        mistakes.add(key, "encoding is for files, and this is a database")
        return
    try:
        "a".encode(name)  # refuses what is no encoding of text, too
    except (LookupError, ValueError):
        hint = did_you_mean(name.lower(), _ENCODINGS)
        mistakes.add(key, f"{name[:60]!r} is no encoding that is known here", hint)


def _place(table: dict[str, Any], key: KeyPath, mistakes: Mistakes) -> str:
    """path, table or query; exactly one of them is there."""
    given = [name for name in _PLACES if table[name] is not None or mistakes.about((*key, name))]
    if not given:
        mistakes.add(key, "the key 'path' is missing", 'such as: path = "data.csv"')
    elif len(given) > 1:
        message = f"rows come from one of path, table, query; these have {' and '.join(given)}"
        mistakes.add((*key, given[1]), message, "keep one of them")
    for name in given:
        text = table[name] or ""
        if table[name] is not None and not text.strip():
            mistakes.add((*key, name), "this is empty")
        if "\0" in text:
            mistakes.add((*key, name), "the character U+0000 cannot stand here", "remove it")
    return given[0] if given else "path"


def _connection(url: str | None, folder: Path) -> str | None:
    """A database that is a file beside the tree file is found from wherever kpitree is called."""
    found = _FILE.fullmatch(url or "")
    return url if found is None else f"{found[1]}://{(folder / found[2]).resolve()}{found[3] or ''}"


def _shown(table: dict[str, Any], place: str) -> str:
    match place:
        case "path":
            return table["path"] or ""
        case "table":
            return f"the table {table['table']}"
        case _:
            return "the query"


def _clean(given: str | dict[str, str] | None) -> dict[str, str]:
    if given is None:
        return {}
    return {EVERY: given} if isinstance(given, str) else given


def _check_engine(table: dict[str, Any], key: KeyPath, mistakes: Mistakes) -> None:
    """An engine reads files, a connection tables and queries, Spark either."""
    connection, path = table["connection"], table["path"]
    remote = table["table"] is not None or table["query"] is not None
    if connection is not None and not connection.strip():
        mistakes.add((*key, "connection"), "this is empty")
    if table["engine"] == "spark":
        return
    if connection is not None and table["engine"] == "duckdb":
        message = "a connection says itself what it is; engine = 'duckdb' reads files"
        mistakes.add((*key, "engine"), message, "leave out one of them")
    if connection is not None and path is not None:
        message = "a connection has tables and queries, not files"
        mistakes.add((*key, "path"), message, 'such as: table = "public.orders"')
    if remote and connection is None:
        place = "table" if table["table"] is not None else "query"
        hint = 'such as: connection = "postgres://user:${PGPASSWORD}@host/database"'
        mistakes.add((*key, place), "the key 'connection' is missing", hint)


def _lookups(
    table: dict[str, Any], key: KeyPath, folder: Path, mistakes: Mistakes
) -> dict[str, Lookup]:
    found = {}
    for name, given in table["lookup"].items():
        place = (*key, "lookup", name)
        if not name.isidentifier():
            mistakes.add(place, f"{name!r} is not a plain name", "letters, digits and _ only")
        rows = Source(
            id=f"{key[-1]}.lookup.{name}",
            time="",
            **_rows(given, place, folder, mistakes),
            engine=table["engine"],
            connection=_connection(table["connection"], folder),
        )
        found[name] = Lookup(name=name, rows=rows, on=_on(given["on"], place, mistakes))
    return found


def _on(
    given: str | list[str] | dict[str, str] | None, key: KeyPath, mistakes: Mistakes
) -> dict[str, str]:
    """The columns of a join's key: of the rows -> of what is looked up."""
    match given:
        case str():
            on = {given: given}
        case list():
            on = {column: column for column in given}
        case dict():
            on = given
        case _:
            if not mistakes.about((*key, "on")):
                hint = 'such as: on = "customer_id"'
                mistakes.add(key, "the key 'on' is missing", hint)
            return {}
    if not on or not all(one.strip() for pair in on.items() for one in pair):
        mistakes.add((*key, "on"), "this is empty")
    return on


def _unique_by(columns: list[str], key: KeyPath, mistakes: Mistakes) -> tuple[str, ...]:
    if not all(column.strip() for column in columns):
        mistakes.add(key, "this holds an empty name", 'such as: unique_by = ["order_id"]')
    return tuple(dict.fromkeys(columns))


def _ranges(
    given: dict[str, list[float]], key: KeyPath, mistakes: Mistakes
) -> dict[str, tuple[float, float]]:
    found = {}
    for column, bounds in given.items():
        if len(bounds) != 2 or bounds[0] > bounds[1]:
            message, hint = "a range is [low, high]", f"such as: {column} = [0, 100000]"
            mistakes.add((*key, column), message, hint)
        else:
            found[column] = (bounds[0], bounds[1])
    return found


def _covers(days: list[date] | None, key: KeyPath, mistakes: Mistakes) -> tuple[date, date] | None:
    if days is None:
        return None
    if len(days) != 2 or days[0] > days[1]:
        mistakes.add(
            key,
            "two days are needed, the first and the last",
            'such as: ["2025-01-01", "2025-12-31"]',
        )
        return None
    return days[0], days[1]


def _fresh_within(text: str | None, key: KeyPath, mistakes: Mistakes) -> int | None:
    """A number of days, written `2d` or `1w`."""
    if text is None:
        return None
    found = re.fullmatch(r"\s*(\d{1,5})\s*([dw])\s*", text)
    if found is None or int(found[1]) == 0:
        hint = 'such as: "2d", "1w"; data to the day before is 1d old'
        mistakes.add(key, f"{text[:60]!r} is not a number of days or weeks", hint)
        return None
    return int(found[1]) * (7 if found[2] == "w" else 1)
