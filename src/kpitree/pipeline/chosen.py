"""Parts of an evaluation: what --only keeps, and what --fail-on finds."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import polars as pl

from kpitree.analysis.results.evaluation import Evaluation
from kpitree.tables import SEGMENT, STALE


def with_status(found: Evaluation, statuses: Collection[str]) -> Evaluation:
    """Only the KPIs that have one of the statuses in the main period (see _statuses)."""
    kept = [kpi for kpi, has in _statuses(found).items() if not has.isdisjoint(statuses)]
    about = pl.col("kpi").is_in(kept)
    return replace(
        found,
        kpis=found.kpis.filter(about),
        comparisons=found.comparisons.filter(about),
        history=found.history.filter(about),
        attributions=tuple(one for one in found.attributions if one.kpi in kept),
    )


def fails(found: Evaluation, failing: Sequence[tuple[str, str | None]]) -> bool:
    """Whether any KPI (or the one named) has a status to fail on in the main period."""
    statuses = _statuses(found)
    return any(
        status in has and name in (kpi, None)
        for status, name in failing
        for kpi, has in statuses.items()
    )


def _statuses(found: Evaluation) -> dict[str, set[str]]:
    """KPI -> status of its whole in the main period, those of its segments that have a target,
    and STALE where it rests on old data.
    """
    main = found.kpis.filter(pl.col("period") == found.period.span.label)
    promised = main.filter(pl.any_horizontal(pl.col("target", "target_implied").is_not_null()))
    statuses = {kpi: {status} for kpi, status in status_of(found).items()}
    for kpi, status in promised.select("kpi", "status").iter_rows():
        statuses[kpi].add(status)
    for kpi in (found.stale or frozenset()) & statuses.keys():
        statuses[kpi].add(STALE)
    return statuses


def status_of(found: Evaluation) -> dict[str, str]:
    """KPI -> status of its whole in the main period."""
    whole = [pl.col(SEGMENT + dimension).is_null() for dimension in found.dimensions]
    rows = found.kpis.filter(pl.col("period") == found.period.span.label, *whole)
    return dict(rows.select("kpi", "status").iter_rows())
