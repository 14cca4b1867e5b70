"""A tree file's text: its data, and where each key stands. The only room that reads TOML."""

import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

from kpitree.errors import TreeError
from kpitree.tree.not_toml import not_toml, too_many_digits
from kpitree.tree.positions import KeyPath, Spot, characters, spots


@dataclass(frozen=True)
class TomlFile:
    """path: as the user named it. text: with plain line feeds. data: what tomllib made of it."""

    path: Path
    text: str
    data: dict[str, Any]

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *accumulate(len(line) + 1 for line in self.lines)]

    @cached_property
    def _spots(self) -> dict[KeyPath, Spot]:
        return spots(self.text)

    def line_of(self, key: KeyPath) -> int | None:
        """The 1-based line where a key stands, or where the nearest table above it does."""
        for size in range(len(key), 0, -1):
            if spot := self._spots.get(key[:size]):
                return self._place(spot.key)[0] + 1
        return None

    def place_of(self, key: KeyPath, at: tuple[int, int]) -> tuple[int, int, int]:
        """Where a part of a key's text value is written: line, first and past-last column.

        key: of a text value. at: characters of the text. All 0-based. A part that runs over
        several lines ends with its first.
        """
        value = self._spots[key].value
        assert value is not None, "a table is no text"
        written = characters(self.text, value)
        end = len(written) - 1
        start = min(at[0], end)
        first, last = written[start][0], written[max(start, min(at[1], end) - 1)][1]
        line, column = self._place(first)
        return line, column, min(column + last - first, len(self.lines[line]))

    def _place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._line_starts, offset) - 1
        return line, offset - self._line_starts[line]


def read_toml(path: Path) -> TomlFile:
    """Read a tree file. Raises TreeError: missing, unreadable, not UTF-8, not TOML."""
    return parse_toml(path, _text(path))


def parse_toml(path: Path, text: str) -> TomlFile:
    """A tree file's text, as read_toml() would read it from path. Raises TreeError: not TOML."""
    text = text.replace("\r\n", "\n")
    try:
        return TomlFile(path, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise not_toml(path, text, str(error)) from None
    except RecursionError:
        raise TreeError(
            "lists or tables are nested too deeply to be read", where=str(path)
        ) from None
    except ValueError:  # Python reads whole numbers of at most 4,300 digits
        raise too_many_digits(path, text) from None


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise TreeError("there is no such tree file", where=str(path), hint=_near(path)) from None
    except IsADirectoryError:
        raise TreeError(
            "this is a folder; a tree is one file", where=str(path), hint=_inside(path)
        ) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise TreeError(
            "the file is not UTF-8 text", where=f"{path}:{line}", hint="save it with encoding UTF-8"
        ) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise TreeError(f"cannot read the file: {reason}", where=str(path)) from None


def _near(path: Path) -> str:
    """The tree file that was probably meant."""
    folder = path.parent
    if not folder.is_dir():
        return f"there is no folder {str(folder)!r}"
    if close := get_close_matches(path.name, _tree_files(folder), n=1):
        return f"did you mean {str(folder / close[0])!r}?"
    return _inside(folder)


def _inside(folder: Path) -> str:
    names = _tree_files(folder)
    return f"tree files there: {', '.join(names[:6])}" if names else ""


def _tree_files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.glob("*.toml"))
