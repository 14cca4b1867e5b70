"""How text files begin, which tells how to read them: byte order mark, packing, header.

Each file is opened once, for its first bytes; what polars cannot read as it is, is copied.
"""

import codecs
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import polars as pl

from kpitree.data.files import packed
from kpitree.data.files.copies import Recipe, copy_of
from kpitree.data.files.found import Files, Kind
from kpitree.errors import Notice, SourceError

_SIZE: Final = 1 << 16
_TAIL: Final = 256
_MARKS: Final = {  # the longer one of UTF-32 begins as that of UTF-16 does
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_ONLY_SPACES: Final = re.compile(rb"^[ \t]+\r?$", re.MULTILINE)
_UTF8: Final = ("utf-8", "utf-8-sig", "ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Text files that polars can read.

    starts: by path, the first bytes of each as UTF-8, unpacked, without a byte order mark; of
    remote files none. notices: of empty files that were left out.
    """

    files: Files
    starts: Mapping[str, bytes]
    notices: tuple[Notice, ...] = ()


def look_at(files: Files, encoding: str | None, source: str) -> Texts:
    """Look at how each file begins, and copy those that need it. source: its id, for notices.

    A byte order mark says the encoding, whatever the source says.
    Raises SourceError: all are empty, or one is in another encoding, damaged, or no text at all.
    """
    if files.remote:
        _refuse_elsewhere(files, encoding)
        return Texts(files=files, starts={})
    starts: dict[str, bytes] = {}
    copies: dict[str, str] = {}
    empty = []
    for path in files.paths:
        start, recipe = _first_look(files, path, encoding)
        if recipe is not None:
            copy = copy_of(path, recipe, files.name(path))
            copies[copy], path = path, copy  # noqa: PLW2901 - the copy takes its place
            start = _start_of(files, path)[0]
        if start.strip():
            starts[path] = start
        else:
            empty.append(copies.get(path, path))
    if not starts:
        raise SourceError("the file is empty", where=files.name(files.paths[0]))
    by_file = files.by_file and not copies  # the rows would name the copies
    kept = replace(files, paths=tuple(starts), copies=copies, by_file=by_file)
    return Texts(files=kept, starts=starts, notices=_left_out(files, empty, source))


def _refuse_elsewhere(files: Files, encoding: str | None) -> None:
    if encoding is not None and codecs.lookup(encoding).name not in _UTF8:
        raise SourceError(
            f"a file that is not on this machine is read as UTF-8 only, not as {encoding}",
            where=files.shown,
            hint="fetch it first",
        )


def _left_out(files: Files, empty: list[str], source: str) -> tuple[Notice, ...]:
    if not empty:
        return ()
    count = "1 file is" if len(empty) == 1 else f"{len(empty)} files are"
    message = f"{count} empty and left out: {files.name(empty[0])}{' …' * (len(empty) > 1)}"
    return (Notice(code="empty_files", message=message, source=source, count=len(empty)),)


def _first_look(files: Files, path: str, encoding: str | None) -> tuple[bytes, Recipe | None]:
    """The first bytes, and how to copy the file if it has to be."""
    start, how, end = _start_of(files, path)
    marked = next((name for mark, name in _MARKS.items() if start.startswith(mark)), None)
    written = codecs.lookup(marked or encoding or "utf-8").name
    if how == "zstd" and written not in _UTF8:
        raise _unpack_first(f"as UTF-8 only, not as {written}", files.name(path))
    lines = files.kind is Kind.CSV
    if lines:
        _refuse_two_returns(start, files.name(path))
    recipe = Recipe(
        encoding="utf-8" if written in _UTF8 else written,
        line_ends=lines and b"\r" in start and b"\n" not in start,
        spaces=lines and (written not in _UTF8 or _has_only_spaces(start) or _has_only_spaces(end)),
        array=not lines and _is_array(start, written),
    )
    if written in _UTF8:
        start = start.removeprefix(codecs.BOM_UTF8)
        _refuse_unmarked(start, files.name(path))
    if how == "zstd" and recipe.line_ends:
        raise _unpack_first("with lines that end as on Windows or Linux", files.name(path))
    if how == "zstd" and (recipe != Recipe() or (marked and not lines)):
        read = "without lines of spaces alone, a byte order mark or an array around it"
        raise _unpack_first(read, files.name(path))
    changed = recipe != Recipe() or how not in packed.AS_THEY_ARE or (marked and not lines)
    return start, recipe if changed and start else None


def _unpack_first(read: str, where: str) -> SourceError:
    """The error for what only polars unpacks and is to be copied. read: how it may be."""
    return SourceError(
        f"what zstd packs is read {read}", where=where, hint="unpack it first: zstd -d FILE"
    )


def _refuse_two_returns(start: bytes, where: str) -> None:
    if start.partition(b"\n")[0].endswith(b"\r\r"):
        raise SourceError(
            r"the lines end with \r\r\n",
            where=where,
            hint="write them with one carriage return at most; "
            'in Python: open(path, "w", newline="")',
        )


def _is_array(start: bytes, encoding: str) -> bool:
    return start.decode(encoding, errors="ignore").lstrip("\ufeff \t\r\n").startswith("[")


def _has_only_spaces(text: bytes) -> bool:
    near = b"\n " in text or b"\n\t" in text or text[:1] in (b" ", b"\t")
    return near and _ONLY_SPACES.search(text) is not None


def _refuse_unmarked(start: bytes, where: str) -> None:
    """Raise SourceError where every other byte is 0: UTF-16 that does not say so."""
    for first, encoding in ((0, "utf-16-be"), (1, "utf-16-le")):
        if len(start) > 3 and not any(start[first:64:2]):
            raise SourceError(
                "the text is not UTF-8",
                where=where,
                hint=f'it seems to be: encoding = "{encoding}"',
            )


def _start_of(files: Files, path: str) -> tuple[bytes, str, bytes]:
    """The first bytes, unpacked; how they are packed; and the last ones where they are not."""
    with Path(path).open("rb") as file:
        start, end = file.read(_SIZE), b""
        how = packed.packing_of(start)
        if len(start) == _SIZE and not how:
            file.seek(-_TAIL, os.SEEK_END)
            end = file.read()
    if how == "zstd":
        return _first_lines(path, files.name(path)), how, b""
    if how:
        with files.open(path) as unpacked:
            start = unpacked.read(_SIZE)
    return start, how, end


def _first_lines(path: str, shown: str) -> bytes:
    try:
        lines = pl.scan_lines(path, n_rows=100, glob=False).collect().to_series()
    except OSError:
        raise packed.damaged("zstd", shown) from None
    except pl.exceptions.ComputeError:
        raise _unpack_first("as UTF-8 only, which it is not", shown) from None
    return "\n".join(lines).encode()
