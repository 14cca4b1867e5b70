"""What each form of a target gives for a span of days."""

from datetime import date
from itertools import pairwise

from kpitree.analysis.targets.adding import Adding
from kpitree.analysis.targets.spreading import Found, spread
from kpitree.calendar import Calendar, Grain, Span
from kpitree.tree.model import (
    GrowthTarget,
    PathTarget,
    PeriodTargets,
    PlainTarget,
    SpreadTarget,
)

Written = PlainTarget | PeriodTargets | SpreadTarget | PathTarget  # the tree file alone tells them


def target_for(
    target: Written | None,
    span: Span,
    grain: Grain,
    calendar: Calendar,
    adding: Adding,
    what: str = "target",
) -> Found:
    """The target of a span in the KPI's unit: pro rata by days where the KPI adds up over time.

    A target of the tree's grain (or of the period named) is spread evenly over its days; a rate
    is used as it stands; what is neither has a target only for exactly the period it is given for.
    what: what a reason calls it; benchmarks and the ends of a good range are spread likewise.
    """
    match target:
        case None:
            return Found(None)
        case PlainTarget(value=value):
            return _each(value, span, grain, calendar, adding, what)
        case SpreadTarget(value=value, per=per):
            return _each(value, span, per, calendar, adding, what)
        case PeriodTargets(values=values):
            named = [(calendar.parse(label), value) for label, value in values.items()]
            return spread(named, span, adding, what)
        case PathTarget():
            return _on_the_way(target, span, grain, calendar, adding, what)


def _each(
    value: float, span: Span, grain: Grain, calendar: Calendar, adding: Adding, what: str
) -> Found:
    """The same value for each period of a grain."""
    if adding is Adding.RATE:
        return Found(value)
    return spread(
        [(period, value) for period in calendar.periods_in(span, grain)], span, adding, what
    )


def _on_the_way(
    target: PathTarget, span: Span, grain: Grain, calendar: Calendar, adding: Adding, what: str
) -> Found:
    """What is the same over time is to be where the way is on the last day of the span; of what
    adds up, each period of the tree's grain is to reach what the way is at on its own last day.
    """
    begins = Found(None, f"the way to the {what} begins on {target.points[0][0].isoformat()}")
    if adding is Adding.RATE:
        level = level_on(target, span.last_day)
        return begins if level is None else Found(level)
    named: list[tuple[Span, float]] = []
    for period in calendar.periods_in(span, grain):
        level = level_on(target, period.last_day)
        if level is None:
            return begins
        named.append((period, level))
    return spread(named, span, adding, what)


def level_on(target: PathTarget, day: date) -> float | None:
    """Where a way is at the end of a day: on the line between two of its points, and at its end
    from the last one on; None before the first. A way of one point is at its end all the time.
    """
    points = target.points
    if len(points) == 1 or day >= target.by:
        return target.value
    for (start, low), (end, high) in pairwise(points):
        if start <= day <= end:
            share = (day - start).days / (end - start).days
            return low * (1 - share) + high * share
    return None


def grown(target: GrowthTarget, before: float | None, label: str, why: str) -> Found:
    """So much more than it was: before + growth x |before|, so that its percent is the growth.

    before, label, why: what the KPI itself was in the period counted from, its name, and why it
    has no value. From 0 there is no growth.
    """
    if before is None:
        return Found(None, f"there is no value of {label} to grow from: {why}")
    if before == 0.0:
        return Found(None, f"from the 0 of {label} nothing grows by a percentage")
    return Found(before + target.growth * abs(before))
