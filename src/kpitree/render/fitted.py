"""A table as wide as there is room for, and its notes below it."""

from collections.abc import Callable, Iterator, Sequence

from rich.text import Text

from kpitree.render.blocks import quiet
from kpitree.render.figures import Column, Label
from kpitree.render.grid import Fitting, Grid, roomiest
from kpitree.render.paint import Rows
from kpitree.render.style import Style

Columns = Callable[[bool], list[Column]]  # whether amounts are coarse -> the columns


def fitted(
    title: str,
    labels: tuple[Label, ...],
    columns: Columns,
    leaving: Sequence[str],
    style: Style,
) -> tuple[list[Text | Rows], list[str]]:
    """The table, and the titles of the columns that there is no room for.

    leaving: keys of columns that may be left out, first those that are missed least.
    """

    def grid(gone: Sequence[str], fitting: Fitting) -> Grid:
        kept = tuple(column for column in columns(fitting.coarse) if column.key not in gone)
        return Grid(title=title, labels=labels, columns=kept, fitting=fitting)

    gone, best = roomiest(grid, leaving, style.width)
    built = columns(best.fitting.coarse)
    return list(best.blocks(style.width)), [one.title for one in built if one.key in gone]


def noted(notes: Sequence[str], left_out: Sequence[str], style: Style) -> Iterator[Text]:
    """The notes, and what there is no room for, below a blank line."""
    told = [*notes, *([f"no room for: {', '.join(left_out)}"] if left_out else [])]
    if told:
        yield Text()
        yield from quiet(told, style)
