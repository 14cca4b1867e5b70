"""The drivers of one KPI's change, as a table that adds up: lines, then their total.

drivers         actual     target  vs target    2026-09  vs previous
Deals            1,979      2,000    −31,629      2,010      −41,000
...
Revenue      2,802,450  3,000,000   −197,550  2,790,150      +12,300
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kpitree.analysis.attribution.contract import Attribution, Line
from kpitree.numbers import THOUSAND, Numbers
from kpitree.render.amounts import printed_amounts, printed_residual
from kpitree.render.evaluation.facts import reference_key
from kpitree.render.evaluation.overview import title_of
from kpitree.render.figures import Cell, Column, Label
from kpitree.render.names import effect_notes, line_name
from kpitree.render.style import Style
from kpitree.render.words import visible
from kpitree.tree.model import Tree

Row = tuple[str, tuple[tuple[str, str], ...], str, str]  # driver, segment, effect
ARROW, ASCII_ARROW = "→", "->"


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The attributions of one KPI against each reference that could be taken apart."""

    tree: Tree
    style: Style
    attributions: tuple[Attribution, ...]

    @property
    def explained(self) -> Attribution:
        return self.attributions[0]

    def lines(self) -> list[Line]:
        """Every line, reference by reference."""
        return [line for found in self.attributions for line in found.lines]

    def rows(self) -> list[Row]:
        """Every driver of any reference, once, in the order of the lines."""
        return list(dict.fromkeys(_row(line) for line in self.lines()))

    def numbers(self, kpi: str, *, coarse: bool) -> Numbers:
        node = self.tree.kpis[kpi]
        return Numbers(
            unit=node.unit, decimals=node.decimals, coarse=coarse, ascii=self.style.ascii
        )


def breakdown_of(tree: Tree, style: Style, attributions: Sequence[Attribution]) -> Breakdown | None:
    """The attributions (of one KPI) that have lines.

    None when they say no more than the KPI's own row: no lines, or itself as the only driver.
    """
    apart = tuple(found for found in attributions if found.lines and found.change is not None)
    if not apart or all(line.kpi == found.kpi for found in apart for line in found.lines):
        return None
    return Breakdown(tree, style, apart)


def labels(table: Breakdown) -> tuple[Label, ...]:
    """The drivers by name, the residual if it is not 0 when printed, and the total."""
    of_row: dict[Row, list[Line]] = {}
    for line in table.lines():
        of_row.setdefault(_row(line), []).append(line)
    names = [_driver_name(row, lines) for row, lines in of_row.items()]
    if _has_residual(table):
        names.append("residual")
    drivers = [Label(text=name, hang="  ") for name in names]
    total = visible(table.explained.label)
    return (*drivers, Label(text=total, hang="  ", style="heading"))


def columns(table: Breakdown, *, coarse: bool = False) -> list[Column]:
    """The drivers' values now, then for each reference their values there and their lines."""
    built = [_actuals(table, coarse=coarse)]
    for found in table.attributions:
        built += [_origins(table, found, coarse=coarse), _lines(table, found, coarse=coarse)]
    return built


def _row(line: Line) -> Row:
    # Against targets and against a period, different things may be unexplained.
    said = line.label if line.effect == "unexplained" else ""
    return line.kpi, tuple(line.segment.items()), line.effect, said


def _by_row(found: Attribution) -> dict[Row, Line]:
    return {_row(line): line for line in found.lines}


def _driver_name(row: Row, lines: list[Line]) -> str:
    """lines: the row's own, one for each reference."""
    _kpi, segment, effect, _said = row
    flags = dict.fromkeys(flag for line in lines for flag in line.flags)
    return line_name(lines[0].label, segment, [*effect_notes(effect), *flags])


def _column(table: Breakdown, key: str, title: str, cells: list[str], total: str) -> Column:
    rest = [Cell("")] if _has_residual(table) else []
    figures = [Cell(text) for text in cells]
    return Column(
        key=key,
        title=title,
        cells=(*figures, *rest, Cell(total, "heading")),
        group="" if key == "actual" else key.removeprefix("from "),
    )


def _actuals(table: Breakdown, *, coarse: bool) -> Column:
    first: dict[Row, Line] = {}
    for found in table.attributions:
        first = _by_row(found) | first
    cells = [table.numbers(row[0], coarse=coarse).value(first[row].after) for row in table.rows()]
    total = table.numbers(table.explained.kpi, coarse=coarse).value(table.explained.after)
    return _column(table, "actual", "actual", cells, total)


def _origins(table: Breakdown, found: Attribution, *, coarse: bool) -> Column:
    lines = _by_row(found)
    actual = {_row(line): line.after for line in reversed(table.lines())}
    arrow = ASCII_ARROW if table.style.ascii else ARROW

    def origin(row: Row) -> str:
        line = lines.get(row)
        if line is None:
            return ""
        numbers = table.numbers(row[0], coarse=coarse)
        text = numbers.value(line.before)
        # A carried value may make a driver end elsewhere than in the column "actual".
        return text if line.after == actual[row] else f"{text} {arrow} {numbers.value(line.after)}"

    total = table.numbers(found.kpi, coarse=coarse).value(found.before)
    cells = [origin(row) for row in table.rows()]
    return _column(table, f"from {_key(found)}", visible(found.from_label), cells, total)


def _lines(table: Breakdown, found: Attribution, *, coarse: bool) -> Column:
    numbers = table.numbers(found.kpi, coarse=coarse)
    change = found.change or 0.0
    # As the overview prints the change, so that the total is the same figure there and here.
    exact = table.numbers(found.kpi, coarse=coarse and abs(change) >= THOUSAND)
    places = exact.places(change, *(line.line for line in found.lines))
    residual = printed_residual(found.residual, numbers)
    amounts = [line.line for line in found.lines] + ([residual] if residual else [])
    texts = printed_amounts(amounts, change, numbers, places)
    by_row = dict(zip((_row(line) for line in found.lines), texts, strict=False))
    cells = [Cell(by_row.get(row, "")) for row in table.rows()]
    if _has_residual(table):
        cells.append(Cell(texts[-1] if residual else numbers.change(0.0, places=places)))
    cells.append(Cell(numbers.change(change, places=places), "heading"))
    return Column(
        key=_key(found), title=f"vs {title_of(_key(found))}", cells=tuple(cells), group=_key(found)
    )


def _key(found: Attribution) -> str:
    return reference_key(found.vs, found.from_label)


def _has_residual(table: Breakdown) -> bool:
    numbers = table.numbers(table.explained.kpi, coarse=False)
    return any(printed_residual(found.residual, numbers) for found in table.attributions)
