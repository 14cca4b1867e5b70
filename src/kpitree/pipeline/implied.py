"""The targets of KPIs that have none of their own, and targets that contradict each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kpitree.analysis.moments import Moment
from kpitree.analysis.promise import Held
from kpitree.analysis.targets import (
    Adding,
    Found,
    Needs,
    differ,
    do_not_add_up,
    furthest_off,
    implied_targets,
    needed_targets,
)
from kpitree.calendar import Span
from kpitree.errors import Notice
from kpitree.numbers import Numbers
from kpitree.pipeline.plan import Plan
from kpitree.pipeline.to_date import as_of_whole, cut, overtaken_in
from kpitree.tree.model import Constant, Kpi

if TYPE_CHECKING:  # what a table of targets needs is loaded only for trees that have one
    from kpitree.analysis.targets.goals import Sum

Values = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class _Told:
    """What is promised in a span, and what its goals and operands promise.

    counting: every target there is, constants included. reasons: why others are withheld.
    """

    promised: Values
    upward: Values
    counting: dict[str, float]
    sums: "Mapping[str, Sum]"
    summed: dict[str, float]
    reasons: Mapping[str, str]


def with_implied(
    plan: Plan, held: Held, whole: Held | None, moment: Moment, actual: Values
) -> Held:
    """The targets of KPIs that have none: from their segments' goals, from below, from above.

    whole: what the whole of a running period is held to, so that targets which agree are not said
    to contradict each other because only flows are cut; None where held is that, or all there is.
    Where somebody has no goal, goals promise nothing for the whole: what is below may still.
    """
    now = _told(plan, held, moment.span(plan.tree.calendar))
    needs = _needs(plan, now, actual)
    judged, then, period, reached = held, now, moment.span(plan.tree.calendar), actual
    if whole is not None:
        judged, then, period = whole, _told(plan, whole, moment.period), moment.period
        reached = as_of_whole(plan, moment, actual)
        needs = cut(plan, moment, _needs(plan, then, reached), needs, now.counting)
    labels = {kpi: plan.tree.kpis[above].label for kpi, above in needs.by.items()}

    def disagreeing() -> Iterator[Notice]:
        furthest = furthest_off(plan.tree, then.counting, judged.constants, reached, in_words)
        below = do_not_add_up(plan.nodes, then.promised, then.upward, in_words, furthest)
        for notice in (*below, *_contradictions(plan, judged, period, plan.adding)):
            of = "" if whole is None else f"for all of {period.label}, "
            yield replace(notice, message=of + notice.message)
        yield from overtaken_in(plan, period, in_words)

    reasons = {**needs.reasons, **now.reasons}
    implied = {**now.upward, **now.summed, **needs.values}
    return replace(
        held,
        upward=now.upward,
        implied={kpi: value for kpi, value in implied.items() if kpi not in reasons},
        needed=frozenset(needs.values),
        implied_by={**labels, **{kpi: f"goals by {now.sums[kpi].by}" for kpi in now.summed}},
        reasons=reasons,
        disagreeing=disagreeing,
        later=frozenset() if whole is None else _later(plan, then),
    )


def _later(plan: Plan, whole: _Told) -> frozenset[str]:
    """The KPIs with a target that flows are to reach by the end of the period."""
    return frozenset(
        kpi
        for kpi in plan.mixed & whole.promised.keys()
        if (own := whole.promised[kpi]) is not None
        and ((given := whole.upward[kpi]) is None or not differ(given, own))
    )


def _told(plan: Plan, held: Held, span: Span) -> _Told:
    sums = _sums(plan, held, span, plan.adding)
    summed = values_of({kpi: one.found for kpi, one in sums.items() if not one.incomplete})
    promised = {**held.own, **summed}
    upward = implied_targets(plan.formulas, promised, held.constants)
    counting = {**held.constants, **known(upward), **known(promised)}
    without = {kpi: one.found for kpi, one in sums.items() if counting.get(kpi) is None}
    return _Told(
        promised=promised,
        upward=upward,
        counting=known(counting),
        sums=sums,
        summed=known(summed),
        reasons={**held.reasons, **withheld(without)},
    )


def _needs(plan: Plan, told: _Told, actual: Values) -> Needs:
    """What targets above need of KPIs that have none."""
    lacking = [
        kpi.id
        for kpi in plan.nodes.values()
        if kpi.id not in told.counting
        and kpi.id not in told.reasons
        and kpi.direction != "range"
        and not isinstance(kpi, Constant)
    ]
    nodes = list(plan.nodes.values())
    return needed_targets(plan.tree, nodes, told.counting, lacking, actual, in_words)


def _sums(plan: Plan, held: Held, span: Span, adding: Mapping[str, Adding]) -> "dict[str, Sum]":
    """What the goals of segments add up to, of the KPIs that have no other target."""
    goals = plan.book.goals
    if goals is None:
        return {}
    found = {
        kpi: goals.total(node, span, adding[kpi], in_words, plan.book.present)
        for kpi, node in plan.nodes.items()
        if kpi in goals.by and held.own.get(kpi) is None and kpi not in held.reasons
    }
    return {kpi: one for kpi, one in found.items() if one is not None}


def _contradictions(
    plan: Plan, held: Held, span: Span, adding: Mapping[str, Adding]
) -> Iterator[Notice]:
    """Goals of all segments that add up to something else than the whole's own target.

    Who has a value is read only where they do.
    """
    goals = plan.book.goals
    for kpi, own in held.own.items():
        if goals is None or kpi not in goals.by or own is None:
            continue
        node = plan.nodes[kpi]
        notice: Notice | None = None
        for present in (None, plan.book.present):
            one = goals.total(node, span, adding[kpi], in_words, present)
            notice = None if one is None else one.contradiction(node, own, in_words)
            if notice is None:
                break
        if notice is not None:
            yield notice


def in_words(kpi: Kpi, value: float) -> str:
    """A value of a KPI for people, as in tables."""
    return Numbers(unit=kpi.unit, decimals=kpi.decimals).value(value, word=True)


# --- of what was found ---------------------------------------------------------------------------


def values_of(found: Mapping[str, Found]) -> dict[str, float | None]:
    """KPI -> its target; None where there is none."""
    return {kpi: one.value for kpi, one in found.items()}


def withheld(found: Mapping[str, Found]) -> dict[str, str]:
    """KPI -> why it has no target though a file gives one, of those without."""
    return {kpi: one.reason for kpi, one in found.items() if one.reason is not None}


def known(values: Values) -> dict[str, float]:
    """Those that have a value."""
    return {kpi: value for kpi, value in values.items() if value is not None}
