"""Files that know the types of their columns, and do not agree about them.

What a column is used as decides what it becomes: numbers of any width are numbers, whole ones
in a column of texts are their digits, a date among instants is its midnight. Only columns in use
matter; files that differ in others are read in one scan.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from kpitree.data.files.cleaning import Rule, key_of
from kpitree.data.files.found import FILE, Files, Kind
from kpitree.data.files.uses import Use
from kpitree.errors import Notice, SourceError

Types = dict[str, pl.DataType]

_KINDS: Final = {
    pl.String: "texts",
    pl.Boolean: "true or false",
    pl.Date: "dates",
    pl.Datetime: "points in time",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of the columns, and how texts among them are read.

    uses: what each column is used as; empty: all columns are wanted as they are.
    time_format: how the source writes times in text. zoned: whether naive instants have a zone.
    """

    uses: Mapping[str, AbstractSet[Use]]
    rules: Mapping[str, Rule]
    time_format: str | None
    zoned: bool


@dataclass(frozen=True, slots=True)
class Unified:
    """One table of all files. lacking: by column in use, how many files do not have it."""

    rows: pl.LazyFrame
    types: Types
    lacking: dict[str, int]


def schema_of(kind: Kind, path: str) -> Types:
    """The columns of one local file."""
    if kind is Kind.IPC:
        return dict(pl.read_ipc_schema(path))
    return dict(pl.read_parquet_schema(path))


def unify(
    files: Files,
    schemas: Mapping[str, Types],
    wanted: Wanted,
    scan: Callable[[Sequence[str], Types], pl.LazyFrame],
) -> Unified:
    """The rows of files whose columns differ, as one table of the columns wanted.

    schemas: by path. scan: files whose columns of the given types are alike.
    Raises SourceError naming file and column where types do not go together.
    """
    names = _names(schemas, wanted)
    types = {name: _common(name, files, schemas, wanted) for name in names}
    groups: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for path, schema in schemas.items():
        key = tuple((name, str(schema[name])) for name in names if name in schema)
        groups.setdefault(key, []).append(path)
    frames = []
    for paths in groups.values():
        schema = {name: schemas[paths[0]][name] for name in names if name in schemas[paths[0]]}
        columns = [_as(name, schema, types[name], wanted) for name in names]
        rows = scan(paths, schema)
        frames.append(rows.select(*columns, *([FILE] if FILE in rows.collect_schema() else ())))
    lacking = {
        name: count
        for name in wanted.uses or names
        if name in types and (count := sum(name not in schema for schema in schemas.values()))
    }
    return Unified(frames[0] if len(frames) == 1 else pl.concat(frames), types, lacking)


def lacking_notices(
    files: Files, lacking: Mapping[str, int], number: int, source: str
) -> Iterable[Notice]:
    """A word for columns in use that some files do not have. number: of files."""
    for name, count in lacking.items():
        files_have = "1 file has" if count == 1 else f"{count} files have"
        yield Notice(
            code="missing_columns",
            message=f"{files_have} no column {name!r}, of {number} in {files.shown}:"
            " no value there",
            source=source,
            count=count,
        )


def _names(schemas: Mapping[str, Types], wanted: Wanted) -> list[str]:
    """The columns in use, and those that all files have alike, in the order they turn up."""
    every = dict.fromkeys(name for schema in schemas.values() for name in schema)
    used = wanted.uses.keys() | wanted.rules.keys()
    if not wanted.uses:
        return list(every)
    first, *others = schemas.values()
    return [
        name
        for name in every
        if name in used
        or (name in first and all(other.get(name) == first[name] for other in others))
    ]


def _common(name: str, files: Files, schemas: Mapping[str, Types], wanted: Wanted) -> pl.DataType:
    """The one type of a column. Raises SourceError where there is none."""
    found = {path: schema[name] for path, schema in schemas.items() if name in schema}
    first = next((path for path, dtype in found.items() if dtype != pl.Null), next(iter(found)))
    common = found[first]
    for path, dtype in found.items():
        joined = _joined(common, dtype, name, wanted)
        if joined is None:
            raise SourceError(
                f"the column {name!r} holds {_said(dtype)} here, and {_said(common)} in "
                f"{Path(files.copies.get(first, first)).name}",
                where=files.name(path),
                hint=_way_out(name, {common, dtype}, wanted),
            )
        common = joined
    return common


def _joined(one: pl.DataType, other: pl.DataType, name: str, wanted: Wanted) -> pl.DataType | None:
    """What both become, or None."""
    if other in (one, pl.Null):
        return one
    if one == pl.Null:
        return other
    both = (one, other)
    use = wanted.uses.get(name, set())
    if all(map(_is_text, both)):
        return pl.String()
    if all(map(_is_number, both)):
        return _number_of(one, other)
    if name in wanted.rules and all(map(_cleanable, both)):
        return wanted.rules[name].dtype
    if any(map(_is_text, both)) and Use.NUMBER not in use:
        if all(_is_text(each) or each.is_integer() for each in both):
            return pl.String()
        if all(_is_text(each) or _is_naive(each) for each in both) and not wanted.zoned:
            return pl.String()
    if all(isinstance(each, pl.Datetime) for each in both):
        return _instant_of(one, other)
    if all(map(_is_naive, both)) and not wanted.zoned:
        return pl.Datetime("us")
    if Use.NUMBER in use and all(_is_number(each) or each == pl.Boolean for each in both):
        return pl.Float64()
    return None


def _number_of(one: pl.DataType, other: pl.DataType) -> pl.DataType:
    whole = one.is_integer() and other.is_integer()
    return pl.Int64() if whole and pl.UInt64 not in (one, other) else pl.Float64()


def _instant_of(one: pl.DataType, other: pl.DataType) -> pl.DataType | None:
    zones = [each.time_zone for each in (one, other) if isinstance(each, pl.Datetime)]
    if (zones[0] is None) != (zones[1] is None):
        return None
    return pl.Datetime("us", zones[0] if zones[0] == zones[1] else "UTC")


def _is_text(dtype: pl.DataType) -> bool:
    return isinstance(dtype, pl.String | pl.Categorical | pl.Enum)


def _is_number(dtype: pl.DataType) -> bool:
    return dtype.is_numeric()


def _is_naive(dtype: pl.DataType) -> bool:
    return dtype == pl.Date or (isinstance(dtype, pl.Datetime) and dtype.time_zone is None)


def _cleanable(dtype: pl.DataType) -> bool:
    return _is_text(dtype) or _is_number(dtype) or dtype == pl.Boolean


def _said(dtype: pl.DataType) -> str:
    if dtype.is_numeric():
        return "numbers"
    if isinstance(dtype, pl.Datetime) and dtype.time_zone:
        return f"points in time of {dtype.time_zone}"
    return "texts" if _is_text(dtype) else _KINDS.get(dtype.base_type(), str(dtype))


def _way_out(name: str, both: set[pl.DataType], wanted: Wanted) -> str:
    number = Use.NUMBER in wanted.uses.get(name, set()) and any(map(_is_number, both))
    if number and any(map(_is_text, both)):
        key = key_of(name)
        return f'if the texts are numbers, say so: clean = {{ {key} = "number" }}'
    return "write it in all files as in one of them"


def _as(name: str, schema: Types, target: pl.DataType, wanted: Wanted) -> pl.Expr:
    """A column of one group of files, as the type it has in all."""
    if name not in schema:
        return pl.lit(None, dtype=target).alias(name)
    column, dtype = pl.col(name), schema[name]
    if dtype == target:
        return column
    if _is_text(dtype) and name in wanted.rules and target == wanted.rules[name].dtype:
        return wanted.rules[name].read(column.cast(pl.String)).alias(name)
    if target == pl.String and _is_naive(dtype):
        iso = "%Y-%m-%d" if dtype == pl.Date else "%Y-%m-%d %H:%M:%S"
        return column.dt.to_string(wanted.time_format or iso)
    if isinstance(target, pl.Datetime) and target.time_zone:
        return column.dt.convert_time_zone(target.time_zone).cast(target)
    return column.cast(target)
