"""Parts of an evaluation: what --only keeps, and what --fail-on finds."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import polars as pl

from kpitree.analysis.results.evaluation import Evaluation
from kpitree.tables import SEGMENT, STALE


def with_status(found: Evaluation, statuses: Collection[str]) -> Evaluation:
    """Only the KPIs whose whole, in the main period, has one of the statuses, or is STALE."""
    old = found.stale or frozenset()
    kept = [
        kpi
        for kpi, status in status_of(found).items()
        if status in statuses or (STALE in statuses and kpi in old)
    ]
    about = pl.col("kpi").is_in(kept)
    return replace(
        found,
        kpis=found.kpis.filter(about),
        comparisons=found.comparisons.filter(about),
        history=found.history.filter(about),
        attributions=tuple(one for one in found.attributions if one.kpi in kept),
    )


def fails(found: Evaluation, failing: Sequence[tuple[str, str | None]]) -> bool:
    """Whether any KPI (or the one named), as a whole and in the main period, is to fail on."""
    statuses = status_of(found)
    old = found.stale or frozenset()
    return any(
        (status == of or (status == STALE and kpi in old)) and name in (kpi, None)
        for status, name in failing
        for kpi, of in statuses.items()
    )


def status_of(found: Evaluation) -> dict[str, str]:
    """KPI -> status of its whole in the main period."""
    whole = [pl.col(SEGMENT + dimension).is_null() for dimension in found.dimensions]
    rows = found.kpis.filter(pl.col("period") == found.period.span.label, *whole)
    return dict(rows.select("kpi", "status").iter_rows())
