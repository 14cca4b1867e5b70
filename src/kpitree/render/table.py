"""`table`: one screen for a person.

Heading, the tree with its figures, footnotes; then for each missed KPI a sentence and its
drivers.

Off a terminal (width None) everything is shown in full and nothing is wrapped. On one, what
does not fit gives way in this order: decimals of large amounts, space between columns, whole
columns (named below the table), and labels are wrapped. A number is never cut.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from kpitree.analysis.result import Evaluation
from kpitree.render import breakdown, overview, remarks
from kpitree.render.breakdown import Breakdown
from kpitree.render.explained import Explanation, explanations
from kpitree.render.grid import FITTINGS, LABEL_FLOORS, Column, Fitting, Grid, roomiest
from kpitree.render.overview import Overview
from kpitree.render.paint import hanging, painted, words
from kpitree.render.style import Style

LAST_TO_GO: Final = ("actual", "vs target %", "status")


def render(evaluation: Evaluation, style: Style) -> str:
    """The screen; empty when no KPI is left to show, so that cron mails only what matters."""
    view = overview.overview(evaluation, style)
    if not view.rows:
        return ""
    grid, left_out = _overview_grid(view)
    blocks = [*_heading(view), Text(), *grid.blocks(style.width)]
    notes = remarks.footnotes(view)
    if left_out:
        notes.append(f"no room for: {', '.join(left_out)}")
    if notes:
        blocks += [Text(), *_quiet(notes, style)]
    for found in explanations(view):
        blocks += [Text(), *_explanation(found, style, coarse=grid.fitting.coarse)]
    return painted(blocks, color=style.color, width=style.width)


def _heading(view: Overview) -> Iterator[Text]:
    name, *parts = remarks.heading(view)
    dot = " - " if view.style.ascii else " · "
    lines = [name]
    for part in parts:
        longer = f"{lines[-1]}{dot}{part}"
        if view.style.width is None or cell_len(longer) <= view.style.width:
            lines[-1] = longer
        else:
            lines.append(part)
    first, *more = map(words, lines)
    first.stylize("heading", 0, len(name))
    yield from (first, *more)


def _overview_grid(view: Overview) -> tuple[Grid, list[str]]:
    """The tree with as many columns as fit, and the titles of those left out."""
    choices = {coarse: overview.columns(view, coarse=coarse) for coarse in (False, True)}
    labels = overview.labels(view)

    def grid(gone: Sequence[str], fitting: Fitting) -> Grid:
        kept = tuple(each for each in choices[fitting.coarse] if each.key not in gone)
        return Grid(title="KPI", labels=labels, columns=kept, fitting=fitting)

    gone, best = roomiest(grid, _leaving(choices[False]), view.style.width)
    return best, [each.title for each in choices[best.fitting.coarse] if each.key in gone]


def _leaving(columns: Sequence[Column]) -> list[str]:
    """The columns that may be left out, first those that are missed least."""
    keys = [column.key for column in columns]
    older = [key for key in keys if key.startswith("period ")]
    named = ["trend", "last-year"]
    other = [key for key in keys if key not in (*named, *older, *LAST_TO_GO)]
    references = [key for key in other if key not in ("target", "vs target", "previous")]
    order = [*named, *references, "previous", *older, "target", "vs target"]
    return [key for key in order if key in keys]


def _quiet(notes: Iterable[str], style: Style) -> Iterator[Text]:
    return (hanging(note, style.width, style="quiet") for note in notes)


# --- drivers -------------------------------------------------------------------------------


def _explanation(found: Explanation, style: Style, *, coarse: bool) -> Iterator[Text | Table]:
    yield words(found.told)
    if found.table is not None:
        yield Text()
        yield from _driver_grids(found.table, coarse=coarse)
    if found.withheld:
        yield Text()
        yield from _quiet(found.withheld, style)


def _driver_grids(table: Breakdown, *, coarse: bool) -> Iterator[Text | Table]:
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
