"""Pieces of a line, measured in terminal cells and coloured: all that is needed of rich.

Words never pass through rich's markup or emoji codes: a piece is its text and a style apart.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from rich.cells import cell_len, chop_cells
from rich.color import ColorSystem
from rich.style import Style as RichStyle

Piece = tuple[str, str]  # the words, and one of STYLES
Line = Sequence[Piece]

STYLES: Final = {
    "": RichStyle(),
    "heading": RichStyle(bold=True),
    "quiet": RichStyle(dim=True),
    "good": RichStyle(color="green"),
    "warning": RichStyle(color="yellow"),
    "bad": RichStyle(color="red"),
    "error": RichStyle(color="red", bold=True),
}


# A number and its unit stay on one line.
_BREAKS: Final = re.compile(r"(?<!\d) | (?!(?:k|M|bn|tn|%|pp|d|h)(?!\w))")


def painted(lines: Iterable[Line], *, color: bool) -> str:
    """The lines as text, without trailing spaces; with escape codes only if color is asked."""
    return "".join(_painted(_trimmed(line), color=color) + "\n" for line in lines)


def width_of(text: str) -> int:
    """The cells a text takes on a terminal: two for each wide character."""
    return cell_len(text)


def padded(text: str, width: int, *, right: bool = False) -> str:
    """The text in width cells; longer texts are left whole."""
    space = " " * (width - width_of(text))
    return space + text if right else text + space


def wrapped(text: str, width: int | None) -> list[str]:
    """The text in lines of at most width cells, broken at spaces; None: in one line.

    A word that is wider by itself is broken inside.
    """
    if width is None or width_of(text) <= width:
        return [text]
    lines = [""]
    for word in _BREAKS.split(text):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width_of(longer) <= width:
            lines[-1] = longer
            continue
        pieces = chop_cells(word, max(width, 2)) or [""]
        lines[-1:] = [*([lines[-1]] if lines[-1] else []), *pieces]
    return lines


def _trimmed(line: Line) -> list[Piece]:
    pieces = list(line)
    while pieces and not pieces[-1][0].rstrip(" "):
        pieces.pop()
    if pieces:
        text, style = pieces[-1]
        pieces[-1] = (text.rstrip(" "), style)
    return pieces


def _painted(line: list[Piece], *, color: bool) -> str:
    if not color:
        return "".join(text for text, _style in line)
    return "".join(
        STYLES[style].render(text, color_system=ColorSystem.STANDARD) if text.strip() else text
        for text, style in line
    )
