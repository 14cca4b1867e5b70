"""The long table: one row a KPI x segment x period, then one a lag of each pair of leads.

The columns:

    row               point | lead
    kpi, label, unit
    (one column a dimension of --by, by its name; null for the whole)
    (then those of POINTS in tables.py, from `period` on; null in rows of leads)
    leads             the KPI that `kpi` is believed to lead; null in rows of points, as all below
    verdict           leads | together | not_seen | cannot_be_told; the same for all of its lags
    at_lag            the lag that the verdict is about; null where nothing stands out
    lag               periods that the leader's changes are earlier; null where nothing can be told
    n, effective      pairs of changes, and what they are worth
    correlation, correlation_lower, correlation_upper

Numbers are unrounded and in the KPI's unit. A dimension that is called like another column has
`segment_` before its name.
"""

from typing import Final

import polars as pl

from kpitree.analysis.lead import Lag
from kpitree.analysis.results.trend import Trend
from kpitree.render.segment import column_names
from kpitree.render.style import Style
from kpitree.tables import POINTS, SEGMENT

ABOUT: Final = ("row", "kpi", "label", "unit")
LEADS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "leads": pl.String,
    "verdict": pl.String,
    "at_lag": pl.Int64,
    "lag": pl.Int64,
    "n": pl.Int64,
    "effective": pl.Float64,
    "correlation": pl.Float64,
    "correlation_lower": pl.Float64,
    "correlation_upper": pl.Float64,
}


def long(trend: Trend, style: Style) -> pl.DataFrame:  # noqa: ARG001 - the contract of kinds.py
    """The frame."""
    figures = list(POINTS)[1:]
    names = column_names(trend.dimensions, {*ABOUT, *figures, *LEADS})
    points = trend.points.with_columns(row=pl.lit("point"))
    rows = pl.concat([points, _leads(trend)], how="diagonal")
    labels = {kpi.id: kpi.label for kpi in trend.tree.kpis.values()}
    units = {kpi.id: kpi.unit for kpi in trend.tree.kpis.values()}
    return rows.select(
        "row",
        "kpi",
        pl.col("kpi").replace_strict(labels, return_dtype=pl.String).alias("label"),
        pl.col("kpi").replace_strict(units, return_dtype=pl.String).alias("unit"),
        *(pl.col(SEGMENT + dimension).alias(name) for dimension, name in names.items()),
        *(pl.col(name).cast(pl.String) if name in ("start", "end") else name for name in figures),
        *LEADS,
    )


def _leads(trend: Trend) -> pl.DataFrame:
    rows = [
        ("lead", found.kpi, found.follower, found.verdict, found.at and found.at.lag, *_lag(lag))
        for found in trend.leads
        for lag in found.lags or [None]
    ]
    schema = {"row": pl.String, "kpi": pl.String, **LEADS}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _lag(lag: Lag | None) -> tuple[float | None, ...]:
    if lag is None:
        return (None,) * 6
    return lag.lag, lag.n, lag.effective, lag.correlation, lag.lower, lag.upper
