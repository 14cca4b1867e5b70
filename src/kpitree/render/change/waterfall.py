"""The waterfall: a bar for the reference, one for each line from where the last ended, the actual.

Bars of lines are coloured by whether they are good for the KPI; their signs stand in figures
beside them, so that colour is never the only carrier.
"""

from collections.abc import Iterator
from typing import Final

from kpitree.render.bars import Axis, axis_through, bar, with_zero
from kpitree.render.change.entries import Header, Residual, State
from kpitree.render.change.ledger import Ledger
from kpitree.render.change.rows import Row
from kpitree.render.figures import Cell, Column

LEAST: Final = 12  # cells below which bars say nothing
MOST: Final = 48
OFF_A_TERMINAL: Final = 40


def bars(ledger: Ledger, cells: int) -> Column:
    """The drawing as the last column, `cells` wide at most."""
    axis, ascii_only = axis_of(ledger), ledger.style.ascii

    def drawn(start: float, end: float) -> str:
        own = bar(start, end, axis, cells, ascii_only=ascii_only)
        return with_zero(own, axis, cells, ascii_only=ascii_only)

    drawings = tuple(Cell(drawn(start, end), style) for start, end, style in _spans(ledger, axis))
    return Column(key="bars", title="", cells=drawings, right=False, group="bars")


def axis_of(ledger: Ledger) -> Axis:
    """An axis on which every running total has room."""
    numbers = ledger.of_amounts()
    points = [point for start, end, _ in _spans(ledger, None) for point in (start, end)]
    return axis_through(points, 10.0 ** -numbers.places() / numbers.scale)


def _spans(ledger: Ledger, axis: Axis | None) -> Iterator[tuple[float, float, str]]:
    """Where the bar of each entry starts and ends, and its style.

    axis: None while it is being looked for: bars of states are then points.
    """
    running = ledger.change.attribution.before or 0.0
    for entry in ledger.entries:
        match entry:
            case State(value=value):
                yield (value if axis is None else axis.base), value, "quiet"
            case Header():
                yield running, running, ""
            case Row(line=line) | Residual(line=line):
                yield running, running + line, _style(ledger, line)
                running += line


def _style(ledger: Ledger, line: float) -> str:
    match ledger.change.tree.kpis[ledger.change.attribution.kpi].direction:
        case "up":
            return "good" if line > 0 else "bad"
        case "down":
            return "bad" if line > 0 else "good"
        case _:
            return ""
