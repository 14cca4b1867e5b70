"""Which source of a tree has the rows that a KPI needs, and what it has to hold."""

import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from kpitree.catalogue.entry import KpiKeys, Rows, columns_of
from kpitree.catalogue.wish import Wish
from kpitree.errors import Notice, UsageError
from kpitree.tree.model import Source, Tree

MOST_NAMED = 6


def source_for(rows: Rows, tree: Tree, path: Path, wish: Wish) -> str:
    """The name of the source that has these rows: one of the tree, or a new one.

    path: of the tree file. Raises UsageError: rows that last are wanted, and it has rows of one
    day each, or the other way round.
    """
    named = wish.sources.get(rows.name)
    if named is not None:
        _refuse_other_kind(rows, tree.sources[named], "--source")
        return named
    if rows.name in wish.files:
        same = _with_file(rows, tree, path.parent / wish.files[rows.name], wish.files[rows.name])
        return same or _free(rows.name, tree.sources)
    if rows.name in tree.sources:
        _refuse_other_kind(rows, tree.sources[rows.name], str(path))
    return rows.name


def _with_file(rows: Rows, tree: Tree, file: Path, written: str) -> str | None:
    """The source of the tree that is this very file, with all of its rows as they are."""
    places = {written, os.path.normpath(file)}
    found = (name for name, one in tree.sources.items() if one.location in places)
    return next((name for name in found if _has_them_all(tree.sources[name], rows)), None)


def _has_them_all(source: Source, rows: Rows) -> bool:
    """Whether it is all rows of its file, and of the same kind."""
    if source.where is not None or source.sheet is not None:
        return False
    if source.until is None:
        return rows.from_ is None
    return (source.time, source.until) == (rows.from_, rows.to)


def _refuse_other_kind(rows: Rows, source: Source, where: str) -> None:
    """Rows that last are not measured as those of one day are."""
    if (rows.from_ is None) == (source.until is None):
        return
    lasting, other = "has rows that last (from, to)", "has rows of one day each (time)"
    has, needs = (other, lasting) if source.until is None else (lasting, other)
    raise UsageError(
        f"the source {source.id!r} {has}, and this KPI needs one that {needs}",
        where=where,
        hint=f"a new source with a file of its own: --data {rows.name}=FILE",
    )


def _free(name: str, taken: Collection[str]) -> str:
    """The name, with a number behind it if it is taken."""
    names = (name, *(f"{name}_{number}" for number in range(2, len(taken) + 3)))
    return next(one for one in names if one not in taken)


def with_its_time(keys: KpiKeys, rows: Rows, source: Source | None) -> KpiKeys:
    """A leaf's keys for a source of the tree: it says itself when its rows are, where they differ.

    Of rows that last, the columns of the source count. source: None for a new one.
    """
    if source is None or source.until is not None or rows.time is None or "time" in keys:
        return keys
    return keys if source.time == rows.time else keys | {"time": rows.time}


def columns_needed(rows: Rows, tables: Iterable[KpiKeys], source: Source | None) -> dict[str, str]:
    """Of the rows, the columns that these leaves name, with their types.

    A new source needs the columns that place its rows in time, too; one of the tree has its own.
    """
    named = {column for keys in tables for column in columns_of(keys)}
    if source is None:
        named.update(rows.times.values())
    return {column.name: column.type for column in rows.columns.values() if column.name in named}


def implied(data: dict[str, Any]) -> list[str]:
    """The KPIs of a tree file that leave their source out, as it has one only."""
    if len(data.get("sources", {})) != 1:
        return []
    return [
        name
        for name, keys in data["kpi"].items()
        if keys.keys() & {"measure", "measured"} and "source" not in keys
    ]


def source_written(source: str, kpis: list[str]) -> Notice:
    """What is told where a second source comes into the tree."""
    more = len(kpis) - MOST_NAMED
    names = ", ".join(kpis[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    message = (
        f"source = {source!r} is now written in {names}, which left it out: there was one only"
    )
    return Notice(code="source_written", message=message, source=source)
