"""A line of the user's file with carets under a place, also past wide or invisible characters."""

import unicodedata
from typing import Final

MAX_WIDTH: Final = 160  # characters of a line shown around the carets
MAX_CARETS: Final = 80  # columns underlined


def excerpt(line: str, start: int, end: int) -> tuple[str, str]:
    """The line, cut around the place, and carets under its characters from start up to end.

    A place past the end of the line gets one caret after the last character.
    """
    start = min(max(start, 0), len(line))
    first = max(0, start - MAX_WIDTH // 2)
    shown = [_shown(char) for char in line[first : first + MAX_WIDTH]]
    before = sum(map(_columns, shown[: start - first]))
    under = sum(map(_columns, shown[start - first : end - first]))
    return "".join(shown).rstrip(), " " * before + "^" * min(max(under, 1), MAX_CARETS)


def _shown(char: str) -> str:
    r"""A tab as a space; what would act on the terminal instead of showing, as \x1b."""
    if char == "\t":
        return " "
    if char.isprintable():
        return char
    return f"\\x{ord(char):02x}" if ord(char) <= 0xFF else f"\\u{ord(char):04x}"


def _columns(shown: str) -> int:
    """How many columns of a terminal a character takes: 2 in East Asian scripts, 0 for accents."""
    if len(shown) > 1:
        return len(shown)
    if unicodedata.combining(shown):
        return 0
    return 2 if unicodedata.east_asian_width(shown) in "WF" else 1
