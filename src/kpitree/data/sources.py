"""Open the files of a source lazily, with every column of the type its use asks for."""

import glob
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

import polars as pl

from kpitree.data import delimited
from kpitree.data.dialect import POLARS, Dialect, Frame
from kpitree.data.files import Files, Kind, find_files
from kpitree.data.mistakes import Reading, explaining, refuse_different_columns
from kpitree.data.uses import Use
from kpitree.errors import Notice, SourceError
from kpitree.tree.model import Source

_SAMPLE_ROWS: Final = 1_000

Types = dict[str, pl.DataType]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The raw rows of a source, nothing of which has been read yet.

    rows: every column, under the names of the file. types: what they are.
    texts_as_numbers: CSV columns used both as text and as numbers; read as text.
    suspicious: delimited.suspicious_lines (CSV), else None.
    dialect: how expressions over the rows are said, and who runs them.
    notices: what the reader should know of how they were opened.
    """

    reading: Reading
    rows: Frame
    types: Types
    texts_as_numbers: frozenset[str] = frozenset()
    suspicious: pl.LazyFrame | None = None
    dialect: Dialect = POLARS
    notices: tuple[Notice, ...] = ()

    def collect(self, frames: Sequence[Frame]) -> list[pl.DataFrame]:
        """Run queries over the rows together. Raises SourceError for what the data makes fail."""
        return self.dialect.collect(frames, self.reading)

    @property
    def shown(self) -> str:
        """The path as the user wrote it, for messages."""
        return self.reading.files.shown


def open_source(
    source: Source, override: str | None = None, uses: Mapping[str, AbstractSet[Use]] | None = None
) -> Opened:
    """Open what a source's path (or the override; "-" is standard input) leads to.

    uses: what each column is used as (uses.uses_of), which decides the types of CSV and NDJSON
    columns: numbers where used as numbers, else text; Parquet and Arrow know their own.
    Raises SourceError: nothing there, unreadable, or files that do not belong together.
    """
    files = find_files(override or source.location, override or source.path)
    with explaining(Reading(files=files)):
        match files.kind:
            case Kind.CSV:
                return _open_csv(files, source, uses or {})
            case Kind.NDJSON:
                return _open_ndjson(files, source, uses or {})
            case Kind.PARQUET | Kind.IPC:
                return _open_typed(files, source)


def _open_typed(files: Files, source: Source) -> Opened:
    if files.kind is Kind.IPC:
        rows = pl.scan_ipc(list(files.paths), glob=files.remote)
    else:
        rows = pl.scan_parquet(list(files.paths), hive_partitioning=files.hive, glob=files.remote)
    types = dict(rows.collect_schema())
    if not files.remote:
        refuse_different_columns(files, None)
    rows = _without_null_values(rows, types, source.null_values)
    return Opened(reading=Reading(files=files), rows=rows, types=types)


def _without_null_values(
    rows: pl.LazyFrame, types: Types, null_values: tuple[str, ...]
) -> pl.LazyFrame:
    texts = [name for name, dtype in types.items() if null_values and dtype == pl.String]
    return rows.with_columns(
        pl.when(~pl.col(name).is_in(null_values)).then(pl.col(name)).alias(name) for name in texts
    )


def _open_csv(files: Files, source: Source, uses: Mapping[str, AbstractSet[Use]]) -> Opened:
    layout = delimited.Layout(
        separator=delimited.separator_of(files), null_values=source.null_values
    )
    with explaining(Reading(files=files, layout=layout)):
        sample = _csv_sample(files, layout)
        refuse_different_columns(files, layout)
    if any("\ufffd" in name for name in sample):
        delimited.refuse_other_encodings(files)
    _refuse_repeated(sample, uses, files)
    mixed = frozenset(
        name for name, use in uses.items() if name in sample and _is_number(use) and _is_text(use)
    )
    types: Types = {
        name: pl.Boolean() if dtype == pl.Boolean else pl.Float64()
        for name, dtype in sample.items()
        if name not in mixed and _is_number(uses.get(name, ()), dtype)
    }
    numbers = tuple(name for name, dtype in types.items() if dtype == pl.Float64)
    rows = delimited.scan(files, layout, types)
    return Opened(
        reading=Reading(files=files, layout=layout, numbers=(*numbers, *sorted(mixed))),
        rows=rows,
        types=dict(rows.collect_schema()),
        texts_as_numbers=mixed,
        suspicious=delimited.suspicious_lines(files, layout, len(sample)),
    )


def _csv_sample(files: Files, layout: delimited.Layout) -> Types:
    """The columns of the first file, with the types its first rows suggest."""
    rows = pl.scan_csv(
        files.paths[0],
        separator=layout.separator,
        null_values=layout.nulls,
        infer_schema_length=_SAMPLE_ROWS,
        glob=files.remote,
    )
    return dict(rows.collect_schema())


def _refuse_repeated(names: Types, uses: Mapping[str, AbstractSet[Use]], files: Files) -> None:
    for name in uses:
        if f"{name}_duplicated_0" in names:  # how polars renames the second of two
            raise SourceError(f"two columns are named {name!r}", where=files.shown)


def _is_number(use: AbstractSet[Use] | tuple[()], dtype: pl.DataType | None = None) -> bool:
    return Use.NUMBER in use or (dtype == pl.Boolean and Use.CONDITION in use)


def _is_text(use: AbstractSet[Use]) -> bool:
    return Use.TEXT in use or Use.DATE in use


def _open_ndjson(files: Files, source: Source, uses: Mapping[str, AbstractSet[Use]]) -> Opened:
    sample = dict(_scan_ndjson(files, {}, _SAMPLE_ROWS).collect_schema())
    length = _SAMPLE_ROWS if all(name in sample for name in uses) else None
    if length is None:  # a key may turn up late
        sample = dict(_scan_ndjson(files, {}, None).collect_schema())
    types: Types = {}
    for name, use in uses.items():
        if name in sample and (sample[name].is_numeric() or sample[name] in (pl.String, pl.Null)):
            types[name] = pl.Float64() if _is_number(use) else pl.String()
    mixed = frozenset(name for name in types if _is_number(uses[name]) and _is_text(uses[name]))
    types |= {name: pl.String() for name in mixed}
    rows = _scan_ndjson(files, types, length)
    known = dict(rows.collect_schema())
    numbers = tuple(name for name, dtype in types.items() if dtype == pl.Float64)
    return Opened(
        reading=Reading(files=files, numbers=numbers),
        rows=_without_null_values(rows, known, source.null_values),
        types=known,
        texts_as_numbers=mixed,
    )


def _scan_ndjson(files: Files, types: Types, length: int | None) -> pl.LazyFrame:
    # scan_ndjson has no glob=False: a local name that holds [ or * is escaped instead.
    paths = files.paths if files.remote else tuple(map(glob.escape, files.paths))
    return pl.scan_ndjson(list(paths), schema_overrides=types, infer_schema_length=length)
