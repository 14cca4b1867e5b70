"""One screen for a person: the slices with their figures and bars, and what they say.

On a terminal, what does not fit gives way in this order: decimals of large amounts, space
between columns, the bars, values, sizes and shares. The lines stay, and a number is never cut.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from rich.text import Text

from kpitree.analysis.results.slices import Slices
from kpitree.render.blocks import heading, quiet
from kpitree.render.grid import Fitting, Grid, roomiest
from kpitree.render.paint import Rows, hanging
from kpitree.render.slices import figures, telling
from kpitree.render.style import Style

LEAVING: Final = ("bars", "from", "to", "size", "share")
BARS: Final = 16  # cells


def screen(found: Slices, style: Style) -> Iterator[Text | Rows]:
    """The screen; where there is no answer only the heading and the reason."""
    name, *parts = telling.heading(found, style)
    yield from heading(name, parts, style)
    gone: Sequence[str] = ()
    if found.reason is None:
        gone, grid = roomiest(partial(_grid, found, style), LEAVING, style.width)
        yield Text()
        yield from grid.blocks(style.width)
    yield Text()
    yield hanging(telling.sentence(found, style), style.width)
    notes = telling.notes(found, style)
    if missing := [each.title for each in figures.columns(found, style) if each.key in gone]:
        notes.append(f"no room for: {', '.join(missing)}")
    if notes:
        yield Text()
        yield from quiet(notes, style)


def _grid(found: Slices, style: Style, gone: Sequence[str], fitting: Fitting) -> Grid:
    built = figures.columns(found, style, coarse=fitting.coarse)
    if "bars" not in gone:
        built.append(figures.bars(found, style, BARS))
    kept = tuple(each for each in built if each.key not in gone)
    labels = figures.labels(found)
    return Grid(title=figures.TITLE, labels=labels, columns=kept, fitting=fitting)
