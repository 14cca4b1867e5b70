"""Columns that are asked for, and what a file holds instead."""

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

import polars as pl

from kpitree.data.files import Files
from kpitree.data.mistakes import Reading, collect
from kpitree.data.uses import Use
from kpitree.errors import SourceError, did_you_mean
from kpitree.tree.model import EVERY, Source

_VALUE: Final = re.compile(r"[-+]?[\d.,]+|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*")
_LINES: Final = 50

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
        key = name if name.isidentifier() else f'"{name}"'
        shown = f", such as {first.item()!r}," if first.len() else ""
        raise SourceError(
            f"the column {name!r} holds texts{shown} and stands where true or false is needed",
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


def _holds_all(line: str, names: Iterable[str]) -> bool:
    fields = {field.strip().strip('"') for field in re.split(r"[,;\t|]", line)}
    return fields >= set(names)
