"""The long table: one row a KPI x segment x period x comparison.

A KPI without comparisons still has one row, with the comparison's columns null. The columns:

    kpi, label, role, unit, owner, depth
    (one column a dimension of --by, by its name; null for the whole)
    period            the period's label, such as 2026-10
    days, covered_days   how long it is, and how many of its days the data covers: a running period
                      is compared with the same days of others
    value, reason     reason: null, or why there is no value
    target, target_implied, target_reason
    attainment        a fraction: 1 = target met
    status            on_track | at_risk | off_track | no_target | no_data
    centre, lower, upper   natural process limits of the periods before, null with under 12
    rule              beyond_limits | run_of_8 | 3_of_4: why the value is a signal; else null
    stale             whether its data is older than fresh_within; null unless that was asked
    vs                target | previous | last-year | benchmark | period
    vs_label          the reference by name: 2026-09
    reference, change, percent
    favourable        whether the change is in the KPI's good direction; null for no change
    signal            signal | noise; null with too little history
    vs_reason         why there is no reference or change, else null

Numbers are unrounded and in the KPI's unit (a ratio is 0.25); percent is a fraction too.
A dimension that is called like another column has `segment_` before its name.
"""

from typing import Final

import polars as pl

from kpitree.analysis.results.evaluation import Evaluation
from kpitree.render.evaluation.facts import drawn
from kpitree.render.segment import column_names
from kpitree.render.style import Style
from kpitree.tables import SEGMENT

ABOUT: Final = {
    **dict.fromkeys(("kpi", "label", "role", "unit", "owner"), pl.String),
    "depth": pl.Int64,
}
SHOWN: Final = ("period", "days", "covered_days")
FIGURES: Final = (
    *("value", "reason", "target", "target_implied", "target_reason", "attainment", "status"),
    *("centre", "lower", "upper", "rule", "stale"),
)
COMPARED: Final = {  # column of COMPARISONS -> its name here
    "vs": "vs",
    "label": "vs_label",
    "reference": "reference",
    "change": "change",
    "percent": "percent",
    "favourable": "favourable",
    "signal": "signal",
    "reason": "vs_reason",
}


def long(evaluation: Evaluation, style: Style) -> pl.DataFrame:
    """The frame; without rows when no KPI is left to show."""
    names = column_names(evaluation.dimensions, {*ABOUT, *SHOWN, *FIGURES, *COMPARED.values()})
    segments = {SEGMENT + dimension: name for dimension, name in names.items()}
    key = ["kpi", *segments, "period"]
    compared = evaluation.comparisons.select(
        *key, *(pl.col(column).alias(f"{name}:") for column, name in COMPARED.items())
    )
    rows = (
        evaluation.kpis.filter(pl.col("kpi").is_in(sorted(drawn(evaluation, style.depth))))
        .join(_about(evaluation), on="kpi", how="left", maintain_order="left")
        .join(_periods(evaluation), on="period", how="left", maintain_order="left")
        .join(compared, on=key, how="left", nulls_equal=True, maintain_order="left_right")
    )
    return rows.select(
        *ABOUT,
        *(pl.col(column).alias(name) for column, name in segments.items()),
        *SHOWN,
        *FIGURES,
        *(pl.col(f"{name}:").alias(name) for name in COMPARED.values()),
    )


def _about(evaluation: Evaluation) -> pl.DataFrame:
    old = evaluation.stale
    rows = [
        (kpi.id, kpi.label, kpi.role, kpi.unit, kpi.owner, evaluation.depths.get(kpi.id), None)
        if old is None
        else (
            *(kpi.id, kpi.label, kpi.role, kpi.unit, kpi.owner),
            *(evaluation.depths.get(kpi.id), kpi.id in old),
        )
        for kpi in evaluation.tree.kpis.values()
    ]
    return pl.DataFrame(rows, schema={**ABOUT, "stale": pl.Boolean}, orient="row")


def _periods(evaluation: Evaluation) -> pl.DataFrame:
    rows = [(one.span.label, one.days, one.covered_days) for one in evaluation.periods]
    schema = {"period": pl.String, "days": pl.Int64, "covered_days": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")
