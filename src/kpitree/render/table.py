"""`table`: one screen for a person. Heading, the tree with its figures, footnotes; then for each
missed KPI a sentence and its drivers.

Off a terminal (width None) everything is shown in full and nothing is wrapped. On one, what
does not fit gives way in this order: decimals of large amounts, space between columns, whole
columns (named below the table), and labels are wrapped. A number is never cut.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Final

from kpitree.analysis.attribution.contract import Attribution
from kpitree.analysis.result import Evaluation
from kpitree.render import breakdown, overview
from kpitree.render.breakdown import Breakdown
from kpitree.render.grid import Column, Grid
from kpitree.render.overview import Overview
from kpitree.render.paint import Line, painted, width_of, wrapped
from kpitree.render.sentence import sentence
from kpitree.render.style import Style

# Whether figures are coarse, and the gap between columns: from roomy to tight.
FITTINGS: Final = ((False, 2), (True, 2), (True, 1))
LAST_TO_GO: Final = ("actual", "vs target %", "status")


def render(evaluation: Evaluation, style: Style) -> str:
    """The screen; empty when no KPI is left to show, so that cron mails only what matters."""
    view = overview.overview(evaluation, style)
    if not view.rows:
        return ""
    lines: list[Line] = [
        *_heading(view),
        [],
        *_overview_grid(view),
    ]
    if notes := overview.footnotes(view):
        lines += [[], *_quiet(notes, style)]
    for found in missed(view):
        lines += [[], *_explanation(view, found)]
    return painted(lines, color=style.color)


def missed(view: Overview) -> list[list[Attribution]]:
    """The attributions of each KPI that is shown, together, in the order they were made."""
    shown = {row.kpi.id for row in view.rows}
    grouped: dict[str, list[Attribution]] = {}
    for found in view.evaluation.attributions:
        if found.kpi in shown:
            grouped.setdefault(found.kpi, []).append(found)
    return list(grouped.values())


def _heading(view: Overview) -> Iterator[Line]:
    name, *parts = overview.heading(view)
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


def _overview_grid(view: Overview) -> list[Line]:
    labels = overview.labels(view)
    choices = {coarse: overview.columns(view, coarse=coarse) for coarse in (False, True)}
    order = _leaving(choices[False])
    width = view.style.width
    for count, (coarse, gap) in product(range(len(order) + 1), FITTINGS):
        gone = order[:count]
        kept = tuple(column for column in choices[coarse] if column.key not in gone)
        grid = Grid(title="KPI", labels=labels, columns=kept, gap=gap)
        if grid.fits(width) or (count == len(order) and (coarse, gap) == FITTINGS[-1]):
            titles = [column.title for column in choices[coarse] if column.key in gone]
            return [*grid.lines(width), *_left_out(titles, view.style)]
    raise AssertionError("the last fitting is always taken")


def _leaving(columns: Sequence[Column]) -> list[str]:
    """The columns that may be left out, first those that are missed least."""
    keys = [column.key for column in columns]
    older = [key for key in keys if key.startswith("period ")]
    named = ["trend", "last-year"]
    other = [key for key in keys if key not in (*named, *older, *LAST_TO_GO)]
    references = [key for key in other if key not in ("target", "vs target", "previous")]
    order = [*named, *references, "previous", *older, "target", "vs target"]
    return [key for key in order if key in keys]


def _left_out(titles: list[str], style: Style) -> list[Line]:
    if not titles:
        return []
    return [[], *_quiet([f"no room for: {', '.join(titles)}"], style)]


def _quiet(notes: Iterable[str], style: Style) -> Iterator[Line]:
    for note in notes:
        first, *more = wrapped(note, None if style.width is None else style.width - 2)
        yield [(first, "quiet")]
        yield from ([(f"  {text}", "quiet")] for text in more)


# --- drivers -------------------------------------------------------------------------------


def _explanation(view: Overview, found: list[Attribution]) -> Iterator[Line]:
    """The sentence about the first reference, the drivers, and what could not be taken apart."""
    tree, style = view.evaluation.tree, view.style
    told, *others = [
        sentence(each, tree.kpis[each.kpi], ascii_only=style.ascii) for each in found
    ]
    yield from ([(text, "")] for text in wrapped(told, style.width))
    table = breakdown.breakdown_of(tree, style, found)
    if table is not None:
        yield []
        yield from _driver_grids(table)
    for each, text in zip(found[1:], others, strict=True):
        if each.reason is not None:
            yield from _quiet([text], style)


def _driver_grids(table: Breakdown) -> Iterator[Line]:
    """One table where it fits; else one for each reference."""
    width = table.style.width
    for coarse, gap in FITTINGS:
        grid = _driver_grid(table, coarse=coarse, gap=gap)
        if grid.fits(width):
            yield from grid.lines(width)
            return
    if len(table.attributions) == 1:
        yield from grid.lines(width)
        return
    for at, found in enumerate(table.attributions):
        if at:
            yield []
        yield from _driver_grids(Breakdown(table.tree, table.style, (found,)))


def _driver_grid(table: Breakdown, *, coarse: bool, gap: int) -> Grid:
    columns = tuple(breakdown.columns(table, coarse=coarse))
    return Grid(title="drivers", labels=breakdown.labels(table), columns=columns, gap=gap)
