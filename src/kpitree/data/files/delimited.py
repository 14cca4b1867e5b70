"""How a CSV file is laid out, and what is wrong with one that cannot be read.

polars names neither line nor file, and lets lines with too few fields (and, where a column is
not needed, too many) pass; a shifted field is a wrong number, so they are looked for here.
"""

import codecs
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import polars as pl

from kpitree.data.files import packed, quotes
from kpitree.data.files.cleaning import text_for_number
from kpitree.data.files.copies import not_this
from kpitree.data.files.found import Files
from kpitree.errors import SourceError

_SEPARATORS: Final = (",", ";", "\t", "|")
_SAID: Final = re.compile(rb'"?sep=(.)"?\r?\n', re.IGNORECASE)  # as Excel begins a CSV file
_CHUNK: Final = 1 << 20
RAGGED: Final = "ragged"
UNPAIRED: Final = "unpaired"
BLANK: Final = "blank"
_LINE: Final = "line"
_NUMBER: Final = "number"
_NOT_QUOTED: Final = "put a text that holds the separator in double quotes"
_QUOTED_INSIDE: Final = (
    "double quotes hold the separator only where the field begins with one, without a space"
)


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file. separator: one character. skip: lines before the header's."""

    separator: str
    skip: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """separator, skip: of the first file. null_values: texts for no value, like the empty one.

    headers: by path, of all files, where they are not all alike; else nothing.
    """

    separator: str
    null_values: tuple[str, ...] = ()
    skip: int = 0
    headers: Mapping[str, Header] = field(default_factory=dict, hash=False)

    @property
    def nulls(self) -> list[str]:
        return ["", *self.null_values]  # the empty field, also in quotes

    @property
    def names(self) -> tuple[str, ...]:
        """All columns, where the files are not all alike."""
        found = (name for header in self.headers.values() for name in header.names)
        return tuple(dict.fromkeys(found))

    def of(self, path: str) -> "Layout":
        """That of one of the files, by itself."""
        if path not in self.headers:
            return self
        header = self.headers[path]
        return replace(self, separator=header.separator, skip=header.skip, headers={})


def layout_of(
    files: Files,
    starts: Mapping[str, bytes],
    null_values: tuple[str, ...],
    wanted: Collection[str] = (),
) -> Layout:
    """How the files are laid out, by how each begins.

    starts: see starts.Texts. wanted: columns in use: the separator is the one that finds most of
    them in the header, or else the one that it holds most of.
    """
    if not starts:
        return Layout(separator=_remote_separator(files), null_values=null_values)
    firsts = {path: _first_line(start) for path, start in starts.items()}
    separator, skip = _separator_of(firsts[files.paths[0]], wanted)
    layout = Layout(separator=separator, null_values=null_values, skip=skip)
    if len(set(firsts.values())) == 1:
        return layout
    known: dict[bytes, Header] = {}
    headers = {}
    for path, first in firsts.items():
        if first not in known:
            known[first] = _header(files.only(path), layout, _separator_of(first, wanted))
        headers[path] = known[first]
    return layout if len(set(headers.values())) == 1 else replace(layout, headers=headers)


def _header(file: Files, layout: Layout, found: tuple[str, int]) -> Header:
    separator, skip = found
    own = replace(layout, separator=separator, skip=skip)
    return Header(separator, skip, tuple(scan(file, own, {}).collect_schema()))


def _remote_separator(files: Files) -> str:
    return "\t" if ".tsv" in files.paths[0] else ","


def _first_line(start: bytes) -> bytes:
    """The header, with the line sep=; before it where there is one; quotes in it are closed."""
    start = start.lstrip(b"\r\n")
    at = found.end() if (found := _SAID.match(start)) else 0
    while (at := start.find(b"\n", at)) >= 0 and start.count(b'"', 0, at) % 2:
        at += 1
    return (start if at < 0 else start[:at]).rstrip(b"\r")


def _separator_of(first: bytes, wanted: Collection[str]) -> tuple[str, int]:
    """The separator, and how many lines stand before the header."""
    if said := _SAID.match(first):
        return said[1].decode("utf-8", errors="replace"), 1
    header = first.decode("utf-8", errors="replace")
    bare = "".join(header.split('"')[::2])

    def fitness(separator: str) -> tuple[int, int]:
        names = {name.strip().strip('"') for name in header.split(separator)}
        return len(names & set(wanted)), bare.count(separator)

    return max(_SEPARATORS, key=fitness), 0


def scan(
    files: Files, layout: Layout, types: Mapping[str, pl.DataType | type[pl.DataType]]
) -> pl.LazyFrame:
    """All columns as text but those in `types`; rows of all files, in the order of the files.

    Where the files differ, a column that one lacks is null there.
    """
    if not layout.headers:
        return _scan(files, layout, infer_schema=False, schema_overrides=dict(types))
    schema = {name: types.get(name, pl.String) for name in layout.names}
    groups: dict[Layout, list[str]] = {}
    for path in files.paths:
        groups.setdefault(layout.of(path), []).append(path)
    frames = [
        _scan(
            replace(files, paths=tuple(paths)),
            each,
            schema=schema,
            missing_columns="insert",
            extra_columns="ignore",
        )
        for each, paths in groups.items()
    ]
    return frames[0] if len(frames) == 1 else pl.concat(frames)


def _scan(files: Files, layout: Layout, **how: Any) -> pl.LazyFrame:
    return pl.scan_csv(
        list(files.paths),
        separator=layout.separator,
        skip_lines=layout.skip,
        null_values=layout.nulls,
        truncate_ragged_lines=True,  # suspicious_lines() finds those with something to lose
        glob=files.remote,  # what matches a local pattern is known, and a name may hold [ or *
        include_file_paths=files.path_column,
        **how,
    )


def suspicious_lines(files: Files, layout: Layout, fields: int) -> pl.LazyFrame:
    """One row: how many lines seem RAGGED, have UNPAIRED quotes, or seem BLANK.

    Each but 0 only asks for a closer look. RAGGED: another number of separators than in the
    header, quoted ones too (refuse_ragged). UNPAIRED: an odd number of quotes, as where a text
    goes over several lines (refuse_bad_quotes). BLANK: too short for a value, or nearly so.
    fields: how many the header has, where the files do not differ.
    """
    alike: dict[tuple[str, int, int], list[str]] = {}
    for path in files.paths:
        header = layout.headers.get(path)
        own = (layout.separator, layout.skip, fields)
        if header is not None:
            own = (header.separator, header.skip, len(header.names))
        alike.setdefault(own, []).append(path)
    counts = [_suspicious(files, paths, *own) for own, paths in alike.items()]
    return counts[0] if len(counts) == 1 else pl.concat(counts).sum()


def _suspicious(
    files: Files, paths: list[str], separator: str, skip: int, fields: int
) -> pl.LazyFrame:
    line = pl.col(_LINE)
    other = line.str.count_matches(separator, literal=True) != fields - 1
    if skip:
        other &= ~line.str.contains(r'^(?i)\x{FEFF}?"?sep=')
    return pl.scan_lines(paths, name=_LINE, glob=files.remote).select(
        (other & (line != "")).sum().alias(RAGGED),
        quotes.odd(line).sum().alias(UNPAIRED),
        (line.str.len_bytes() <= fields).sum().alias(BLANK),
    )


def refuse_suspicious(files: Files, layout: Layout, counted: pl.DataFrame) -> None:
    """Look closer where suspicious_lines counted any. Raises SourceError if it is a mistake."""
    if counted[UNPAIRED].item():
        refuse_bad_quotes(files, layout)
    if counted[RAGGED].item():
        refuse_ragged(files, layout)


def refuse_bad_quotes(files: Files, layout: Layout) -> None:
    """See quotes.refuse_bad_quotes."""
    for path in files.paths:
        quotes.refuse_bad_quotes(replace(files, paths=(path,)), layout.of(path).separator)


def refuse_ragged(files: Files, layout: Layout) -> None:
    """Raise SourceError naming the first line with more or fewer fields than the header has.

    Separators behind the last field do no harm.
    """
    for path in files.paths:
        own = layout.of(path)
        header = _header(files.only(path), own, (own.separator, own.skip))
        lines = _numbered(files, path).slice(own.skip)
        if bad := _first_ragged(lines, own.separator, len(header.names)):
            number, fields, expected, inside = bad
            raise SourceError(
                f"line {number} has {fields} field{'s' * (fields != 1)}, the header has {expected}",
                where=f"{files.name(path)}, line {number}",
                hint=_QUOTED_INSIDE if inside else _NOT_QUOTED,
            )


def _numbered(files: Files, path: str) -> pl.LazyFrame:
    """The lines of a file: _LINE, and _NUMBER from 1."""
    return pl.scan_lines(
        path, name=_LINE, glob=files.remote, row_index_name=_NUMBER, row_index_offset=1
    )


def _first_ragged(
    lines: pl.LazyFrame, separator: str, columns: int
) -> tuple[int, int, int, bool] | None:
    """The line, its fields, those of the header, and whether a text has quotes inside it.

    columns: those of a header that goes over several lines.
    """
    line = pl.col(_LINE)
    # A line that begins or ends inside a quoted field is only a piece of its record.
    bare = quotes.without_quoted(line, separator)
    behind = bare.str.len_chars() - bare.str.strip_chars_end(separator).str.len_chars()
    counted = lines.select(
        _NUMBER,
        fields=bare.str.count_matches(separator, literal=True),
        behind=behind,
        empty=line.str.strip_chars() == "",
        inside=bare.str.contains('"', literal=True),
        open=(quotes.odd(line).cum_sum() % 2 == 1) | quotes.odd(line),
    ).collect()
    filled = counted.filter(~pl.col("empty"))
    if not filled.height:
        return None
    expected = columns if filled["open"][0] else int(filled["fields"][0])
    fields = pl.col("fields")
    idle = (fields > expected) & (fields - pl.col("behind") <= expected) & ~pl.col("inside")
    bad = filled.filter((fields != expected) & ~idle & ~pl.col("open")).head(1)
    if not bad.height:
        return None
    return bad[_NUMBER].item(), bad["fields"].item(), expected, bad["inside"].item()


def refuse_other_encodings(files: Files) -> None:
    """Raise SourceError naming the first line that is not UTF-8."""
    for path in () if files.remote else files.paths:
        decoder = codecs.getincrementaldecoder("utf-8")()
        line = 1
        for chunk in _chunks(files, path):
            try:
                line += decoder.decode(chunk).count("\n")
            except UnicodeDecodeError as error:
                line += error.object[: error.start].count(b"\n")
                raise not_this("utf-8", f"{files.name(path)}, line {line}") from None


def _chunks(files: Files, path: str) -> Iterator[bytes]:
    with files.open(path) as file:
        chunk = file.read(_CHUNK)
        while chunk and packed.packing_of(chunk) != "zstd":
            yield chunk
            chunk = file.read(_CHUNK)


def line_of(file: Files, layout: Layout, texts: Mapping[str, str]) -> int | None:
    """The line of the first row of a file that holds these texts, by column."""
    rows = scan(file, layout, {})
    if not texts.keys() <= set(rows.collect_schema()):
        return None
    held = [pl.col(column) == text for column, text in texts.items()]
    numbered = rows.with_row_index(_NUMBER).filter(held)
    found = numbered.select(_NUMBER).head(1).collect(engine="streaming")
    return line_of_row(file, layout, found.item()) if found.height else None


def line_of_row(file: Files, layout: Layout, row: int) -> int:
    """The line in which a row of a file begins. row: from 0, without the header."""
    (path,) = file.paths
    before = quotes.odd(pl.col(_LINE)).cum_sum().shift(1, fill_value=0) % 2
    lines = _numbered(file, path).slice(layout.of(path).skip).with_columns(before=before)
    starts = lines.filter(pl.col("before") == 0)
    blank = pl.col(_LINE).str.strip_chars_end("\r") == ""
    header = starts.filter(~blank).select(_NUMBER).head(1).collect().item()
    rows = starts.filter(pl.col(_NUMBER) > header).slice(row, 1)
    return int(rows.select(_NUMBER).collect().item())


def refuse_text_in_numbers(files: Files, layout: Layout, numbers: Sequence[str]) -> None:
    """Raise SourceError naming the first text in a column that is read as numbers."""
    for path in files.paths:
        rows = scan(files.only(path), layout, {}).with_row_index(_NUMBER)
        found = [bad for column in numbers if (bad := _first_text(rows, column))]
        if found:
            row, column, text = min(found)
            line = line_of_row(files.only(path), layout, row)
            raise text_for_number(f"{files.name(path)}, line {line}", column, text)


def _first_text(rows: pl.LazyFrame, column: str) -> tuple[int, str, str] | None:
    text = pl.col(column)
    # As polars' own reader, which lets spaces stand before a number but not behind it.
    number = text.str.strip_chars_start(" ").cast(pl.Float64, strict=False)
    unread = text.is_not_null() & number.is_null()
    bad = rows.filter(unread).select(_NUMBER, column).head(1).collect(engine="streaming")
    return (bad[_NUMBER].item(), column, bad[column].item()) if bad.height else None
