"""A tree file's text: its data, and on which line each key stands. The only room that reads TOML."""

import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from kpitree.errors import TreeError

KeyPath = tuple[str, ...]

_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEADER = re.compile(rf"\s*\[\[?\s*({_DOTTED})\s*\]\]?\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(rf"\s*({_DOTTED})\s*=")
_AT = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """path: as the user named it. lines: the text's lines. data: what tomllib made of it."""

    path: Path
    lines: tuple[str, ...]
    data: dict[str, Any]

    def line_of(self, key: KeyPath) -> int | None:
        """The 1-based line where a key stands, or where the nearest table above it does."""
        places = _places(self.lines)
        for size in range(len(key), 0, -1):
            if key[:size] in places:
                return places[key[:size]]
        return None

    def place_of(self, key: KeyPath, text: str) -> tuple[int, int] | None:
        """Line and column (both 0-based) at which a value's text stands, if it is written plainly."""
        line = self.line_of(key)
        if line is None:
            return None
        first = text.splitlines()[0] if text.strip() else text
        for at in range(line - 1, min(line + 1, len(self.lines))):
            column = self.lines[at].find(first, self.lines[at].find("=") + 1)
            if first and column >= 0:
                return at, column
        return None


def read_toml(path: Path) -> TomlFile:
    """Read a tree file. Raises TreeError: missing, unreadable, not UTF-8, not TOML."""
    text = _text(path)
    lines = tuple(text.splitlines())
    try:
        return TomlFile(path, lines, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(path, lines, str(error)) from None
    except RecursionError:
        raise TreeError("the file is nested too deeply to be read", where=str(path)) from None


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise TreeError("there is no such tree file", where=str(path), hint=_near(path)) from None
    except UnicodeDecodeError as error:
        raise TreeError(
            f"the file is not UTF-8 (byte {error.start})",
            where=str(path),
            hint="save it as UTF-8",
        ) from None
    except OSError as error:
        raise TreeError(f"cannot read the file: {error.strerror}", where=str(path)) from None


def _near(path: Path) -> str:
    """The tree file that was probably meant."""
    folder = path.parent
    names = [file.name for file in folder.glob("*.toml")] if folder.is_dir() else []
    if close := get_close_matches(path.name, names, n=1):
        return f"did you mean {str(folder / close[0])!r}?"
    if names:
        return f"tree files there: {', '.join(sorted(names)[:6])}"
    return ""


def _not_toml(path: Path, lines: tuple[str, ...], message: str) -> TreeError:
    found = _AT.search(message)
    what = _AT.sub("", message)
    what = what[:1].lower() + what[1:]
    if not found or not found[1]:
        return TreeError(f"this is not TOML: {what} (at the end of the file)", where=str(path))
    line, column = int(found[1]), int(found[2])
    shown = lines[line - 1] if line <= len(lines) else ""
    return TreeError(
        f"this is not TOML: {what}",
        where=f"{path}:{line}",
        excerpt=(shown, " " * (column - 1) + "^"),
        hint='texts need quotes: label = "Revenue"' if "value" in what else "",
    )


def _places(lines: tuple[str, ...]) -> dict[KeyPath, int]:
    """Where each table and key stands; keys of inline tables are left to the key that holds them."""
    places: dict[KeyPath, int] = {}
    table: KeyPath = ()
    open_quotes, depth = "", 0
    for number, line in enumerate(lines, start=1):
        if not open_quotes and depth == 0:
            if header := _HEADER.match(line):
                table = _parts(header[1])
                _remember(places, table, number)
                continue
            if assignment := _ASSIGNMENT.match(line):
                _remember(places, table + _parts(assignment[1]), number)
        open_quotes, depth = _still_open(line, open_quotes, depth)
    return places


def _remember(places: dict[KeyPath, int], key: KeyPath, number: int) -> None:
    for size in range(1, len(key) + 1):
        places.setdefault(key[:size], number)
    places[key] = number


def _parts(dotted: str) -> KeyPath:
    keys = re.findall(_KEY, dotted)
    return tuple(key[1:-1] if key[0] in "\"'" else key for key in keys)


_TOKEN = re.compile(r'"""|\'\'\'|"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*|[\[\]{}]')


def _still_open(line: str, quotes: str, depth: int) -> tuple[str, int]:
    """Whether a multi-line text or a multi-line list goes on after this line."""
    at = 0
    while at < len(line):
        if quotes:
            end = line.find(quotes, at)
            if end < 0:
                return quotes, depth
            at, quotes = end + 3, ""
        token = _TOKEN.search(line, at)
        if token is None:
            break
        at = token.end()
        if token[0] in ('"""', "'''"):
            quotes = token[0]
        elif token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth = max(0, depth - 1)
    return quotes, depth
