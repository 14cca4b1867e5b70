"""Columns that are asked for, and what a file holds instead."""

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from typing import Final

import polars as pl

from kpitree.data.files.cleaning import key_of
from kpitree.data.files.found import Files
from kpitree.data.files.mistakes import Reading, collect
from kpitree.data.files.texts import shown
from kpitree.data.files.uses import Use
from kpitree.errors import SourceError, did_you_mean
from kpitree.tree.model import EVERY, Source

_VALUE: Final = re.compile(r"[-+]?[\d.,]+|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*")
_LINES: Final = 50
_ALIKE: Final = 0.85  # of get_close_matches(): one letter more or less in seven

Uses = Mapping[str, AbstractSet[Use]]


def refuse_unknown(source: Source, columns: Iterable[str], files: Files) -> None:
    """Raise SourceError for a column that `clean` names and the files do not have."""
    known = list(columns)
    for name in source.clean:
        if name != EVERY and name not in known:
            raise SourceError(
                f"there is no column {name!r}, which clean of [sources.{source.id}] names",
                where=files.shown,
                hint=did_you_mean(name, known),
            )


def refuse_texts_as_flags(
    uses: Uses, rows: pl.LazyFrame, types: dict[str, pl.DataType], reading: Reading
) -> None:
    """Raise SourceError for a column of texts that stands where true or false is needed.

    A column without any text is one of neither: it becomes true or false in `types`.
    """
    for name, use in uses.items():
        if Use.CONDITION not in use or types.get(name) != pl.String:
            continue
        first = collect([rows.select(name).drop_nulls().head(1)], reading)[0].to_series()
        key = key_of(name)
        such = f", such as {shown(first.item())}," if first.len() else ""
        raise SourceError(
            f"the column {name!r} holds texts{such} and stands where true or false is needed",
            where=reading.files.shown,
            hint=f'if they say yes or no: clean = {{ {key} = "boolean" }};'
            f" else write a comparison, such as: {key} == 'yes'",
        )


def refuse_other_headers(
    uses: Uses, columns: Iterable[str], files: Files, starts: Mapping[str, bytes]
) -> None:
    """Raise SourceError where the first line names no column in use, and seems to be no header."""
    names = list(columns)
    if not uses or not starts or not uses.keys().isdisjoint(names):
        return
    path = files.paths[0]
    lines = starts[path].decode("utf-8", errors="replace").splitlines()[:_LINES]
    wanted = max(uses, key=len)
    header = next((at for at, line in enumerate(lines) if _holds_all(line, uses)), None)
    if header:
        raise SourceError(
            f"the header stands in line {header + 1}",
            where=files.name(path),
            hint="remove the lines before it: the first line names the columns",
        )
    if any(_VALUE.fullmatch(name.strip()) for name in names):
        raise SourceError(
            f"there is no column {wanted!r}: the first line seems to hold data",
            where=files.name(path),
            hint=f"write the names of the columns into the first line, now {lines[0][:60]!r}",
        )


def refuse_lost_columns(
    source: Source,
    uses: Uses,
    headers: Mapping[str, AbstractSet[str]],
    files: Files,
    starts: Mapping[str, bytes],
) -> None:
    """Raise SourceError for a file of several whose rows would be lost, or count without values.

    That is: it lacks the time column, or all columns in use, or one that stands in it under nearly
    the same name. headers: the columns by path. starts: as of refuse_other_headers().
    """
    known = set[frozenset[str]]()
    there = [name for name in uses if any(name in names for names in headers.values())]
    for path, names in headers.items():
        lacking = [name for name in there if name not in names]
        if not lacking or frozenset(names) in known:
            continue
        known.add(frozenset(names))
        if path in starts:
            refuse_other_headers(uses, names, files.only(path), starts)
        for name in lacking:
            if near := _near(name, names, headers.values()):
                raise SourceError(
                    f"there is no column {name!r}, which other files have",
                    where=files.name(path),
                    hint=f"did you mean {near!r}? a column has one name in all files",
                )
        if source.time in lacking or uses.keys().isdisjoint(names):
            name = source.time if source.time in lacking else lacking[0]
            raise SourceError(
                f"there is no column {name!r}, which other files have, so no row would count",
                where=files.name(path),
                hint=did_you_mean(name, names),
            )


def _near(name: str, names: Iterable[str], headers: Iterable[AbstractSet[str]]) -> str | None:
    """The column that may be meant; none that stands beside this one somewhere."""
    beside = {other for header in headers if name in header for other in header}
    others = [other for other in names if other not in beside]
    same = [other for other in others if _letters(other) == _letters(name)]
    turned = [other for other in others if sorted(other) == sorted(name)]
    close = get_close_matches(name, others, n=1, cutoff=_ALIKE)
    return next(iter([*same, *turned, *close]), None)


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _holds_all(line: str, names: Iterable[str]) -> bool:
    fields = {field.strip().strip('"') for field in re.split(r"[,;\t|]", line)}
    return fields >= set(names)
