"""Columns side by side: the first holds labels that may wrap, the others never do."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Final

from kpitree.render.paint import Line, Piece, padded, width_of, wrapped

# Labels longer than the first are wrapped before figures are set more tightly; they are wrapped
# down to the second before a column is left out.
LABEL_FLOORS: Final = (32, 20)


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure: its text, and its style when colour is shown."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a row is about: branches drawn before it, then words.

    hang: drawn instead of prefix when the words go on in another line.
    wide: no figures stand beside it, so it may take the whole line.
    """

    text: str
    prefix: str = ""
    hang: str = ""
    style: str = ""
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One figure of every row.

    key: what it is, for leaving it out. group: columns of the same group stand together.
    """

    key: str
    title: str
    cells: tuple[Cell, ...]
    right: bool = True
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """How tightly figures are set.

    coarse: large amounts without their decimals. gap: cells between columns; group_gap:
    between groups of columns. tall: titles take a line for each of their words.
    """

    coarse: bool = False
    gap: int = 2
    group_gap: int = 2
    tall: bool = False


# From roomy to tight; what does not fit even so is left out or wrapped.
FITTINGS: Final = (
    Fitting(),
    Fitting(coarse=True),
    Fitting(coarse=True, gap=1, tall=True),
    Fitting(coarse=True, gap=1, group_gap=1, tall=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Rows of a label and its figures, under titles."""

    title: str
    labels: tuple[Label, ...]
    columns: tuple[Column, ...]
    fitting: Fitting

    @property
    def figures_width(self) -> int:
        return sum(gap + width for gap, width in zip(self._gaps(), self._widths(), strict=True))

    @property
    def label_width(self) -> int:
        return max(
            width_of(self.title),
            *(width_of(label.prefix + label.text) for label in self.labels if not label.wide),
        )

    def fits(self, width: int | None, floor: int) -> bool:
        """Whether the figures fit beside labels that may be wrapped to floor cells."""
        needed = min(self.label_width, floor) + self.figures_width
        return width is None or needed <= width

    def lines(self, width: int | None) -> list[Line]:
        """Titles and rows; labels wrapped so that no line is wider than width, if that can be."""
        room = self.label_width
        if width is not None:
            room = min(room, max(width - self.figures_width, LABEL_FLOORS[-1]))
        settings = list(zip(self.columns, self._gaps(), self._widths(), strict=True))
        lines = [
            _line((padded(title, room), "heading"), map(_heading, texts), settings)
            for title, texts in self._titles()
        ]
        for at, label in enumerate(self.labels):
            first, *more = _label_lines(label, width if label.wide else room)
            cells = (column.cells[at] for column in self.columns)
            lines.append([first] if label.wide else _line(first, cells, settings))
            lines += [[piece] for piece in more]
        return lines

    def _gaps(self) -> list[int]:
        groups = ["", *(column.group for column in self.columns)]
        pairs = pairwise(groups)
        return [self.fitting.gap if a == b else self.fitting.group_gap for a, b in pairs]

    def _widths(self) -> list[int]:
        return [
            max(width_of(text) for text in (*words, *(cell.text for cell in column.cells)))
            for column, words in zip(self.columns, self._title_words(), strict=True)
        ]

    def _title_words(self) -> list[list[str]]:
        return [
            column.title.split(" ") if self.fitting.tall else [column.title]
            for column in self.columns
        ]

    def _titles(self) -> Iterator[tuple[str, list[str]]]:
        """The lines of the titles, which stand on the last of them."""
        words = self._title_words()
        height = max((len(each) for each in words), default=1)
        for at in range(-height, 0):
            texts = [each[at] if len(each) >= -at else "" for each in words]
            yield (self.title if at == -1 else ""), texts


def _heading(text: str) -> Cell:
    return Cell(text, "heading")


def _line(label: Piece, cells: Iterable[Cell], settings: list[tuple[Column, int, int]]) -> Line:
    """A label and its figures. settings: of each column, the gap before it and its width."""
    line: list[Piece] = [label]
    for cell, (column, gap, width) in zip(cells, settings, strict=True):
        line += [(" " * gap, ""), (padded(cell.text, width, right=column.right), cell.style)]
    return line


def roomiest(
    grid: Callable[[Sequence[str], Fitting], Grid],
    order: Sequence[str],
    width: int | None,
    fittings: Sequence[Fitting] = FITTINGS,
) -> tuple[Sequence[str], Grid]:
    """The grid that leaves out least and still fits, or the tightest of all.

    grid: makes one without the columns of these keys. order: keys, first those missed least.
    Returns the keys left out, and the grid.
    """
    attempts = product(range(len(order) + 1), LABEL_FLOORS, fittings)
    for count, floor, fitting in attempts:
        found = grid(order[:count], fitting)
        if found.fits(width, floor):
            return order[:count], found
    return order, grid(order, fittings[-1])


def _label_lines(label: Label, room: int | None) -> list[Piece]:
    words = [label.text]
    if room is not None and width_of(label.prefix + label.text) > room:
        drawn = max(width_of(label.prefix), width_of(label.hang))
        words = wrapped(label.text, max(room - drawn, 2))
    prefixes = [label.prefix, *[label.hang] * (len(words) - 1)]
    return [
        (padded(prefix + text, room or 0), label.style)
        for prefix, text in zip(prefixes, words, strict=True)
    ]
