"""`table`: the tree as an outline for a terminal."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from rich.text import Text

from kpitree.render.drawing.said import definition, target_of, unit_of
from kpitree.render.figures import Cell, Column, Label
from kpitree.render.grid import FITTINGS, Fitting, Grid, roomiest
from kpitree.render.kpis import ABOVE, ASCII_ABOVE
from kpitree.render.outline import Entry, outline
from kpitree.render.paint import painted, words
from kpitree.render.style import Style
from kpitree.render.words import visible
from kpitree.tree.model import Node, Tree

LEAVING: Final = ("owner", "name", "unit", "target")  # on a narrow terminal, in this order


def render(tree: Tree, style: Style) -> str:
    """KPIs on their branches with name, unit, target and owner, and what they are made of.

    What they are made of stands in a column of its own where there is room, else below.
    """
    entries = outline(tree, depth=style.depth, ascii_only=style.ascii)
    grid = _grid(tree, style, entries, (), FITTINGS[0], below=False)
    if style.width is not None and grid.label_width + grid.figures_width > style.width:
        below = partial(_grid, tree, style, entries, below=True)
        _, grid = roomiest(below, LEAVING, style.width)
    blocks = [words(visible(tree.name), "heading"), Text(), *grid.blocks(style.width)]
    return painted(blocks, color=style.color, width=style.width)


def _grid(
    tree: Tree,
    style: Style,
    entries: list[Entry],
    gone: Sequence[str],
    fitting: Fitting,
    *,
    below: bool,
) -> Grid:
    rows = list(_rows(tree, style, entries, below=below))
    built = [
        _column("name", rows, lambda node: node.id),
        _column("unit", rows, lambda node: unit_of(tree, node)),
        _column("target", rows, lambda node: target_of(node, ascii_only=style.ascii), right=True),
        _column("owner", rows, lambda node: node.owner or ""),
        *([] if below else [_column("made of", rows, definition)]),
    ]
    columns = tuple(
        each for each in built if each.key not in gone and any(cell.text for cell in each.cells)
    )
    labels = tuple(label for label, _ in rows)
    return Grid(title="KPI", labels=labels, columns=columns, fitting=fitting)


def _column(
    title: str,
    rows: list[tuple[Label, Node | None]],
    text: Callable[[Node], str],
    *,
    right: bool = False,
) -> Column:
    cells = (Cell(visible(text(node)) if node else "") for _, node in rows)
    return Column(key=title, title=title, cells=tuple(cells), right=right)


def _rows(
    tree: Tree, style: Style, entries: list[Entry], *, below: bool
) -> Iterator[tuple[Label, Node | None]]:
    """Labels, each with the KPI whose figures stand beside it, if any do."""
    above, stem = (ASCII_ABOVE, "| ") if style.ascii else (ABOVE, "│ ")
    for entry in entries:
        node = tree.kpis[entry.kpi]
        name = visible(node.label) + (f" {above}" if entry.repeated else "")
        quiet = "quiet" if entry.repeated else ""
        label = Label(text=name, prefix=entry.prefix, hang=entry.hang, style=quiet)
        yield label, None if entry.repeated else node
        if below and not entry.repeated:
            hang = entry.hang + (stem if entry.parent else "  ")
            text = definition(node)
            yield Label(text=text, prefix=hang, hang=hang + "  ", style="quiet", wide=True), None
