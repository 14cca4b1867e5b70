"""KPIs whose size depends on how long the period is, though they do not add up over time."""

from collections.abc import Iterator

from kpitree.analysis.moments import Moment
from kpitree.analysis.targets import powers
from kpitree.errors import Notice
from kpitree.pipeline.plan import Plan


def not_per_period(plan: Plan, moment: Moment) -> Iterator[Notice]:
    """A stock divided by a flow (runway, lifetime value) is what it is called only for a period
    of the tree's grain: of ten days it is three times that of a month, and of a year a twelfth.
    """
    grain, span = plan.tree.grain, moment.span(plan.tree.calendar)
    if moment.first_days is None and moment.period.grain == grain:
        return
    length = f"{span.days} day{'s' if span.days != 1 else ''}"
    if moment.first_days is None and moment.period.grain is not None:
        length = str(moment.period.grain)
    found = powers(plan.nodes, list(plan.nodes))
    for kpi in plan.kpis:
        power = found[kpi]
        if power is None or power in (0, 1):
            continue
        does = "divides by" if power < 0 else "multiplies"
        yield Notice(
            code="not_per_period",
            kpi=kpi,
            message=f"{plan.tree.kpis[kpi].label} {does} what adds up over time:"
            f" here it is per {length}, not per {grain}",
        )
