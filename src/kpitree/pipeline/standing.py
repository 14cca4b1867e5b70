"""How a tree stands at one moment: its values and why some are missing, and what it is held to."""

from collections.abc import Mapping
from dataclasses import dataclass

from kpitree.analysis.attribution.contract import State
from kpitree.analysis.moments import Coverage
from kpitree.analysis.promise import Held
from kpitree.analysis.reasons import Row
from kpitree.analysis.results.period import PeriodInfo
from kpitree.pipeline.actuals import reasons_of
from kpitree.pipeline.periods import Periods
from kpitree.pipeline.states import Moments, reference_to_main, state_of

__all__ = ["Standing", "infos", "reasons_of", "standing"]


@dataclass(frozen=True, slots=True)
class Standing:
    """The main period of what was read. state: KPI (and part) -> value of the whole."""

    read: Moments
    state: State
    held: Held
    period: PeriodInfo

    def why(self, kpi: str, row: Row) -> str:
        """Why a KPI has no value in a row of this period."""
        return reasons_of(self.read.plan, self.read.coverage).why(kpi, row, self.read.main)


def standing(read: Moments) -> Standing:
    """Where the main period stands."""
    return Standing(
        read=read,
        state=state_of(read, reference_to_main(read)),
        held=read.held(),
        period=infos(read.periods, read.coverage)[-1],
    )


def infos(periods: Periods, coverage: Mapping[str, Coverage]) -> tuple[PeriodInfo, ...]:
    """The periods shown; each is as complete as the source that covers least of it."""
    everyone = [periods.known, *coverage.values()]
    return tuple(
        PeriodInfo(
            span=moment.period,
            complete=all(one.covers(moment.period) for one in everyone),
            covered_days=min(one.covered_days(moment.period) for one in everyone),
        )
        for moment in periods.shown
    )
