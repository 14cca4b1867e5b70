"""One screen for a person.

Heading, the tree with its figures, footnotes; then for each missed KPI a sentence and its
drivers.

Off a terminal (width None) everything is shown in full and nothing is wrapped. On one, what
does not fit gives way in this order: decimals of large amounts, space between columns, whole
columns (named below the table), and labels are wrapped. A number is never cut.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from rich.text import Text

from kpitree.analysis.results.evaluation import Evaluation
from kpitree.render.blocks import heading, quiet
from kpitree.render.evaluation import breakdown, overview, remarks
from kpitree.render.evaluation.breakdown import Breakdown
from kpitree.render.evaluation.explained import Explanation, explanations
from kpitree.render.evaluation.overview import Overview
from kpitree.render.figures import Column
from kpitree.render.grid import FITTINGS, LABEL_FLOORS, Fitting, Grid, roomiest
from kpitree.render.paint import Rows, words
from kpitree.render.style import Style

LAST_TO_GO: Final = ("actual", "vs target %", "status")


def screen(evaluation: Evaluation, style: Style) -> Iterator[Text | Rows]:
    """The screen; nothing when no KPI is left to show, so that cron mails only what matters."""
    view = overview.overview(evaluation, style)
    if not view.rows:
        return
    grid, left_out = _overview_grid(view)
    name, *parts = remarks.heading(view)
    yield from heading(name, parts, style)
    yield Text()
    yield from grid.blocks(style.width)
    notes = remarks.footnotes(view)
    if left_out:
        notes.append(f"no room for: {', '.join(left_out)}")
    if notes:
        yield Text()
        yield from quiet(notes, style)
    for found in explanations(view):
        yield Text()
        yield from _explanation(found, style, coarse=grid.fitting.coarse)


def _overview_grid(view: Overview) -> tuple[Grid, list[str]]:
    """The tree with as many columns as fit, and the titles of those left out."""
    choices = cache(lambda coarse: overview.columns(view, coarse=coarse))
    labels = overview.labels(view)

    def grid(gone: Sequence[str], fitting: Fitting) -> Grid:
        kept = tuple(each for each in choices(fitting.coarse) if each.key not in gone)
        return Grid(title="KPI", labels=labels, columns=kept, fitting=fitting)

    gone, best = roomiest(grid, _leaving(choices(FITTINGS[0].coarse)), view.style.width)
    return best, [each.title for each in choices(best.fitting.coarse) if each.key in gone]


def _leaving(columns: Sequence[Column]) -> list[str]:
    """The columns that may be left out, first those that are missed least."""
    keys = [column.key for column in columns]
    older = [key for key in keys if key.startswith("period ")]
    named = ["limits", "trend", "last-year"]
    other = [key for key in keys if key not in (*named, *older, *LAST_TO_GO)]
    references = [key for key in other if key not in ("target", "vs target", "previous")]
    order = [*named, *references, "previous", *older, "target", "vs target"]
    return [key for key in order if key in keys]


# --- drivers -------------------------------------------------------------------------------


def _explanation(found: Explanation, style: Style, *, coarse: bool) -> Iterator[Text | Rows]:
    yield words(found.told)
    if found.table is not None:
        yield Text()
        yield from _driver_grids(found.table, coarse=coarse)
    if found.withheld:
        yield Text()
        yield from quiet(found.withheld, style)


def _driver_grids(table: Breakdown, *, coarse: bool) -> Iterator[Text | Rows]:
    """One table where it fits; else one for each reference.

    coarse: the tree above is, so that its changes are the totals here to the digit.
    """
    width = table.style.width
    fittings = [fitting for fitting in FITTINGS if fitting.coarse or not coarse]
    _, grid = roomiest(lambda _, fitting: _driver_grid(table, fitting), (), width, fittings)
    if grid.fits(width, LABEL_FLOORS[-1]) or len(table.attributions) == 1:
        yield from grid.blocks(width)
        return
    for at, found in enumerate(table.attributions):
        if at:
            yield Text()
        alone = Breakdown(table.tree, table.style, (found,))
        yield from _driver_grids(alone, coarse=coarse)


def _driver_grid(table: Breakdown, fitting: Fitting) -> Grid:
    columns = tuple(breakdown.columns(table, coarse=fitting.coarse))
    return Grid(title="drivers", labels=breakdown.labels(table), columns=columns, fitting=fitting)
