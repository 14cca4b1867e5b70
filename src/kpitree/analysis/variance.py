"""How a value stands against a reference: change, percent, favourable, attainment, status.

Pure functions on long frames; the meaning of every column is in tables.py.
"""

from collections.abc import Iterable
from typing import Final

import polars as pl

from kpitree.tree.model import Node

SAME: Final = 1e-12  # of a target: a miss of rounding size is none, as 0.1 + 0.2 against 0.3

FACTS = {
    "kpi": pl.String,
    "direction": pl.String,
    "at_risk": pl.Float64,
    "at_risk_relative": pl.Boolean,
    "off_track": pl.Float64,
    "off_track_relative": pl.Boolean,
}


def facts(kpis: Iterable[Node]) -> pl.DataFrame:
    """One row a KPI: its direction and thresholds, in the order given (columns: FACTS)."""
    rows = [
        (
            kpi.id,
            kpi.direction,
            kpi.thresholds.at_risk.amount,
            kpi.thresholds.at_risk.relative,
            kpi.thresholds.off_track.amount,
            kpi.thresholds.off_track.relative,
        )
        for kpi in kpis
    ]
    return pl.DataFrame(rows, schema=FACTS, orient="row")


def with_variance(pairs: pl.DataFrame, about: pl.DataFrame) -> pl.DataFrame:
    """Add change, percent and favourable to rows of `kpi`, `value`, `reference`, `low`, `high`.

    low, high: the good range where the direction is one; without it nothing is favourable.
    change = value - reference, in the KPI's unit; percent = change / |reference|, null where the
    reference is 0 or null. favourable is null where there is no change or none is known.
    """
    value, reference = pl.col("value"), pl.col("reference")
    change = _finite(value - reference)
    closer = _outside(reference) - _outside(value)
    better = (
        pl.when(pl.col("direction") == "up")
        .then(change)
        .when(pl.col("direction") == "down")
        .then(-change)
        .otherwise(closer)
    )
    return (
        pairs.join(about, on="kpi", how="left", maintain_order="left")
        .with_columns(
            change=change,
            percent=pl.when(reference != 0).then(_finite(change / reference.abs())),
            favourable=pl.when(better != 0).then(better > 0),
        )
        .drop([name for name in FACTS if name != "kpi"])
    )


def _finite(number: pl.Expr) -> pl.Expr:
    """The number, or null where it is too large to be one."""
    return pl.when(number.is_finite()).then(number)


def _outside(value: pl.Expr) -> pl.Expr:
    """How far a value lies outside its good range, 0 inside; null without a value or a range."""
    known = pl.col("low").is_not_null() & value.is_not_null()
    distance = pl.max_horizontal(pl.col("low") - value, value - pl.col("high"), pl.lit(0.0))
    return pl.when(known).then(distance)


def gap_to(target: float, value: float) -> float:
    """value - target; 0 where that is of rounding size, as it is to a status."""
    gap = value - target
    return 0.0 if abs(gap) <= SAME * abs(target) else gap


def with_status(rows: pl.DataFrame, about: pl.DataFrame) -> pl.DataFrame:
    """Add attainment and status to rows of `kpi`, `value`, `held_to`, `low` and `high`.

    held_to: the target that counts; low, high: the good range. Null where there is none.
    attainment = value / target for "up", target / value for "down"; null for ranges, and where
    it would say nothing: for targets below 0, and divided by 0 or less.
    A KPI with a good range needs no target: outside it, its distance is held against the bound.
    """
    value, target = pl.col("value"), pl.col("held_to")
    ranged = pl.col("direction") == "range"
    attainment = (
        pl.when((pl.col("direction") == "up") & (target > 0))
        .then(value / target)
        .when((pl.col("direction") == "down") & (value > 0) & (target >= 0))
        .then(target / value)
    )
    miss = (
        pl.when(ranged)
        .then(_outside(value))
        .when(pl.col("direction") == "down")
        .then(value - target)
        .otherwise(target - value)
    )
    bound = pl.when(value < pl.col("low")).then(pl.col("low")).otherwise(pl.col("high"))
    size = pl.when(ranged).then(bound).otherwise(target).abs()
    joined = rows.join(about, on="kpi", how="left", maintain_order="left")
    return joined.with_columns(
        attainment=_finite(attainment), status=_status(value, miss, size)
    ).drop([name for name in FACTS if name != "kpi"])


def _status(value: pl.Expr, miss: pl.Expr, size: pl.Expr) -> pl.Expr:
    def beyond(name: str) -> pl.Expr:
        allowed = pl.when(pl.col(f"{name}_relative")).then(pl.col(name) * size)
        return miss > allowed.otherwise(pl.col(name)) + SAME * size

    return (
        pl.when(value.is_null())
        .then(pl.lit("no_data"))
        .when(miss.is_null())
        .then(pl.lit("no_target"))
        .when(beyond("off_track"))
        .then(pl.lit("off_track"))
        .when(beyond("at_risk"))
        .then(pl.lit("at_risk"))
        .otherwise(pl.lit("on_track"))
    )
