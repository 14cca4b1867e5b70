"""The answer to `kpitree levers`."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from kpitree.analysis.results.period import PeriodInfo
from kpitree.errors import Notice
from kpitree.tree.model import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a KPI is to reach.

    value: in its unit; None where there is none, for `reason`.
    label: target | target (implied) | target (implied by ...) | good range | goal (asked for).
    reached: whether the KPI is there already, or on the good side of it.
    """

    label: str
    value: float | None = None
    reason: str | None = None
    reached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Levers:
    """The answer to `kpitree levers`: what pulls on one KPI, and what it takes to reach its goal.

    value: the KPI's own, in its unit; reason: why it has none.
    rows: LEVERS of tables.py. history: labels of the first and last period in which the best
    values were looked for (as many days of each as the period shown has, where it is running);
    None where no period is comparable with it.
    """

    tree: Tree
    kpi: str
    period: PeriodInfo
    as_of: date | None
    value: float | None
    reason: str | None
    goal: Goal
    rows: pl.DataFrame
    history: tuple[str, str] | None
    warnings: tuple[Notice, ...] = ()
