"""`table`: one screen for a person.

Heading, the tree with its figures, footnotes; then for each missed KPI a sentence and its
drivers.

Off a terminal (width None) everything is shown in full and nothing is wrapped. On one, what
does not fit gives way in this order: decimals of large amounts, space between columns, whole
columns (named below the table), and labels are wrapped. A number is never cut.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kpitree.analysis.result import Evaluation
from kpitree.render import breakdown, overview, remarks
from kpitree.render.breakdown import Breakdown
from kpitree.render.explained import Explanation, explanations
from kpitree.render.grid import FITTINGS, LABEL_FLOORS, Column, Fitting, Grid, roomiest
from kpitree.render.overview import Overview
from kpitree.render.paint import Line, painted, width_of, wrapped
from kpitree.render.style import Style

LAST_TO_GO: Final = ("actual", "vs target %", "status")


def render(evaluation: Evaluation, style: Style) -> str:
    """The screen; empty when no KPI is left to show, so that cron mails only what matters."""
    view = overview.overview(evaluation, style)
    if not view.rows:
        return ""
    grid, left_out = _overview_grid(view)
    lines: list[Line] = [*_heading(view), [], *grid.lines(style.width)]
    notes = remarks.footnotes(view)
    if left_out:
        notes.append(f"no room for: {', '.join(left_out)}")
    if notes:
        lines += [[], *_quiet(notes, style)]
    for found in explanations(view):
        lines += [[], *_explanation(found, style, coarse=grid.fitting.coarse)]
    return painted(lines, color=style.color)


def _heading(view: Overview) -> Iterator[Line]:
    name, *parts = remarks.heading(view)
    dot = " - " if view.style.ascii else " · "
    lines = [name]
    for part in parts:
        longer = f"{lines[-1]}{dot}{part}"
        if view.style.width is None or width_of(longer) <= view.style.width:
            lines[-1] = longer
        else:
            lines.append(part)
    first, *more = lines
    for at, text in enumerate(wrapped(first, view.style.width)):
        is_name = at == 0 and text.startswith(name)
        yield [(name, "heading"), (text[len(name) :], "")] if is_name else [(text, "")]
    for line in more:
        yield from ([(text, "")] for text in wrapped(line, view.style.width))


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


def _quiet(notes: Iterable[str], style: Style) -> Iterator[Line]:
    for note in notes:
        first, *more = wrapped(note, None if style.width is None else style.width - 2)
        yield [(first, "quiet")]
        yield from ([(f"  {text}", "quiet")] for text in more)


# --- drivers -------------------------------------------------------------------------------


def _explanation(found: Explanation, style: Style, *, coarse: bool) -> Iterator[Line]:
    yield from ([(text, "")] for text in wrapped(found.told, style.width))
    if found.table is not None:
        yield []
        yield from _driver_grids(found.table, coarse=coarse)
    if found.withheld:
        yield []
        yield from _quiet(found.withheld, style)


def _driver_grids(table: Breakdown, *, coarse: bool) -> Iterator[Line]:
    """One table where it fits; else one for each reference.

    coarse: the tree above is, so that its changes are the totals here to the digit.
    """
    width = table.style.width
    fittings = [fitting for fitting in FITTINGS if fitting.coarse or not coarse]
    _, grid = roomiest(lambda _, fitting: _driver_grid(table, fitting), (), width, fittings)
    if grid.fits(width, LABEL_FLOORS[-1]) or len(table.attributions) == 1:
        yield from grid.lines(width)
        return
    for at, found in enumerate(table.attributions):
        if at:
            yield []
        alone = Breakdown(table.tree, table.style, (found,))
        yield from _driver_grids(alone, coarse=coarse)


def _driver_grid(table: Breakdown, fitting: Fitting) -> Grid:
    columns = tuple(breakdown.columns(table, coarse=fitting.coarse))
    return Grid(title="drivers", labels=breakdown.labels(table), columns=columns, fitting=fitting)
