"""The slices as a table that adds up: slices, rest, total.

slices                         2026-06    2026-10       line    share   size
channel = event                  370.1        0.0     −370.1  133.3 %  12.5 %
rest                           2,581.8    2,674.2      +92.4  −33.3 %  87.5 %
Revenue                        2,951.9    2,674.2     −277.7  100.0 %  100.0 %
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from kpitree.analysis.results.slices import Slices
from kpitree.numbers import THOUSAND, Numbers
from kpitree.render.amounts import printed_amounts
from kpitree.render.bars import axis_through, bar, with_zero
from kpitree.render.figures import Cell, Column, Label
from kpitree.render.kpis import numbers_of
from kpitree.render.slices.rows import Row, rows_of
from kpitree.render.style import Style
from kpitree.render.words import visible

TITLE: Final = "slices"
SHORT: Final = 12  # characters of a period's name that may stand above a column


def labels(found: Slices) -> tuple[Label, ...]:
    """The slices in words, `rest`, and the KPI."""
    slices = (Label(text=row.name, hang="  ") for row in rows_of(found))
    whole = Label(text=visible(found.tree.kpis[found.kpi].label), hang="  ", style="heading")
    return (*slices, whole)


def columns(found: Slices, style: Style, *, coarse: bool = False) -> list[Column]:
    """Values before and after, lines, shares of the change, sizes; without those that are empty."""
    rows = rows_of(found)
    numbers = _amounts(found, rows, style, coarse=coarse)
    places = numbers.places()
    change = found.change or 0.0
    lines = printed_amounts([row.line for row in rows], change, numbers, places)
    titles = [visible(found.from_label), visible(found.to_label)]
    if max(map(len, titles)) > SHORT:
        titles = ["from", "to"]
    before, after = (numbers.value(value) for value in (found.before, found.after))
    shares = any(row.share is not None for row in rows)
    sizes = any(row.size is not None for row in rows)
    built = [
        _column("from", titles[0], [numbers.value(row.before) for row in rows], before),
        _column("to", titles[1], [numbers.value(row.after) for row in rows], after),
        _column("line", "line", lines, numbers.change(change, places=places)),
    ]
    if shares:
        built.append(_column("share", "of change", _percents(rows, _share, style), "100.0 %"))
    if sizes:
        built.append(_column("size", "of size", _percents(rows, _size, style), "100.0 %"))
    return built


def _amounts(found: Slices, rows: list[Row], style: Style, *, coarse: bool) -> Numbers:
    """How values and lines are written: all with the same decimals."""
    # A small change of large values keeps its decimals.
    coarse = coarse and abs(found.change or 0.0) >= THOUSAND
    numbers = numbers_of(found.tree.kpis[found.kpi], style, coarse=coarse)
    values = (value for row in rows for value in (row.before, row.after, row.line))
    return replace(numbers, decimals=numbers.places(*(one for one in values if one is not None)))


def _column(key: str, title: str, texts: list[str], whole: str) -> Column:
    cells = (*map(Cell, texts), Cell(whole, "heading"))
    return Column(key=key, title=title, cells=cells, group="line" if key == "line" else key)


def _percents(rows: list[Row], figure: Callable[[Row], float | None], style: Style) -> list[str]:
    percent = Numbers(unit="percent", ascii=style.ascii)
    return [percent.value(figure(row)) for row in rows]


def _share(row: Row) -> float | None:
    return row.share


def _size(row: Row) -> float | None:
    return row.size


def bars(found: Slices, style: Style, cells: int) -> Column:
    """A bar for each line, from 0, coloured by whether it is good for the KPI."""
    rows = rows_of(found)
    axis = axis_through([0.0, *(row.line for row in rows)], 0.0)

    def drawn(line: float) -> str:
        own = bar(0.0, line, axis, cells, ascii_only=style.ascii)
        return with_zero(own, axis, cells, ascii_only=style.ascii)

    drawings = [Cell(drawn(row.line), _style(found, row.line)) for row in rows]
    return Column(key="bars", title="", cells=(*drawings, Cell("")), right=False, group="bars")


def _style(found: Slices, line: float) -> str:
    direction = found.tree.kpis[found.kpi].direction
    if direction not in ("up", "down") or line == 0:
        return ""
    return "good" if (line > 0) == (direction == "up") else "bad"
