"""The long table: one row a lever, in the order of the tree.

The columns:

    lever, label, unit
    (then those of LEVERS in tables.py, from `value` on)
    of                the KPI to be moved
    period            the period's label, such as 2026-10
    goal, goal_label  what it is to reach; null where there is nothing

Numbers are unrounded and in their KPI's unit; percent is a fraction.
"""

import polars as pl

from kpitree.analysis.results.levers import Levers
from kpitree.render.style import Style
from kpitree.tables import LEVERS


def long(levers: Levers, style: Style) -> pl.DataFrame:  # noqa: ARG001 - the contract of kinds.py
    """The frame; without rows where there is no lever."""
    kpis = [levers.tree.kpis[one] for one in levers.rows["kpi"]]
    return levers.rows.select(
        pl.col("kpi").alias("lever"),
        pl.Series("label", [kpi.label for kpi in kpis], pl.String),
        pl.Series("unit", [kpi.unit for kpi in kpis], pl.String),
        *list(LEVERS)[1:],
        pl.lit(levers.kpi).alias("of"),
        pl.lit(levers.period.span.label).alias("period"),
        pl.lit(levers.goal.value, pl.Float64).alias("goal"),
        pl.lit(levers.goal.label).alias("goal_label"),
    )
