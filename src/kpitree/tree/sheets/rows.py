"""A tree as rows: one a KPI in file order, what a cell holds as import reads it again.

Numbers are numbers; what has no plain text of its own (a target by period, a list of texts with
commas) is written as in a tree file.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from kpitree.tree.graph import parents
from kpitree.tree.model import Tree
from kpitree.tree.sheets.columns import COLUMNS
from kpitree.tree.sheets.numbers import number_text, percent_text
from kpitree.tree.writing.kpis import kpi_table
from kpitree.tree.writing.text import inline

Row = dict[str, str]
NUMBERS = frozenset({"value", "target", "benchmark", "decimals", "at_risk", "off_track"})

_RATES = frozenset({"value", "target", "benchmark"})


def rows_of(tree: Tree) -> tuple[list[str], list[Row]]:
    """The columns, and the cells of each KPI; those that a KPI has nothing in are not there."""
    above = parents(tree)
    rows = [_row(kpi, tree, above[kpi]) for kpi in tree.kpis]
    used = {column for row in rows for column in row}
    names = [column.name for column in COLUMNS if column.always or column.name in used]
    return names, rows


def is_number(column: str, cell: str) -> bool:
    """Whether a cell is a number, which spreadsheets read as such and never run."""
    return column in NUMBERS and re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", cell) is not None


def _row(kpi: str, tree: Tree, above: tuple[str, ...]) -> Row:
    node = tree.kpis[kpi]
    table = kpi_table(node, tree.grain)
    thresholds = table.pop("thresholds", {})
    benchmark = table.pop("benchmark", {})
    cells = {
        "kpi": kpi,
        **table,
        "label": node.label,
        "parent": above[0] if above else "",
        "also_under": " ".join(above[1:]),
        **thresholds,
        "benchmark": benchmark.get("value"),
        "benchmark_source": benchmark.get("source"),
    }
    written = {column: _cell(value) for column, value in cells.items()}
    if node.unit == "percent":
        written |= {column: percent_text(cells[column]) for column in _RATES & _above(cells)}
    return {column: cell for column, cell in written.items() if cell}


def _above(cells: dict[str, Any]) -> frozenset[str]:
    """The columns with a rate that could be read two ways without a percent sign."""
    return frozenset(
        column
        for column, value in cells.items()
        if isinstance(value, int | float) and abs(value) >= 1
    )


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else ""
        case int() | float():
            return number_text(value)
        case str():
            return value
        case date():
            return value.isoformat()
        case list() if _joins(value):
            return ", ".join(value)
        case _:
            return inline(value)


def _joins(items: Iterable[Any]) -> bool:
    """Whether the texts can be told apart with commas between them."""
    return all(
        isinstance(item, str) and item and item == item.strip() and not re.search(r"[,;\n\[]", item)
        for item in items
    )
