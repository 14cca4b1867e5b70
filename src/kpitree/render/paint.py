"""Words and rows as lines for a terminal: rich wraps and colours them.

Words never pass through rich's markup or emoji codes: a Text is made of words and styles apart.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from typing import Final

from rich import cells
from rich.console import Console
from rich.text import Text
from rich.theme import Theme

STYLES: Final = Theme(
    {
        "heading": "bold",
        "quiet": "dim",
        "good": "green",
        "warning": "yellow",
        "bad": "red",
        "error": "bold red",
    }
)
ENDLESS: Final = 1_000_000  # cells: rich cuts what is wider than its console
# Characters of one cell each: nearly all there are, and rich looks each of them up.
_NARROW: Final = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u2013\u2191\u2212\u2500-\u259f\u2713\u2717]*"
)
_TRAILING: Final = re.compile(r" +(\x1b\[0m)? *$", re.MULTILINE)

# A number and its unit stay on one line: rich breaks lines at every kind of space, so another
# character stands between them meanwhile. words.visible lets no text bring its own.
_BEFORE_UNIT: Final = re.compile(r"(?<=\d) (?=(?:k|M|bn|tn|%|pp|d|h)(?!\w))")
_JOINT: Final = "\ud800"


@dataclass(frozen=True, slots=True)
class Rows:
    """Lines of a table, as they stand: each is made of texts and their styles, side by side."""

    lines: tuple[tuple[tuple[str, str], ...], ...]


def cell_len(text: str) -> int:
    """How many cells of a terminal a text takes."""
    return len(text) if _NARROW.fullmatch(text) else cells.cell_len(text)


def painted(blocks: Iterable[Text | Rows], *, color: bool, width: int | None = None) -> str:
    """The blocks below each other, without trailing spaces; escape codes only if color.

    width: cells to wrap texts at; None: nowhere. Rows are as wide as they are made.
    """
    paper = StringIO()
    console = _console(paper, color=color)
    for block in blocks:
        if isinstance(block, Text):
            console.print(block, width=width)
        elif color:
            for line in block.lines:
                console.print(Text.assemble(*line))
        else:  # rich would take a second for ten thousand lines
            paper.writelines("".join([text for text, _ in line]) + "\n" for line in block.lines)
    text = paper.getvalue().replace(_JOINT, " ")
    if color:
        return _TRAILING.sub(r"\1", text)
    return "\n".join(line.rstrip(" ") for line in text.split("\n"))


def words(text: str, style: str = "") -> Text:
    """One of STYLES, or none, on words that rich may wrap."""
    return Text.assemble((_BEFORE_UNIT.sub(_JOINT, text), style))


def hanging(
    text: str, width: int | None, *, prefix: str = "", hang: str = "  ", style: str = ""
) -> Text:
    """The prefix and the words; if they need more lines of width cells, hang starts those."""
    whole = words(prefix + text, style)
    if width is None or whole.cell_len <= width:
        return whole
    room = max(width - max(cell_len(prefix), cell_len(hang)), 2)
    first, *more = words(text).wrap(_console(StringIO(), color=False), room)
    lines = [prefix + first.plain, *(hang + line.plain for line in more)]
    return Text.assemble(("\n".join(lines), style))


def _console(paper: StringIO, *, color: bool) -> Console:
    """Every choice is made here, so that rich takes none from the environment."""
    return Console(
        file=paper,
        width=ENDLESS,
        height=1,
        theme=STYLES,
        color_system="standard" if color else None,
        no_color=False,
        force_terminal=color,
        force_interactive=False,
        force_jupyter=False,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    )
