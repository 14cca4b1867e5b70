"""The long table: one row a KPI, and one more for a deadline after the period.

The columns:

    kpi, label, unit
    (then those of FORECASTS in tables.py, from `horizon` on; by is an ISO date)
    stale   whether its data is older than fresh_within; null where that is not known

Numbers are unrounded and in their KPI's unit; share, percent, attainment and ratio are fractions.
"""

import polars as pl

from kpitree.analysis.results.forecast import Forecast
from kpitree.analysis.results.standing import is_stale
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
        pl.Series("stale", [is_stale(kpi.id, found.stale) for kpi in kpis], pl.Boolean),
    )
