"""How a CSV file is laid out, and what is wrong with one that cannot be read.

polars names neither line nor file, and lets lines with too few fields (and, where a column is
not needed, too many) pass; a shifted field is a wrong number, so they are looked for here.
"""

import codecs
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from kpitree.data import quotes
from kpitree.data.files import Files
from kpitree.errors import SourceError

_SEPARATORS: Final = (",", ";", "\t", "|")
_CHUNK: Final = 1 << 20
RAGGED: Final = "ragged"
UNPAIRED: Final = "unpaired"
BLANK: Final = "blank"
_LINE: Final = "line"
_NUMBER: Final = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """separator: one character. null_values: texts that stand for no value, like the empty one."""

    separator: str
    null_values: tuple[str, ...] = ()

    @property
    def nulls(self) -> list[str]:
        return ["", *self.null_values]  # the empty field, also in quotes


def scan(
    files: Files, layout: Layout, types: Mapping[str, pl.DataType | type[pl.DataType]]
) -> pl.LazyFrame:
    """All columns as text but those in `types`; rows of all files, in the order of the files."""
    return pl.scan_csv(
        list(files.paths),
        separator=layout.separator,
        null_values=layout.nulls,
        infer_schema=False,
        schema_overrides=dict(types),
        glob=files.remote,  # what matches a local pattern is known, and a name may hold [ or *
    )


def separator_of(files: Files) -> str:
    """The separator that the first line holds most of; refuses empty and UTF-16 files."""
    for path in () if files.remote else files.paths:
        with files.open(path) as file:
            start = file.read(_CHUNK)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise _not_utf8(files.name(path), "UTF-16")
        if not start.strip():
            raise SourceError("the file is empty", where=files.name(path))
    if files.remote:
        return "\t" if ".tsv" in files.paths[0] else ","
    with files.open(files.paths[0]) as file:
        header = file.readline().decode("utf-8", errors="replace")
    return max(_SEPARATORS, key=lambda separator: _outside_quotes(header).count(separator))


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def suspicious_lines(files: Files, layout: Layout, fields: int) -> pl.LazyFrame:
    """One row: how many lines seem RAGGED, have UNPAIRED quotes, or seem BLANK.

    Each but 0 only asks for a closer look. RAGGED: another number of separators than in the
    header, quoted ones too (refuse_ragged). UNPAIRED: an odd number of quotes, as where a text
    goes over several lines (refuse_bad_quotes). BLANK: too short for a value, or nearly so.
    """
    line = pl.col(_LINE)
    other = line.str.count_matches(layout.separator, literal=True) != fields - 1
    return pl.scan_lines(list(files.paths), name=_LINE, glob=files.remote).select(
        (other & (line != "")).sum().alias(RAGGED),
        quotes.odd(line).sum().alias(UNPAIRED),
        (line.str.len_bytes() <= fields).sum().alias(BLANK),
    )


def refuse_suspicious(files: Files, layout: Layout, counted: pl.DataFrame) -> None:
    """Look closer where suspicious_lines counted any. Raises SourceError if it is a mistake."""
    if counted[UNPAIRED].item():
        quotes.refuse_bad_quotes(files, layout.separator)
    if counted[RAGGED].item():
        refuse_ragged(files, layout)


def refuse_ragged(files: Files, layout: Layout) -> None:
    """Raise SourceError naming the first line with more or fewer fields than the header has."""
    for path in files.paths:
        lines = pl.scan_lines(
            path, name=_LINE, glob=files.remote, row_index_name=_NUMBER, row_index_offset=1
        )
        if bad := _first_ragged(lines, layout.separator):
            number, fields, expected = bad
            raise SourceError(
                f"line {number} has {fields} field{'s' * (fields != 1)}, the header has {expected}",
                where=f"{files.name(path)}, line {number}",
                hint="put a text that holds the separator in double quotes",
            )


def _first_ragged(lines: pl.LazyFrame, separator: str) -> tuple[int, int, int] | None:
    line = pl.col(_LINE)
    # A line that begins or ends inside a quoted field is only a piece of its record.
    bare = line.str.replace_all(r'"[^"]*"', "")
    counted = lines.select(
        _NUMBER,
        fields=bare.str.count_matches(separator, literal=True) + 1,
        empty=line.str.strip_chars() == "",
        open=(quotes.odd(line).cum_sum() % 2 == 1) | quotes.odd(line),
    ).collect()
    expected = int(counted["fields"][0])
    bad = counted.filter((pl.col("fields") != expected) & ~pl.col("open") & ~pl.col("empty")).head(
        1
    )
    return (bad[_NUMBER].item(), bad["fields"].item(), expected) if bad.height else None


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
                raise _not_utf8(f"{files.name(path)}, line {line}", "ISO-8859-1") from None


def _chunks(files: Files, path: str) -> Iterator[bytes]:
    with files.open(path) as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _not_utf8(where: str, encoding: str) -> SourceError:
    return SourceError(
        "the text is not UTF-8",
        where=where,
        hint=f"convert it first, such as with: iconv -f {encoding} -t UTF-8 FILE",
    )


def line_of(file: Files, layout: Layout, texts: Mapping[str, str]) -> int | None:
    """The line of the first row of a file that holds these texts, by column."""
    rows = scan(file, layout, {})
    if not texts.keys() <= set(rows.collect_schema()):
        return None
    held = [pl.col(column) == text for column, text in texts.items()]
    numbered = rows.with_row_index(_NUMBER, offset=2).filter(held)
    found = numbered.select(_NUMBER).head(1).collect(engine="streaming")
    return found.item() if found.height else None


def refuse_text_in_numbers(files: Files, layout: Layout, numbers: Sequence[str]) -> None:
    """Raise SourceError naming the first text in a column that is read as numbers."""
    for path in files.paths:
        rows = scan(files.only(path), layout, {}).with_row_index(_NUMBER, offset=2)
        found = [bad for column in numbers if (bad := _first_text(rows, column))]
        if found:
            number, column, text = min(found)
            raise text_for_number(f"{files.name(path)}, line {number}", column, text)


def _first_text(rows: pl.LazyFrame, column: str) -> tuple[int, str, str] | None:
    text = pl.col(column)
    # As polars' own reader, which lets spaces stand before a number but not behind it.
    number = text.str.strip_chars_start(" ").cast(pl.Float64, strict=False)
    unread = text.is_not_null() & number.is_null()
    bad = rows.filter(unread).select(_NUMBER, column).head(1).collect(engine="streaming")
    return (bad[_NUMBER].item(), column, bad[column].item()) if bad.height else None


def text_for_number(where: str, column: str, text: str) -> SourceError:
    """The error for a text that stands where a number is needed."""
    bare = text.strip().replace(",", "").replace(" ", "").strip("€$£%")
    if bare.replace(".", "").lstrip("-").isdigit():
        hint = "numbers are written plainly, such as 1234.5, without spaces, signs or thousands"
    else:
        hint = f"if it stands for no value, say so: null_values = [{text!r}]"
    return SourceError(
        f"the column {column!r} is used as a number, but holds the text {text!r}",
        where=where,
        hint=hint,
    )
