"""The targets of KPIs that have none of their own, and targets that contradict each other."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from kpitree.analysis.answer import Held
from kpitree.analysis.targets import (
    Adding,
    Found,
    do_not_add_up,
    furthest_off,
    implied_targets,
    needed_targets,
)
from kpitree.calendar import Span
from kpitree.errors import Notice
from kpitree.numbers import Numbers
from kpitree.pipeline.plan import Plan
from kpitree.tree.model import Constant, Kpi

if TYPE_CHECKING:  # what a table of targets needs is loaded only for trees that have one
    from kpitree.analysis.targets.goals import Sum

Values = Mapping[str, float | None]


def with_implied(plan: Plan, held: Held, sums: "Mapping[str, Sum]", actual: Values) -> Held:
    """The targets of KPIs that have none: from their segments' goals, from below, from above."""
    free = {
        kpi: one
        for kpi, one in sums.items()
        if held.own.get(kpi) is None and kpi not in held.reasons
    }
    summed = values_of({kpi: one.found for kpi, one in free.items()})
    promised = {**held.own, **summed}
    upward = implied_targets(plan.formulas, promised, held.constants)
    counting = {**held.constants, **known(upward), **known(promised)}
    reasons = {**held.reasons, **withheld({kpi: one.found for kpi, one in free.items()})}
    lacking = [
        kpi.id
        for kpi in plan.nodes.values()
        if counting.get(kpi.id) is None
        and kpi.id not in reasons
        and kpi.direction != "range"
        and not isinstance(kpi, Constant)
    ]
    needs = needed_targets(
        plan.tree, list(plan.nodes.values()), counting, lacking, actual, in_words
    )
    labels = {kpi: plan.tree.kpis[above].label for kpi, above in needs.by.items()}

    def disagreeing() -> Iterator[Notice]:
        furthest = furthest_off(plan.tree, counting, held.constants, actual, in_words)
        yield from do_not_add_up(plan.nodes, promised, upward, in_words, furthest)
        yield from _contradictions(plan, held, sums)

    return replace(
        held,
        upward=upward,
        implied={**upward, **known(summed), **needs.values},
        needed=frozenset(needs.values),
        implied_by={**labels, **{kpi: f"goals by {sums[kpi].by}" for kpi in known(summed)}},
        reasons={**reasons, **needs.reasons},
        disagreeing=disagreeing,
    )


def sums_of(plan: Plan, span: Span, adding: Mapping[str, Adding]) -> "dict[str, Sum]":
    """What the goals of segments add up to, of the KPIs whose segments do."""
    goals = plan.book.goals
    if goals is None:
        return {}
    found = {
        kpi: goals.total(node, span, adding[kpi], in_words)
        for kpi, node in plan.nodes.items()
        if kpi in goals.by
    }
    return {kpi: one for kpi, one in found.items() if one is not None}


def _contradictions(plan: Plan, held: Held, sums: "Mapping[str, Sum]") -> Iterator[Notice]:
    """Goals of segments that add up to something else than the whole's own target."""
    for kpi, one in sums.items():
        own = held.own.get(kpi)
        notice = None if own is None else one.contradiction(plan.nodes[kpi], own, in_words)
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
