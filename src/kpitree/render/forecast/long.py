"""The long table: one row a KPI, and one more for a deadline after the period.

The columns:

    kpi, label, unit
    (then those of FORECASTS in tables.py, from `horizon` on; by is an ISO date)

Numbers are unrounded and in their KPI's unit; share, percent, attainment and ratio are fractions.
"""

import polars as pl

from kpitree.analysis.results.forecast import Forecast
from kpitree.render.style import Style
from kpitree.tables import FORECASTS


def long(found: Forecast, style: Style) -> pl.DataFrame:  # noqa: ARG001 - the contract of kinds.py
    """The frame; without rows where nothing is shown."""
    kpis = [found.tree.kpis[one] for one in found.rows["kpi"]]
    return found.rows.with_columns(pl.col("by").dt.to_string("iso")).select(
        "kpi",
        pl.Series("label", [kpi.label for kpi in kpis], pl.String),
        pl.Series("unit", [kpi.unit for kpi in kpis], pl.String),
        *list(FORECASTS)[1:],
    )
