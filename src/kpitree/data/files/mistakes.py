"""What polars says about data that it cannot read, in the reader's words."""

import json
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from kpitree.data.files import delimited, packed, typed, workbooks
from kpitree.data.files.cleaning import Rule, key_of, text_for_number
from kpitree.data.files.found import Files, Kind
from kpitree.data.files.lines import scan_ndjson
from kpitree.errors import SourceError

# Everything the data can cause. A missing column is looked for beforehand, so that
# ColumnNotFoundError stays what it then is: a bug.
DATA_ERRORS: Final = (
    pl.exceptions.ComputeError,
    pl.exceptions.InvalidOperationError,
    pl.exceptions.NoDataError,
    pl.exceptions.SchemaError,
    pl.exceptions.ShapeError,
    OSError,
)


_ROW: Final = "row:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The files being read, and how, for whoever has to say why they cannot be.

    layout: how the files are laid out when they are CSV, else None.
    numbers: columns that must hold numbers. flags: those that must hold true or false.
    rules: how the texts of columns are read that are cleaned. null_values: texts for no value.
    """

    files: Files
    layout: delimited.Layout | None = None
    numbers: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    rules: Mapping[str, Rule] = field(default_factory=dict, hash=False)
    null_values: tuple[str, ...] = ()

    def raw(self, path: str) -> pl.LazyFrame:
        """The rows of one of the files as they are, before anything is cleaned."""
        file = self.files.only(path)
        match self.files.kind:
            case Kind.CSV if self.layout is not None:
                return delimited.scan(file, self.layout, {})
            case Kind.NDJSON:
                types = dict.fromkeys(self.rules, pl.String())
                rows = scan_ndjson(file, types, None)
                if not typed.misread(self.rules):
                    return rows
                return typed.scan_rewritten(file, dict(rows.collect_schema()), self.rules)
            case Kind.IPC:
                return pl.scan_ipc(path, glob=False)
            case Kind.EXCEL:
                return workbooks.rows_of(self.files, path, self.rules).lazy()
            case _:
                return pl.scan_parquet(path, glob=False)

    def place(self, path: str, row: int) -> str:
        """The file and the line (or the row, where there are no lines) of a row, from 0."""
        name = self.files.name(path)
        match self.files.kind:
            case Kind.CSV if self.layout is not None:
                line = delimited.line_of_row(self.files.only(path), self.layout, row)
                return f"{name}, line {line}"
            case Kind.NDJSON:
                return f"{name}, {_entry(self.files, path)} {_ndjson_line(path, row)}"
            case Kind.EXCEL:
                return f"{name}, row {row + 1} below the header"  # wherever that stands
            case _:
                return f"{name}, row {row + 1}"

    @property
    def by_path(self) -> tuple[str, ...]:
        """The paths that can be looked at one by one, once more."""
        files = self.files
        lake = files.kind in (Kind.DELTA, Kind.ICEBERG)
        return () if files.remote or lake else files.paths


@contextmanager
def explaining(reading: Reading) -> Iterator[None]:
    """Turn what polars raises while the files are read into a SourceError."""
    try:
        with warnings.catch_warnings():
            # Of object stores: nothing is wrong, and the error, if there is one, says more.
            warnings.filterwarnings("ignore", ".*region' not set", UserWarning)
            # PyIceberg plans the scan, as it does for everyone without another plugin.
            warnings.filterwarnings(
                "ignore", "Iceberg scan planning", pl.exceptions.PerformanceWarning
            )
            yield
    except DATA_ERRORS as error:
        raise _explained(error, reading) from error


def collect(frames: Sequence[pl.LazyFrame], reading: Reading) -> list[pl.DataFrame]:
    """Collect queries over the same files together, so that they share one scan."""
    with explaining(reading):
        return pl.collect_all(frames, engine="streaming")


def _explained(error: Exception, reading: Reading) -> SourceError:
    """Look for the cause in the files; what polars itself says where none is found."""
    files = reading.files
    if isinstance(error, PermissionError):
        return SourceError("it cannot be opened: Permission denied", where=files.shown)
    try:
        _look_closer(reading)
    except SourceError as found:
        return found
    except DATA_ERRORS as another:  # the closer look fails as the reading did
        error = another
    return SourceError(f"the {files.kind} data cannot be read: {_said(error)}", where=files.shown)


def _said(error: Exception) -> str:
    """The first line of what polars says, and the last of its causes, as of object stores."""
    first, _, more = str(error).strip().partition("\n")
    _, _, causes = more.partition("Caused by:")
    last = causes.strip().rpartition("\n")[2].strip()
    return f"{first}: {last.lstrip('0123456789: ')}" if last else first


def _look_closer(reading: Reading) -> None:
    files, layout = reading.files, reading.layout
    if files.remote or (layout is None and files.kind is Kind.CSV):
        return
    if layout is not None:
        _refuse_damaged(files)
        delimited.refuse_other_encodings(files)
        delimited.refuse_bad_quotes(files, layout)
        delimited.refuse_ragged(files, layout)
        delimited.refuse_text_in_numbers(files, layout, reading.numbers)
    elif files.kind is Kind.NDJSON:
        _refuse_damaged(files)
        _refuse_bad_json(files, reading)
    elif files.kind in (Kind.PARQUET, Kind.IPC):
        _refuse_broken(files)
    _refuse_unclean(reading)


def _refuse_damaged(files: Files) -> None:
    """Raise SourceError where a file packed by zstd, which only polars unpacks, is cut short."""
    for path in files.paths:
        with Path(path).open("rb") as file:
            how = packed.packing_of(file.read(10))
        if how == "zstd":
            try:
                pl.scan_lines(path, glob=False).select(pl.len()).collect(engine="streaming")
            except OSError:
                raise packed.damaged(how, files.name(path)) from None


def _refuse_unclean(reading: Reading) -> None:
    """Raise SourceError naming the first text that cannot be read as a rule or a flag asks."""
    rules = {name: Rule("boolean") for name in reading.flags} | dict(reading.rules)
    for path in reading.by_path if rules else ():
        rows = reading.raw(path)
        texts = [name for name, dtype in rows.collect_schema().items() if dtype == pl.String]
        numbered = rows.with_row_index(_ROW)
        found = [
            bad for name in texts if name in rules and (bad := _first_bad(numbered, name, rules))
        ]
        if found:
            row, name, text = min(found)
            raise rules[name].refused(name, text, reading.place(path, row))


def _first_bad(
    rows: pl.LazyFrame, name: str, rules: Mapping[str, Rule]
) -> tuple[int, str, str] | None:
    bad = rows.filter(rules[name].bad(pl.col(name))).select(_ROW, name).head(1)
    found = bad.collect(engine="streaming")
    return (found[_ROW].item(), name, found[name].item()) if found.height else None


def _refuse_broken(files: Files) -> None:
    for path in files.paths:
        try:
            _scan_one(files.kind, path).collect_schema()
        except pl.exceptions.PolarsError as error:
            if Path(path).stat().st_size == 0:
                raise SourceError("the file is empty", where=files.name(path)) from error
            raise SourceError(
                f"this is no whole {files.kind} file: it is cut short, or of another kind",
                where=files.name(path),
            ) from error


def _scan_one(kind: Kind, path: str) -> pl.LazyFrame:
    if kind is Kind.IPC:
        return pl.scan_ipc(path, glob=False)
    return pl.scan_parquet(path, hive_partitioning=False, glob=False)


def _refuse_bad_json(files: Files, reading: Reading) -> None:
    for path in files.paths:
        word = _entry(files, path)
        with files.open(path) as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    _refuse_bad_line(line, f"{files.name(path)}, {word} {number}", reading)


def _entry(files: Files, path: str) -> str:
    """What a message calls a line: of a copy of an array it is an entry of that."""
    name = files.copies.get(path, "").lower()
    return "entry" if ".json" in Path(name).suffixes else "line"


def _refuse_bad_line(line: bytes, where: str, reading: Reading) -> None:
    constants: list[str] = []
    try:
        row = json.loads(line, parse_constant=constants.append)
    except (ValueError, RecursionError):
        row = None
    if constants:
        raise SourceError(
            f"{constants[0]} is no JSON",
            where=where,
            hint="write null where there is no number, as pandas does: to_json(lines=True, …)",
        )
    if not isinstance(row, dict):
        raise SourceError(
            "this line is no JSON object",
            where=where,
            hint='each line of NDJSON is one object, such as {"day": "2026-01-31", "n": 3}',
        )
    for column in reading.numbers:
        match row.get(column):
            case str(text) if text not in reading.null_values:
                raise text_for_number(where, column, text)
            case bool(flag):
                raise SourceError(
                    f"the column {column!r} is used as a number, but holds {json.dumps(flag)}",
                    where=where,
                    hint=f'if it does so in all rows: clean = {{ {key_of(column)} = "boolean" }};'
                    " else write 1 and 0",
                )
            case list() | dict():
                raise SourceError(
                    f"the column {column!r} is used as a number, but holds a list or an object",
                    where=where,
                )


def place_of(reading: Reading, texts: Mapping[str, str]) -> str:
    """The file, and the line or row where it can be had, of the first row with these texts.

    texts: by column.
    """
    for path in reading.by_path:
        row = _row_of(reading.raw(path), texts)
        if row is not None:
            return reading.place(path, row)
    return reading.files.shown


def first_text(reading: Reading, column: str, parse: Callable[[pl.Expr], pl.Expr]) -> str | None:
    """The first text of a column that a parser makes null of, in the order of files and rows.

    None where the files cannot be looked at one by one, or do not hold such texts.
    """
    text = pl.col(column)
    for path in reading.by_path:
        rows = reading.raw(path)
        if rows.collect_schema().get(column) != pl.String:
            continue
        bad = ~text.is_in(reading.null_values) & parse(text).is_null()
        numbered = rows.with_row_index(_ROW).filter(text.is_not_null() & bad).select(_ROW, text)
        found = numbered.select(text.sort_by(_ROW).first()).collect(engine="streaming")
        if (first := found.item()) is not None:
            return str(first)
    return None


def places_of_rows(
    reading: Reading, rows: Sequence[Mapping[str, str | None]], wanted: int
) -> list[str]:
    """As place_of(), of as many rows as wanted, all of which hold one of some sets of texts.

    Of those that cannot be found, the path. rows: texts by column, None for no value.
    """
    places: list[str] = []
    for path in reading.by_path:
        numbered = reading.raw(path).with_row_index(_ROW)
        schema = numbered.collect_schema()
        if rows and not rows[0].keys() <= set(schema):
            break
        held = pl.any_horizontal(
            pl.all_horizontal(
                _shown(pl.col(column), schema[column]).eq_missing(text)
                for column, text in row.items()
            )
            for row in rows
        )
        found = numbered.filter(held).select(_ROW).head(wanted).collect(engine="streaming")
        places += [reading.place(path, row) for row in found[_ROW].to_list()]
    return [*places, *[reading.files.shown] * wanted][:wanted]


def _row_of(rows: pl.LazyFrame, texts: Mapping[str, str]) -> int | None:
    schema = rows.collect_schema()
    if not texts.keys() <= set(schema):
        return None
    held = [_shown(pl.col(column), schema[column]) == text for column, text in texts.items()]
    found = rows.with_row_index(_ROW).filter(held).select(_ROW).head(1)
    numbers = found.collect(engine="streaming")
    return int(numbers.item()) if numbers.height else None


def _shown(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    return column if dtype == pl.String else column.cast(pl.String)


def _ndjson_line(path: str, row: int) -> int:
    """The line of a row; blank lines are no rows."""
    lines = pl.scan_lines(path, name="line", glob=False, row_index_name=_ROW, row_index_offset=1)
    filled = lines.filter(pl.col("line").str.strip_chars() != "").slice(row, 1)
    return int(filled.select(_ROW).collect().item())
