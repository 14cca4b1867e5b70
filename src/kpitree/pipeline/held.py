"""What a period is held to: targets of its own, targets implied, benchmarks, assumptions."""

from collections.abc import Sequence
from dataclasses import replace

from kpitree.analysis.answer import Held, Reference
from kpitree.analysis.moments import Moment
from kpitree.analysis.targets import (
    Found,
    adding_up,
    constant_for,
    do_not_add_up,
    implied_targets,
    target_for,
)
from kpitree.calendar import Calendar, Span
from kpitree.numbers import Numbers
from kpitree.pipeline.plan import Plan
from kpitree.tree.model import Constant, Kpi


def constants_of(plan: Plan, spans: Sequence[Span]) -> dict[str, list[Found]]:
    """Constant KPI -> its value for each span."""
    calendar = plan.tree.calendar
    return {
        kpi.id: [constant_for(kpi.value, span, calendar) for span in spans]
        for kpi in plan.nodes.values()
        if isinstance(kpi, Constant)
    }


def held_to(plan: Plan, moment: Moment, calendar: Calendar) -> Held:
    """The targets of one moment for every KPI computed."""
    span = moment.span(calendar)
    if plan.where is not None:
        return _held_to_nothing(plan)
    adding = adding_up(plan.nodes, list(plan.nodes))
    found = {
        kpi.id: target_for(kpi.target, span, plan.tree.grain, calendar, adding[kpi.id])
        for kpi in plan.nodes.values()
    }
    own = {kpi: one.value for kpi, one in found.items()}
    constants = {kpi: values[0].value for kpi, values in constants_of(plan, [span]).items()}
    implied = implied_targets([list(one) for one in plan.generations], own, constants)
    notices = do_not_add_up(plan.nodes, own, implied, in_words)
    return Held(
        own=own,
        implied=implied,
        constants=constants,
        reasons={kpi: one.reason for kpi, one in found.items() if one.reason is not None},
        contradictions=tuple(notices),
    )


def _held_to_nothing(plan: Plan) -> Held:
    """Targets are promised for everything; what --where keeps of it has none."""
    reason = "the target is for everything, not for what --where keeps"
    given = {kpi.id: reason for kpi in plan.nodes.values() if kpi.target is not None}
    return Held(own={}, implied={}, constants={}, reasons=given)


def references_to(plan: Plan, described: Sequence[Reference], held: Held) -> list[Reference]:
    """The references of one period, targets and benchmarks filled in."""
    found: list[Reference] = []
    for reference in described:
        match reference.vs:
            case "target":
                found.append(_targets(plan, reference, held))
            case "benchmark":
                values = {
                    kpi.id: kpi.benchmark.value for kpi in plan.nodes.values() if kpi.benchmark
                }
                found.append(replace(reference, values=values))
            case _:
                found.append(reference)
    return found


def _targets(plan: Plan, reference: Reference, held: Held) -> Reference:
    implied = {kpi: "target (implied)" for kpi in plan.nodes if held.own.get(kpi) is None}
    return replace(
        reference,
        values={kpi: held.counts(kpi) for kpi in plan.nodes},
        labels=implied,
        reasons=held.reasons,
    )


def in_words(kpi: Kpi, value: float) -> str:
    """A value of a KPI for people, as in tables."""
    return Numbers(unit=kpi.unit, decimals=kpi.decimals).value(value, word=True)
