"""What pulls on a KPI: how much every lever moves it at one state, and what would reach a goal."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from kpitree.analysis.attribution.compiling import compile_scope
from kpitree.analysis.attribution.quadrature import START
from kpitree.analysis.attribution.scope import INDIVISIBLE, Ends, Scope, looks_back
from kpitree.analysis.attribution.tape import Tape
from kpitree.analysis.goalseek import Needed, needed
from kpitree.analysis.recompute import Row
from kpitree.analysis.results.levers import Goal
from kpitree.tables import LEVERS
from kpitree.tree.model import Branch, Constant, Node, Tree

UNCONTROLLED = "not controllable"


@dataclass(frozen=True, slots=True)
class Past:
    """What a lever was: its best value, the label of its period, how low and high it ever was."""

    best: float
    period: str
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A KPI and its levers.

    nodes: the KPI and what it is computed from, operands first. levers: in the order of reading.
    opened: the KPIs of nodes that are taken apart by their formulas, the KPI itself last.
    """

    tree: Tree
    kpi: str
    nodes: tuple[Node, ...]
    levers: tuple[str, ...]
    opened: tuple[str, ...]


def board_of(tree: Tree, kpi: str, operands_first: Sequence[str]) -> Board:
    """Find the levers: leaves and assumptions down to the bottom, declared drivers, and formulas
    marked as controllable.

    operands_first: the KPI and all that it is computed from, at least. A formula that looks at
    other periods is one lever; what stands only under it is none.
    """
    reading = _reading(tree, kpi)
    nodes = [tree.kpis[one] for one in operands_first if one in reading]
    return Board(
        tree=tree,
        kpi=kpi,
        nodes=tuple(nodes),
        levers=tuple(one for one in reading if one != kpi and _is_lever(tree.kpis[one])),
        opened=tuple(node.id for node in nodes if opens(node)),
    )


def opens(node: Node) -> bool:
    """Whether a KPI is taken apart: its formula speaks of one period only."""
    return isinstance(node, Branch) and not looks_back(node)


def _is_lever(node: Node) -> bool:
    return node.controllable or node.driver or not opens(node)


def _reading(tree: Tree, kpi: str) -> dict[str, None]:
    """Depth first, operands as written."""
    found: dict[str, None] = {}
    waiting = [kpi]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found[one] = None
            waiting += reversed(tree.operands(one) if opens(tree.kpis[one]) else ())
    return found


def tape_of(board: Board, row: Row) -> Tape:
    """The formulas of a board at one state, with every lever free to move.

    row: every KPI's value, in its own unit.
    """
    drivers = {
        node.id: Ends(before=value, after=value)
        for node in board.nodes
        if node.id not in board.opened
        for value in [_or_nan(row.get(node.id))]
    }
    scope = Scope(kpi=board.kpi, order=(), opened=board.opened, drivers=drivers)
    return compile_scope(board.tree, scope, every=True)


def gradients(tape: Tape, values: Sequence[float]) -> dict[str, float]:
    """The derivative of the KPI by every KPI under it; NaN where there is none.

    values: of every slot, as forward() gives them.
    """
    adjoints = tape.adjoints(tape.partials(values), {tape.root: 1.0})
    return {one: tape.derivative(adjoints, slot) for one, slot in tape.slots.items()}


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def past_of(node: Node, values: Sequence[tuple[str, float | None]]) -> Past | None:
    """The best of a KPI's values by its direction; the latest of equals.

    values: period label and value, oldest first. None without a value; an assumption that is
    one number has no past.
    """
    known = [(label, value) for label, value in values if value is not None]
    if not known or (isinstance(node, Constant) and not isinstance(node.value, dict)):
        return None
    label, best = max(reversed(known), key=lambda one: _merit(node, one[1]))
    figures = [value for _, value in known]
    return Past(best, label, min(figures), max(figures))


def _merit(node: Node, value: float) -> float:
    match node.direction, node.good_range:
        case "down", _:
            return -value
        case "range", (low, high):
            return -max(low - value, value - high, 0.0)
        case _:
            return value


def lever_rows(
    board: Board,
    row: Row,
    goal: Goal,
    past: Mapping[str, Past | None],
    reasons: Mapping[str, str],
) -> pl.DataFrame:
    """LEVERS of a board at one state.

    past: lever -> what it was. reasons: KPI -> why it has no value.
    """
    tape = tape_of(board, row)
    values = tape.forward(START)
    slopes = gradients(tape, values)
    rows = []
    for one in board.levers:
        reason = _no_search(board, row, one, goal, reasons)
        if reason is not None or goal.value is None:
            found = Needed(reason=reason)
        else:
            free = tape.narrowed(values, {tape.slots[one]: (0.0, 0.0)})
            found = needed(board.tree, board.kpi, one, free, values[tape.slots[one]], goal.value)
        figures = _row(board, row, one, slopes[one], found, past.get(one))
        rows.append(figures | {"reason": reasons.get(one)})
    return pl.DataFrame(rows, schema=LEVERS, orient="row")


def _no_search(
    board: Board, row: Row, lever: str, goal: Goal, reasons: Mapping[str, str]
) -> str | None:
    """Why no value is looked for, else None."""
    if not board.tree.kpis[lever].controllable:
        return UNCONTROLLED
    if goal.value is None:
        return goal.reason
    lacking = next((one for one in (lever, board.kpi) if row.get(one) is None), None)
    if lacking is None:
        return None
    return f"{board.tree.kpis[lacking].label} has no value: {reasons.get(lacking, 'no value')}"


def _row(
    board: Board, row: Row, lever: str, slope: float, found: Needed, past: Past | None
) -> dict[str, Any]:
    node, value, total = board.tree.kpis[lever], row.get(lever), row.get(board.kpi)
    known = value is not None and math.isfinite(slope)
    flags = [*found.flags]
    if isinstance(node, Branch) and looks_back(node):
        flags.append(INDIVISIBLE)
    if value is not None and total is not None and not known:
        flags.append("no_slope")
    change = None if found.value is None or value is None else _finite(found.value - value)
    return {
        "kpi": lever,
        "value": value,
        "controllable": node.controllable,
        "marginal": slope if known else None,
        "elasticity": _finite(slope * value / total) if known and value and total else None,
        "needed": found.value,
        "needed_reason": found.reason,
        "change": change,
        "percent": _finite(change / abs(value)) if change is not None and value else None,
        "gives": found.gives,
        "best": None if past is None else past.best,
        "best_period": None if past is None else past.period,
        "within": _within(found.value, value, past),
        "flags": flags,
    }


def _within(wanted: float | None, value: float | None, past: Past | None) -> bool | None:
    """Whether it was there, or lower and higher, in the past or now."""
    if wanted is None or value is None or past is None:
        return None
    return min(past.lowest, value) <= wanted <= max(past.highest, value)


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
