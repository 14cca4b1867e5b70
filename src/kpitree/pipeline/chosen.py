"""What --only keeps of an answer, and what --fail-on finds in it."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import polars as pl

from kpitree.analysis.results.standing import Standing

if TYPE_CHECKING:
    from kpitree.analysis.results.evaluation import Evaluation
    from kpitree.analysis.results.forecast import Forecast


class Standings(Protocol):
    """An answer that says how what it tells of stands."""

    @property
    def standings(self) -> Sequence[Standing]: ...


def fails(found: Standings, failing: Sequence[tuple[str, str | None]]) -> bool:
    """Whether anything (or anything of the KPI named) has a status to fail on."""
    return any(
        one.is_any({status}) and name in (one.kpi, None)
        for status, name in failing
        for one in found.standings
    )


def with_status(found: "Evaluation", statuses: Collection[str]) -> "Evaluation":
    """Only the KPIs that have one of the statuses in the main period, with all that is theirs."""
    kept = {one.kpi for one in found.standings if one.is_any(statuses)}
    about = pl.col("kpi").is_in(list(kept))
    return replace(
        found,
        kpis=found.kpis.filter(about),
        comparisons=found.comparisons.filter(about),
        history=found.history.filter(about),
        attributions=tuple(one for one in found.attributions if one.kpi in kept),
    )


def landings_with_status(found: "Forecast", statuses: Collection[str]) -> "Forecast":
    """Only the rows whose landing has one of the statuses."""
    kept = [one.is_any(statuses) for one in found.standings]
    return replace(found, rows=found.rows.filter(pl.Series(kept, dtype=pl.Boolean)))
