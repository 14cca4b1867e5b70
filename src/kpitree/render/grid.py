"""Columns side by side: the first holds labels that may wrap, the others never do."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, product
from typing import Final

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from kpitree.render.figures import Cell, Column, Label
from kpitree.render.paint import hanging

# Labels longer than the first are wrapped before figures are set more tightly; they are wrapped
# down to the second before a column is left out.
LABEL_FLOORS: Final = (32, 20)
WORDS_FLOOR: Final = 8  # cells left to the words of a label behind its branches


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
        return sum(self._widths())

    @property
    def label_width(self) -> int:
        labels = (label.prefix + label.text for label in self.labels if not label.wide)
        return max(map(cell_len, (self.title, *labels)))

    def fits(self, width: int | None, floor: int) -> bool:
        """Whether the figures fit beside labels that may be wrapped to floor cells."""
        return width is None or self._narrowest(floor) + self.figures_width <= width

    def blocks(self, width: int | None) -> Iterator[Text | Table]:
        """Titles and rows; labels wrapped so that no line is wider than width, if that can be.

        A wide label ends a table, and the next one goes on below it in the same columns.
        """
        room = self.label_width
        if width is not None:
            room = min(room, max(width - self.figures_width, self._narrowest(LABEL_FLOORS[-1])))
        rows = zip(self.labels, *(column.cells for column in self.columns), strict=True)
        titled = True
        for wide, group in groupby(rows, lambda row: row[0].wide):
            if wide:
                yield from (_within(label, width) for label, *_ in group)
                continue
            table = self._table(room, titled=titled)
            for label, *cells in group:
                table.add_row(_within(label, room), *self._spaced(cells))
            titled = False
            yield table

    def _table(self, room: int, *, titled: bool) -> Table:
        table = Table(box=None, padding=0, header_style="", show_header=titled)
        table.add_column(Text.assemble((self.title, "heading")), width=room, no_wrap=True)
        titles = self._spaced(Cell(title, "heading") for title in self._titles())
        for column, title, width in zip(self.columns, titles, self._widths(), strict=True):
            table.add_column(
                title, justify="right" if column.right else "left", width=width, no_wrap=True
            )
        return table

    def _spaced(self, cells: Iterable[Cell]) -> Iterator[Text]:
        """Cells of a row, with the gaps before them: a column is wider than its cells by its gap.

        Those on the right of their columns have it as it is.
        """
        for cell, column, gap in zip(cells, self.columns, self._gaps(), strict=True):
            before = "" if column.right else " " * gap
            lines = cell.text.replace("\n", f"\n{before}")
            yield Text.assemble(before, (lines, cell.style))

    def _narrowest(self, floor: int) -> int:
        """How far labels may be wrapped: to floor cells, or more where branches take them."""
        drawn = (cell_len(label.prefix) for label in self.labels if not label.wide)
        return min(self.label_width, max(floor, WORDS_FLOOR + max(drawn, default=0)))

    def _gaps(self) -> list[int]:
        groups = ["", *(column.group for column in self.columns)]
        pairs = pairwise(groups)
        return [self.fitting.gap if a == b else self.fitting.group_gap for a, b in pairs]

    def _widths(self) -> list[int]:
        """The cells that each column takes, with the gap before it."""
        return [
            gap + max(map(cell_len, (*title.split("\n"), *(cell.text for cell in column.cells))))
            for column, title, gap in zip(self.columns, self._titles(), self._gaps(), strict=True)
        ]

    def _titles(self) -> list[str]:
        titles = (column.title for column in self.columns)
        return [title.replace(" ", "\n") if self.fitting.tall else title for title in titles]


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
