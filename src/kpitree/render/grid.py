"""Columns side by side: the first holds labels that may wrap, the others never do."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, groupby, pairwise, product
from typing import Final

from rich.text import Text

from kpitree.render.figures import Cell, Column, Label
from kpitree.render.paint import Rows, cell_len, hanging

# Labels longer than the first are wrapped before figures are set more tightly; they are wrapped
# down to the second before a column is left out.
LABEL_FLOORS: Final = (32, 20)
WORDS_FLOOR: Final = 8  # cells left to the words of a label behind its branches


Line = tuple[tuple[str, str], ...]  # texts and their styles
Placed = tuple[list[Line], ...]  # of a row: the lines of each of its cells


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


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Rows of a label and its figures, under titles."""

    title: str
    labels: tuple[Label, ...]
    columns: tuple[Column, ...]
    fitting: Fitting

    @property
    def figures_width(self) -> int:
        return sum(self._widths)

    @property
    def label_width(self) -> int:
        labels = (label.prefix + label.text for label in self.labels if not label.wide)
        return max(map(cell_len, (self.title, *labels)))

    def fits(self, width: int | None, floor: int) -> bool:
        """Whether the figures fit beside labels that may be wrapped to floor cells."""
        return width is None or self._narrowest(floor) + self.figures_width <= width

    def blocks(self, width: int | None) -> Iterator[Text | Rows]:
        """Titles and rows; labels wrapped so that no line is wider than width, if that can be.

        A wide label ends a table, and the next one goes on below it in the same columns.
        """
        room = self.label_width
        if width is not None:
            room = min(room, max(width - self.figures_width, self._narrowest(LABEL_FLOORS[-1])))
        titles = self._titles()
        tallest = max((title.count("\n") for title in titles), default=0)
        # They stand on the figures, not below the line.
        lowered = [Cell("\n" * (tallest - one.count("\n")) + one, "heading") for one in titles]
        title = [""] * tallest + [self.title]
        first, *others = self._placed(
            (top, *column.cells) for top, column in zip(lowered, self.columns, strict=True)
        )
        rows = zip(self.labels, others, strict=True)
        lines = [*self._lines(title, "heading", first, room)]
        for wide, group in groupby(rows, lambda row: row[0].wide):
            if wide:
                yield Rows(tuple(lines))
                lines = []
                yield from (_within(label, width) for label, _ in group)
                continue
            for label, cells in group:
                lines += self._lines(_wrapped(label, room), label.style, cells, room)
        if lines:
            yield Rows(tuple(lines))

    def _placed(self, columns: Iterable[Sequence[Cell]]) -> list[Placed]:
        """Rows of the cells of each column, as wide as it is."""
        placed = [
            [_placed(cell, width, 0 if column.right else gap, right=column.right) for cell in cells]
            for cells, column, width, gap in zip(
                columns, self.columns, self._widths, self._gaps, strict=True
            )
        ]
        return list(zip(*placed, strict=True)) or [()] * (1 + len(self.labels))

    def _lines(
        self, words: Sequence[str], style: str, columns: Placed, room: int
    ) -> Iterator[Line]:
        """A row: as many lines as its label or its highest cell takes."""
        if len(words) == 1 and all(len(lines) == 1 for lines in columns):  # as nearly all are
            spare = " " * (room - cell_len(words[0]))
            yield (words[0], style), (spare, ""), *(one for lines in columns for one in lines[0])
            return
        for at in range(max(len(words), *map(len, columns), 1)):
            word = words[at] if at < len(words) else ""
            beside = (
                lines[at] if at < len(lines) else ((" " * width, ""),)
                for lines, width in zip(columns, self._widths, strict=True)
            )
            yield (word, style), (" " * (room - cell_len(word)), ""), *chain.from_iterable(beside)

    def _narrowest(self, floor: int) -> int:
        """How far labels may be wrapped: to floor cells, or more where branches take them."""
        drawn = (cell_len(label.prefix) for label in self.labels if not label.wide)
        return min(self.label_width, max(floor, WORDS_FLOOR + max(drawn, default=0)))

    @cached_property
    def _gaps(self) -> list[int]:
        groups = ["", *(column.group for column in self.columns)]
        pairs = pairwise(groups)
        return [self.fitting.gap if a == b else self.fitting.group_gap for a, b in pairs]

    @cached_property
    def _widths(self) -> list[int]:
        """The cells that each column takes, with the gap before it."""
        return [
            gap + max(map(cell_len, (*title.split("\n"), *(cell.text for cell in column.cells))))
            for column, title, gap in zip(self.columns, self._titles(), self._gaps, strict=True)
        ]

    def _titles(self) -> list[str]:
        titles = (column.title for column in self.columns)
        return [title.replace(" ", "\n") if self.fitting.tall else title for title in titles]


def _placed(cell: Cell, width: int, gap: int, *, right: bool) -> list[Line]:
    """The lines of a cell, each as wide as its column: on its right, or behind a gap."""
    style = cell.style
    spares = [(text, " " * (width - gap - cell_len(text))) for text in cell.text.split("\n")]
    if right:
        return [((spare, ""), (text, style)) for text, spare in spares]
    return [((" " * gap, ""), (text, style), (spare, "")) for text, spare in spares]


def _wrapped(label: Label, width: int) -> list[str]:
    whole = label.prefix + label.text
    if cell_len(whole) <= width:
        return whole.split("\n")  # as nearly all do, and a Text is dear
    return _within(label, width).plain.split("\n")


def _within(label: Label, width: int | None) -> Text:
    return hanging(label.text, width, prefix=label.prefix, hang=label.hang, style=label.style)


def roomiest(
    grid: Callable[[Sequence[str], Fitting], Grid],
    order: Sequence[str],
    width: int | None,
    fittings: Sequence[Fitting] = FITTINGS,
    floors: Sequence[int] = LABEL_FLOORS,
) -> tuple[Sequence[str], Grid]:
    """The grid that leaves out least and still fits, or the tightest of all.

    grid: makes one without the columns of these keys. order: keys, first those missed least.
    floors: how far labels may be wrapped for it, in the order to be tried.
    Returns the keys left out, and the grid.
    """
    attempts = product(range(len(order) + 1), floors, fittings)
    for count, floor, fitting in attempts:
        found = grid(order[:count], fitting)
        if found.fits(width, floor):
            return order[:count], found
    return order, grid(order, fittings[-1])
