"""The levers of a KPI as values that every format iterates once."""

import math
from dataclasses import dataclass
from typing import Final

from kpitree.analysis.results.levers import Levers
from kpitree.tree.model import Node

IMPOSSIBLE: Final = frozenset({"beyond_100", "below_0"})


@dataclass(frozen=True, slots=True)
class Row:
    """A row of LEVERS (tables.py)."""

    kpi: Node
    value: float | None
    reason: str | None
    controllable: bool
    marginal: float | None
    elasticity: float | None
    needed: float | None
    needed_reason: str | None
    change: float | None
    percent: float | None
    gives: float | None
    best: float | None
    best_period: str | None
    within: bool | None
    flags: list[str]

    @property
    def one_percent(self) -> float | None:
        """How far 1 % more of the lever moves the KPI, in the KPI's unit."""
        if self.marginal is None or self.value is None:
            return None
        return self.marginal * abs(self.value) * 0.01


def rows_of(levers: Levers) -> list[Row]:
    """The levers, in the order of the frame."""
    return [Row(levers.tree.kpis[kpi], *figures) for kpi, *figures in levers.rows.iter_rows()]


def easiest(levers: Levers) -> tuple[Row | None, bool]:
    """The lever that has to change least, relative to its size, and whether it was there before.

    One that was there before goes before one that never was; what cannot be is left out.
    """
    reaching = [
        row
        for row in rows_of(levers)
        if row.change is not None and IMPOSSIBLE.isdisjoint(row.flags)
    ]
    was_there = [row for row in reaching if row.within]
    found = min(was_there or reaching, key=_effort, default=None)
    return found, bool(was_there)


def _effort(row: Row) -> float:
    """The factors of a product all have to grow alike: then the first in the tree is named.

    What is 0 now has no size to compare with, and goes last.
    """
    return math.inf if row.percent is None else round(abs(row.percent), 9)
