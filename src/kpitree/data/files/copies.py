"""Text files that polars does not read as they are, copied into ones that it does.

The copy is UTF-8 and unpacked, its lines end as they do on Linux or Windows, and those of spaces
alone are empty; every line keeps its number. Copies stand in a temporary folder and go when the
program ends; a file that has not changed is copied once.
"""

import atexit
import codecs
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BufferedIOBase
from pathlib import Path
from typing import Final

from kpitree.data.files import packed
from kpitree.errors import SourceError

_CHUNK: Final = 1 << 20
_ONLY_SPACES: Final = re.compile(r"^[ \t]+(?=\r?$)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What has to be done to a file.

    encoding: of its text. line_ends: whether lines end with a carriage return alone.
    spaces: whether it has lines of spaces alone. array: whether it is an array of JSON objects.
    """

    encoding: str = "utf-8"
    line_ends: bool = False
    spaces: bool = False
    array: bool = False


def copy_of(path: str, recipe: Recipe, shown: str) -> str:
    """The path of a copy made by the recipe. shown: the file, for messages.

    Raises SourceError: bytes that are no text in that encoding, a damaged packed file, no room.
    """
    state = Path(path).stat()
    return _copied(path, recipe, shown, (state.st_size, state.st_mtime_ns, state.st_ino))


@cache
def _copied(path: str, recipe: Recipe, shown: str, _state: tuple[int, ...]) -> str:
    target = _folder() / f"{len(list(_folder().iterdir()))}-{Path(path).name}.txt"
    try:
        with (
            packed.opened(path, shown) as file,
            target.open("w", encoding="utf-8", newline="") as copy,
        ):
            for text in _texts(file, recipe, shown):
                copy.write(text)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise SourceError(
            f"it cannot be unpacked into a temporary file: {error.strerror or error}", where=shown
        ) from error
    except SourceError:
        target.unlink(missing_ok=True)
        raise
    return str(target)


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="kpitree-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _texts(file: BufferedIOBase, recipe: Recipe, shown: str) -> Iterator[str]:
    decoded = _decoded(file, recipe.encoding, shown)
    if recipe.array:
        return _objects("".join(decoded), shown)
    if recipe.line_ends:
        decoded = (text.replace("\r", "\n") for text in decoded)
    if recipe.spaces:
        return (_ONLY_SPACES.sub("", lines) for lines in _whole_lines(decoded))
    return decoded


def _decoded(file: BufferedIOBase, encoding: str, shown: str) -> Iterator[str]:
    """The text, without a byte order mark. Raises SourceError naming the line of a bad byte."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, first = 1, True
    while True:
        chunk = file.read(_CHUNK)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            line += error.object[: error.start].decode(encoding, errors="replace").count("\n")
            raise not_this(encoding, f"{shown}, line {line}") from None
        line += text.count("\n")
        if text and first:
            text, first = text.removeprefix("\ufeff"), False
        if text:
            yield text
        if not chunk:
            return


def not_this(encoding: str, where: str) -> SourceError:
    """The error for bytes that are no text in the encoding that the source says, or in UTF-8."""
    if codecs.lookup(encoding).name == "utf-8":
        return SourceError(
            "the text is not UTF-8",
            where=where,
            hint='say how it is written, such as encoding = "windows-1252"',
        )
    return SourceError(
        f"the text is not {encoding}",
        where=where,
        hint="another encoding, or none for UTF-8, may be the right one",
    )


def _whole_lines(texts: Iterator[str]) -> Iterator[str]:
    """The same text, never cut inside a line."""
    rest = ""
    for text in texts:
        lines, end, rest = (rest + text).rpartition("\n")
        yield lines + end
    yield rest


def _objects(text: str, shown: str) -> Iterator[str]:
    """An array of JSON objects as one object a line."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        place = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise SourceError("this is no JSON", where=f"{shown}{place}") from None
    for number, entry in enumerate(found, start=1):
        if not isinstance(entry, dict):
            raise SourceError(
                "this entry of the array is no JSON object", where=f"{shown}, entry {number}"
            )
        yield json.dumps(entry, ensure_ascii=False) + "\n"
