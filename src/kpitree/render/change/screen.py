"""One screen for a person: the waterfall beside its figures, and what is to be said of them.

On a terminal, what does not fit gives way in this order: decimals of large amounts, space
between columns, cells of the bars (down to a dozen), the bars, then shares, values and factors
(named below the table). The lines stay, and a number is never cut.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from rich.text import Text

from kpitree.analysis.results.change import Change
from kpitree.render.blocks import heading, quiet
from kpitree.render.change import ledger as figures
from kpitree.render.change import remarks, steps, waterfall
from kpitree.render.change.ledger import Ledger, ledger_of
from kpitree.render.change.told import told
from kpitree.render.figures import Column
from kpitree.render.grid import LABEL_FLOORS, Fitting, Grid, roomiest
from kpitree.render.paint import Rows, hanging
from kpitree.render.style import Style

LEAVING: Final = ("bars", "error", "share", "from", "to", "factor")


def screen(change: Change, style: Style) -> Iterator[Text | Rows]:
    """The screen; where there are no lines only the heading and the reason."""
    name, *parts = remarks.heading(change, style)
    yield from heading(name, parts, style)
    ledger = ledger_of(change, style)
    if ledger is not None:
        yield Text()
        yield from _waterfall(ledger)
    yield Text()
    yield hanging(told(change, ascii_only=style.ascii), style.width)
    if steady := remarks.steadiness(change):
        yield hanging(steady, style.width)
    if ledger is not None and (notes := remarks.notes(ledger)):
        yield Text()
        yield from quiet(notes, style)
    if change.links:
        yield Text()
        yield from _steps(change, style)


def _waterfall(ledger: Ledger) -> Iterator[Text | Rows]:
    style = ledger.style
    gone, grid = _roomiest(ledger)
    yield from grid.blocks(style.width)
    notes = [remarks.reconciliation(ledger, coarse=grid.fitting.coarse)]
    if product := remarks.product(ledger):
        notes.append(product)
    axis = waterfall.axis_of(ledger)
    if axis.cut and "bars" not in gone:
        notes.append(remarks.cut_axis(axis.base, ledger.of_amounts()))
    if missing := [each.title for each in figures.columns(ledger) if each.key in gone]:
        notes.append(f"no room for: {', '.join(missing)}")
    yield Text()
    yield from quiet(notes, style)


def _roomiest(ledger: Ledger) -> tuple[Sequence[str], Grid]:
    """Long lists of segments read badly when wrapped: columns are left out before that."""
    least, narrow = LABEL_FLOORS
    width, grid = ledger.style.width, partial(_grid, ledger)
    gone, best = roomiest(grid, LEAVING, width, floors=(least,))
    if best.fits(width, least):
        return gone, best
    return roomiest(grid, LEAVING, width, floors=(narrow,))


def _grid(ledger: Ledger, gone: Sequence[str], fitting: Fitting) -> Grid:
    built = figures.columns(ledger, coarse=fitting.coarse)
    grid = _of(ledger, [each for each in built if each.key not in gone], fitting)
    if "bars" in gone:
        return grid
    cells = _cells(grid, ledger.style.width)
    return _of(ledger, [*grid.columns, waterfall.bars(ledger, cells)], fitting)


def _of(ledger: Ledger, columns: Sequence[Column], fitting: Fitting) -> Grid:
    return Grid(title="drivers", labels=ledger.labels, columns=tuple(columns), fitting=fitting)


def _cells(grid: Grid, width: int | None) -> int:
    """The cells that bars may take beside the figures."""
    if width is None:
        return waterfall.OFF_A_TERMINAL
    room = width - grid.label_width - grid.figures_width - grid.fitting.group_gap
    return min(max(room, waterfall.LEAST), waterfall.MOST)


def _steps(change: Change, style: Style) -> Iterator[Text | Rows]:
    def grid(gone: Sequence[str], fitting: Fitting) -> Grid:
        built = steps.columns(change, style, coarse=fitting.coarse)
        kept = tuple(each for each in built if each.key not in gone)
        return Grid(title="through", labels=steps.labels(change), columns=kept, fitting=fitting)

    built = steps.columns(change, style)
    order = [column.key for column in built if column.key not in (steps.SUM, steps.DIRECT)]
    gone, best = roomiest(grid, order, style.width)
    yield from best.blocks(style.width)
    notes = [steps.note(change)]
    if missing := [column.title for column in built if column.key in gone]:
        notes.append(f"no room for: {', '.join(missing)}")
    yield Text()
    yield from quiet(notes, style)
