"""Open the files of a source lazily, with every column of the type its use asks for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import polars as pl

from kpitree.data.dialect import POLARS, Dialect, Frame
from kpitree.data.files import delimited, lakes, schemas, typed, workbooks
from kpitree.data.files.cleaning import Rule, rules_of
from kpitree.data.files.found import FILE, Files, Kind, find_files
from kpitree.data.files.lines import scan_known, scan_ndjson
from kpitree.data.files.mistakes import Reading, explaining
from kpitree.data.files.schemas import Unified, Wanted
from kpitree.data.files.starts import Texts, look_at
from kpitree.data.files.uses import Use
from kpitree.data.files.wanting import (
    refuse_lost_columns,
    refuse_other_headers,
    refuse_texts_as_flags,
    refuse_unknown,
)
from kpitree.errors import Notice, SourceError
from kpitree.tree.model import Source

_SAMPLE_ROWS: Final = 1_000
_FLAG: Final = re.compile("true|True|TRUE|false|False|FALSE")  # as polars' own reader

Types = dict[str, pl.DataType]
Uses = Mapping[str, AbstractSet[Use]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The raw rows of a source, nothing of which has been read yet.

    rows: every column, under the names of the file; where the files differ in their columns, those
    in use. types: what they are. texts_as_numbers: CSV columns used both as text and as numbers;
    read as text. suspicious: delimited.suspicious_lines (CSV), else None.
    dialect: how expressions over the rows are said, and who runs them.
    notices: what the reader should know of how they were opened.
    by_file: whether the rows say under FILE, which is none of `types`, which path they are of.
    unified: whether the files' own columns are not all alike, and were made so.
    """

    reading: Reading
    rows: Frame
    types: Types
    texts_as_numbers: frozenset[str] = frozenset()
    suspicious: pl.LazyFrame | None = None
    dialect: Dialect = POLARS
    notices: tuple[Notice, ...] = ()
    by_file: bool = False
    unified: bool = False

    def collect(self, frames: Sequence[Frame]) -> list[pl.DataFrame]:
        """Run queries over the rows together. Raises SourceError for what the data makes fail."""
        return self.dialect.collect(frames, self.reading)

    @property
    def shown(self) -> str:
        """The path as the user wrote it, for messages."""
        return self.reading.files.shown


def open_source(
    source: Source,
    override: str | None = None,
    uses: Mapping[str, AbstractSet[Use]] | None = None,
    files: Files | None = None,
) -> Opened:
    """Open what a source's path (or the override; "-" is standard input) leads to.

    uses: what each column is used as (uses.uses_of), which decides the types of CSV and NDJSON
    columns: numbers where used as numbers, else text; Parquet and Arrow know their own. Columns
    with a rule (`clean`, `decimal`) are read by it, whatever holds them (cleaning.py).
    files: what the path leads to, where that is known; or only some of it.
    Raises SourceError: nothing there, unreadable, or files that do not belong together.
    """
    files = files or find_files(override or source.location, override or source.path)
    files = replace(files, sheet=source.sheet)
    opener = _Opener(source, uses or {}, rules_of(source, uses or {}))
    with explaining(Reading(files=files)):
        match files.kind:
            case Kind.CSV:
                return opener.csv(look_at(files, source.encoding, source.id))
            case Kind.NDJSON:
                return opener.ndjson(look_at(files, source.encoding, source.id))
            case Kind.PARQUET | Kind.IPC:
                return opener.typed(files)
            case Kind.EXCEL:
                return opener.workbooks(files)
            case Kind.DELTA | Kind.ICEBERG:
                return opener.scanned(files, lakes.scan_table(files))


@dataclass(frozen=True, slots=True)
class _Opener:
    """A source about to be opened. rules: how the texts of columns are read, by column."""

    source: Source
    uses: Uses
    rules: dict[str, Rule]

    # --- files that say what their columns are --------------------------------------------------

    def typed(self, files: Files) -> Opened:
        if files.remote or len(files.paths) == 1:
            return self.scanned(files, _scan_typed(files))
        found = {path: schemas.schema_of(files.kind, path) for path in files.paths}
        first = found[files.paths[0]]
        if all(schema == first for schema in found.values()):
            return self.scanned(files, _scan_typed(files))
        keys = _hive_types(files, first)
        found = {path: schema | keys for path, schema in found.items()}
        self._refuse_lost(found, files)

        def scan(paths: Sequence[str], types: Types) -> pl.LazyFrame:
            some = replace(files, paths=tuple(paths))
            return _scan_typed(some, None if len(paths) == 1 else types, keys)

        return self._unified(files, schemas.unify(files, found, self._wanted(), scan))

    def workbooks(self, files: Files) -> Opened:
        for name, use in self.uses.items():  # numbers and texts in one column of a sheet are texts
            if Use.NUMBER in use and name not in self.rules:
                self.rules[name] = Rule("plain", self.source.decimal)
        found = {path: workbooks.rows_of(files, path, self.rules) for path in files.paths}
        types = {path: dict(frame.schema) for path, frame in found.items()}
        for path, frame in found.items():
            workbooks.refuse_other_headers(frame, self.uses, files.name(path))
        self._refuse_lost(types, files)
        wanted = self._wanted()

        def scan(paths: Sequence[str], _types: Types) -> pl.LazyFrame:
            frames = [found[path].lazy() for path in paths]
            rows = pl.concat(frames, how="diagonal")
            return rows.filter(~pl.all_horizontal(pl.all().is_null()))

        if len(found) == 1:
            return self.scanned(files, scan(files.paths, {}))
        return self._unified(files, schemas.unify(files, types, wanted, scan))

    def _refuse_lost(
        self,
        headers: Mapping[str, Iterable[str]],
        files: Files,
        starts: Mapping[str, bytes] = MappingProxyType({}),
    ) -> None:
        """See refuse_lost_columns()."""
        names = {path: frozenset(header) for path, header in headers.items()}
        refuse_lost_columns(self.source, self.uses, names, files, starts)

    def _wanted(self) -> Wanted:
        zoned = self.source.time_zone is not None
        return Wanted(
            uses=self.uses, rules=self.rules, time_format=self.source.time_format, zoned=zoned
        )

    def _unified(self, files: Files, unified: Unified) -> Opened:
        opened = self.scanned(files, unified.rows)
        number = len(files.paths)
        notices = schemas.lacking_notices(files, unified.lacking, number, self.source.id)
        return replace(opened, notices=tuple(notices), unified=True)

    def scanned(self, files: Files, rows: pl.LazyFrame) -> Opened:
        """Rows whose columns have types; texts among them are read by their rules."""
        types = dict(rows.collect_schema())
        by_file = types.pop(FILE, None) is not None
        refuse_unknown(self.source, types, files)
        rows = _without_null_values(rows, types, self.source.null_values)
        rows, types = self._cleaned(rows, types)
        reading = Reading(files=files, rules=self.rules, null_values=self.source.null_values)
        refuse_texts_as_flags(self.uses, rows, types, reading)
        return Opened(reading=reading, rows=rows, types=types, by_file=by_file)

    def _cleaned(self, rows: pl.LazyFrame, types: Types) -> tuple[pl.LazyFrame, Types]:
        """The columns that have rules, read by them."""
        read = {}
        for name, rule in self.rules.items():
            dtype = types.get(name)
            if dtype is None or dtype == rule.dtype:
                continue
            flags = rule.kind == "boolean" and dtype.is_integer()
            if flags or isinstance(dtype, pl.String | pl.Categorical | pl.Enum):
                read[name] = rule.read(pl.col(name).cast(pl.String)).alias(name)
        if not read:
            return rows, types
        return rows.with_columns(read.values()), types | {
            name: self.rules[name].dtype for name in read
        }

    # --- CSV --------------------------------------------------------------------------------------

    def csv(self, texts: Texts) -> Opened:
        files, source = texts.files, self.source
        layout = delimited.layout_of(files, texts.starts, source.null_values, self.uses)
        with explaining(Reading(files=files, layout=layout)):
            sample = self._csv_sample(files, layout)
            sample |= self._late_flags(files, layout, sample)
        if any("\ufffd" in name for name in sample):
            delimited.refuse_other_encodings(files)
        _refuse_repeated(sample, self.uses, files, layout)
        refuse_other_headers(self.uses, sample, files, texts.starts)
        self._refuse_lost({p: h.names for p, h in layout.headers.items()}, files, texts.starts)
        refuse_unknown(source, sample, files)
        mixed = self._mixed(sample)
        types = self._csv_types(sample, mixed)
        numbers = [name for name, dtype in types.items() if dtype == pl.Float64]
        flags = [name for name, dtype in types.items() if dtype == pl.Boolean]
        reading = Reading(
            files=files,
            layout=layout,
            numbers=(*numbers, *sorted(mixed)),
            flags=tuple(flags),
            rules=self.rules,
            null_values=source.null_values,
        )
        rows = delimited.scan(files, layout, types)
        known = dict(rows.collect_schema())
        by_file = known.pop(FILE, None) is not None
        rows, known = self._cleaned(rows, known)
        refuse_texts_as_flags(self.uses, rows, known, reading)
        return Opened(
            reading=reading,
            rows=rows,
            types=known,
            texts_as_numbers=mixed,
            suspicious=delimited.suspicious_lines(files, layout, len(sample)),
            notices=(*texts.notices, *self._lacking(files, layout)),
            by_file=by_file,
        )

    def _csv_sample(self, files: Files, layout: delimited.Layout) -> Types:
        """The columns, with the types that the first rows of the first file with each suggest."""
        sample: Types = {}
        firsts: dict[delimited.Header, str] = {}
        for path, header in layout.headers.items():
            firsts.setdefault(header, path)
        for path in firsts.values() or files.paths[:1]:
            own = layout.of(path)
            rows = pl.scan_csv(
                path,
                separator=own.separator,
                skip_lines=own.skip,
                null_values=own.nulls,
                infer_schema_length=_SAMPLE_ROWS,
                truncate_ragged_lines=True,
                glob=files.remote,
            )
            sample = dict(rows.collect_schema()) | sample
        return sample

    def _late_flags(self, files: Files, layout: delimited.Layout, sample: Types) -> Types:
        """Columns that say nothing in the first rows, and then, if anything, true or false.

        Of those that stand where a condition is needed.
        """
        asked = [
            name
            for name, use in self.uses.items()
            if Use.CONDITION in use and sample.get(name) == pl.String and name not in self.rules
        ]
        if not asked:
            return {}
        rows = delimited.scan(files, layout, {})
        first = [rows.select(pl.col(name).drop_nulls().head(1)) for name in asked]
        values = [
            found.to_series().to_list() for found in pl.collect_all(first, engine="streaming")
        ]
        flags = zip(asked, values, strict=True)
        return {name: pl.Boolean() for name, value in flags if all(map(_FLAG.fullmatch, value))}

    def _csv_types(self, sample: Types, mixed: frozenset[str]) -> Types:
        return {
            name: pl.Boolean() if dtype == pl.Boolean else pl.Float64()
            for name, dtype in sample.items()
            if name not in mixed
            and name not in self.rules
            and _is_number(self.uses.get(name, ()), dtype)
        }

    def _mixed(self, sample: Types) -> frozenset[str]:
        """Columns used both as numbers and as texts; what has a rule is what the rule says."""
        both = {name for name, use in self.uses.items() if _is_number(use) and _is_text(use)}
        return frozenset(both & sample.keys() - self.rules.keys())

    def _lacking(self, files: Files, layout: delimited.Layout) -> tuple[Notice, ...]:
        headers = layout.headers.values()
        lacking = {
            name: count
            for name in self.uses
            if name in layout.names and (count := sum(name not in h.names for h in headers))
        }
        return tuple(schemas.lacking_notices(files, lacking, len(layout.headers), self.source.id))

    # --- NDJSON -----------------------------------------------------------------------------------

    def ndjson(self, texts: Texts) -> Opened:
        files, uses = texts.files, self.uses
        sample = _ndjson_sample(files, uses)
        refuse_unknown(self.source, sample, files)
        with_numbers, with_texts = typed.numbers_and_texts(files, self.rules)
        for name in with_numbers - with_texts:  # as typed as it can be: nothing to clean
            del self.rules[name]
        types: Types = {name: pl.String() for name in self.rules if name in sample}
        for name, use in uses.items():
            if name in sample and name not in types and _is_simple(sample[name]):
                types[name] = pl.Float64() if _is_number(use) else pl.String()
        mixed = frozenset(n for n in self._mixed(sample) if n in types)
        types |= {name: pl.String() for name in mixed}
        rows = (
            typed.scan_rewritten(files, sample | types, self.rules)
            if with_numbers & with_texts
            else scan_known(files, sample | types)
        )
        known = dict(rows.collect_schema())
        by_file = known.pop(FILE, None) is not None
        rows = _without_null_values(rows, known, self.source.null_values)
        rows, known = self._cleaned(rows, known)
        reading = Reading(
            files=files,
            numbers=tuple(name for name, dtype in types.items() if dtype == pl.Float64),
            rules=self.rules,
            null_values=self.source.null_values,
        )
        refuse_texts_as_flags(uses, rows, known, reading)
        return Opened(
            reading=reading,
            rows=rows,
            types=known,
            texts_as_numbers=mixed,
            notices=texts.notices,
            by_file=by_file,
        )


def _scan_typed(
    files: Files, types: Types | None = None, keys: Types | None = None
) -> pl.LazyFrame:
    """types: the columns to be read, where others need not be alike. keys: those of folders."""
    if files.kind is Kind.IPC:
        if types is None:
            return pl.scan_ipc(
                list(files.paths), glob=files.remote, include_file_paths=files.path_column
            )
        wanted = [*types, *([FILE] if files.by_file else ())]
        scans = (
            pl.scan_ipc(path, glob=False, include_file_paths=files.path_column).select(wanted)
            for path in files.paths
        )
        return pl.concat(list(scans))
    if types is None:
        return pl.scan_parquet(
            list(files.paths), hive_partitioning=files.hive, glob=files.remote,
            hive_schema=keys or None, include_file_paths=files.path_column,
        )  # fmt: skip
    return pl.scan_parquet(
        list(files.paths),
        schema={name: dtype for name, dtype in types.items() if name not in (keys or {})},
        extra_columns="ignore",
        hive_partitioning=files.hive,
        hive_schema=keys or None,
        glob=False,
        include_file_paths=files.path_column,
    )


def _hive_types(files: Files, first: Types) -> Types:
    """The columns that folders named key=value make."""
    if not files.hive:
        return {}
    every = pl.scan_parquet(list(files.paths), hive_partitioning=True, glob=False).collect_schema()
    return {name: dtype for name, dtype in every.items() if name not in first}


def _without_null_values(
    rows: pl.LazyFrame, types: Types, null_values: tuple[str, ...]
) -> pl.LazyFrame:
    texts = [name for name, dtype in types.items() if null_values and dtype == pl.String]
    return rows.with_columns(
        pl.when(~pl.col(name).is_in(null_values)).then(pl.col(name)).alias(name) for name in texts
    )


def _refuse_repeated(names: Types, uses: Uses, files: Files, layout: delimited.Layout) -> None:
    for name in uses:
        second = f"{name}_duplicated_0"  # how polars renames the second of two
        if second in names:
            own = (path for path, header in layout.headers.items() if second in header.names)
            where = files.name(next(own, files.paths[0]))
            raise SourceError(f"two columns are named {name!r}", where=where)


def _is_number(use: AbstractSet[Use] | tuple[()], dtype: pl.DataType | None = None) -> bool:
    return Use.NUMBER in use or (dtype == pl.Boolean and Use.CONDITION in use)


def _is_text(use: AbstractSet[Use]) -> bool:
    return Use.TEXT in use or Use.DATE in use


def _is_simple(dtype: pl.DataType) -> bool:
    return dtype.is_numeric() or dtype in (pl.String, pl.Null)


def _is_told(sample: Types, name: str, use: AbstractSet[Use]) -> bool:
    """Whether rows seen so far say what a column holds, where that decides what it is."""
    return name in sample and not (Use.CONDITION in use and sample[name] == pl.Null)


def _ndjson_sample(files: Files, uses: Uses) -> Types:
    """The columns, by the first rows; by all of them, of all files, while one in use is lacking."""
    sample = dict(scan_ndjson(files, {}, _SAMPLE_ROWS).collect_schema())
    if all(_is_told(sample, name, use) for name, use in uses.items()):
        return sample
    for path in files.paths:  # a key may turn up late
        told = {name: dtype for name, dtype in sample.items() if dtype != pl.Null}
        found = dict(scan_ndjson(files.only(path), {}, None).collect_schema())
        sample = sample | found | told
        if all(_is_told(sample, name, use) for name, use in uses.items()):
            break
    return sample
