"""What the KPIs were: values by moment, of the whole or by segment, and why some are missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from kpitree.analysis.moments import Coverage, Moment
from kpitree.analysis.reasons import Reasons, Row
from kpitree.analysis.targets import constant_for
from kpitree.pipeline.periods import Periods
from kpitree.pipeline.plan import Plan
from kpitree.tables import MOMENT, SEGMENT

Segment = tuple[str, ...]  # members, in the order of the dimensions; () for the whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Actuals:
    """frame: VALUES of every moment of the timeline, split by the dimensions `by`."""

    plan: Plan
    periods: Periods
    coverage: Mapping[str, Coverage]
    frame: pl.DataFrame
    by: tuple[str, ...] = ()
    _known: dict[Moment, dict[Segment, Row]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def rows(self, moment: Moment) -> dict[Segment, Row]:
        """Segment -> its row of VALUES, in their order; none for a moment without values."""
        if moment not in self._known:
            self._known[moment] = self._rows(moment)
        return self._known[moment]

    def _rows(self, moment: Moment) -> dict[Segment, Row]:
        if moment not in self.periods.times.moments:
            return {}
        names = [SEGMENT + name for name in self.by]
        found = self.frame.filter(pl.col(MOMENT) == self.periods.times.position(moment))
        return {tuple(row[name] for name in names): row for row in found.iter_rows(named=True)}

    def why(self, kpi: str, row: Row, moment: Moment) -> str:
        """Why a KPI has no value in a row of a moment."""
        span = moment.span(self.periods.calendar)
        return reasons_of(self.plan, self.coverage).why(kpi, row, span)


def reasons_of(plan: Plan, coverage: Mapping[str, Coverage]) -> Reasons:
    """How to say why a KPI of the plan has no value."""
    calendar = plan.tree.calendar
    return Reasons(
        kpis=plan.nodes,
        leaves=plan.leaves,
        coverage=coverage,
        assumed=lambda constant, span: constant_for(constant.value, span, calendar).reason,
    )
