"""Columns side by side: the first holds labels that may wrap, the others never do."""

from collections.abc import Sequence
from dataclasses import dataclass

from kpitree.render.paint import Line, Piece, padded, width_of, wrapped

LABEL_FLOOR = 20  # labels are wrapped down to this many cells before a column is left out


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure: its text, and its style when colour is shown."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a row is about: branches drawn before it, then words.

    hang: drawn instead of prefix when the words go on in another line.
    """

    text: str
    prefix: str = ""
    hang: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One figure of every row. key: what it is, for leaving it out."""

    key: str
    title: str
    cells: tuple[Cell, ...]
    right: bool = True

    @property
    def width(self) -> int:
        return max(width_of(text) for text in (self.title, *(cell.text for cell in self.cells)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Rows of a label and its figures, under titles. gap: cells between two columns."""

    title: str
    labels: tuple[Label, ...]
    columns: tuple[Column, ...]
    gap: int = 2

    @property
    def figures_width(self) -> int:
        return sum(column.width + self.gap for column in self.columns)

    @property
    def label_width(self) -> int:
        return max(
            width_of(self.title),
            *(width_of(label.prefix + label.text) for label in self.labels),
        )

    def fits(self, width: int | None) -> bool:
        """Whether the figures fit beside labels that may be wrapped to LABEL_FLOOR."""
        needed = min(self.label_width, LABEL_FLOOR) + self.figures_width
        return width is None or needed <= width

    def lines(self, width: int | None) -> list[Line]:
        """Titles and rows; labels wrapped so that the lines are at most width cells, if they fit."""
        room = self.label_width
        if width is not None:
            room = min(room, max(width - self.figures_width, LABEL_FLOOR))
        titles = [Cell(column.title, "heading") for column in self.columns]
        lines = [self._line((padded(self.title, room), "heading"), titles)]
        for at, label in enumerate(self.labels):
            first, *more = _label_lines(label, room)
            lines.append(self._line(first, [column.cells[at] for column in self.columns]))
            lines += [[piece] for piece in more]
        return lines

    def _line(self, label: Piece, cells: Sequence[Cell]) -> Line:
        line: list[Piece] = [label]
        for column, cell in zip(self.columns, cells, strict=True):
            text = padded(cell.text, column.width, right=column.right)
            line += [(" " * self.gap, ""), (text, cell.style)]
        return line


def _label_lines(label: Label, room: int) -> list[Piece]:
    drawn = width_of(label.prefix)
    words = wrapped(label.text, max(room - drawn, 2))
    prefixes = [label.prefix, *[label.hang] * (len(words) - 1)]
    return [
        (padded(prefix + text, room), label.style)
        for prefix, text in zip(prefixes, words, strict=True)
    ]
