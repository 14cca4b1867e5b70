"""What a period is held to: targets of its own, targets implied, benchmarks, assumptions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kpitree.analysis.answer import Held, Reference
from kpitree.analysis.moments import Moment
from kpitree.analysis.targets import (
    Adding,
    Found,
    adding_up,
    constant_for,
    do_not_add_up,
    fixed,
    implied_targets,
    target_for,
)
from kpitree.calendar import Calendar, Span
from kpitree.numbers import Numbers
from kpitree.pipeline.plan import Plan
from kpitree.tree.model import Constant, Kpi, Node, PlainTarget


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
    adding = adding_up(plan.nodes, list(plan.nodes))
    if plan.where is not None:
        return _held_to_nothing(plan, span, adding)
    found = {
        kpi.id: target_for(kpi.target, span, plan.tree.grain, calendar, adding[kpi.id])
        for kpi in plan.nodes.values()
    }
    ranges = {kpi.id: _range_of(kpi, span, plan, adding[kpi.id]) for kpi in plan.nodes.values()}
    benchmarks = _benchmarks(plan, span, adding)
    own = {kpi: one.value for kpi, one in found.items()}
    generations = [list(one) for one in plan.generations]
    given = {kpi: values[0].value for kpi, values in constants_of(plan, [span]).items()}
    constants = fixed(generations, given)
    implied = implied_targets(generations, own, constants)
    notices = do_not_add_up(plan.nodes, own, implied, in_words)
    return Held(
        own=own,
        implied=implied,
        constants=constants,
        reasons=_reasons(found) | _reasons({kpi: low for kpi, (low, _) in ranges.items()}),
        ranges={
            kpi: (low.value, high.value)
            for kpi, (low, high) in ranges.items()
            if low.value is not None and high.value is not None
        },
        benchmarks={kpi: one.value for kpi, one in benchmarks.items()},
        no_benchmark=_reasons(benchmarks),
        contradictions=tuple(notices),
    )


def _reasons(found: Mapping[str, Found]) -> dict[str, str]:
    return {kpi: one.reason for kpi, one in found.items() if one.reason is not None}


def _range_of(kpi: Node, span: Span, plan: Plan, adding: Adding) -> tuple[Found, Found]:
    """The ends of a good range: as a target, it is for a period of the tree's grain."""
    ends = kpi.good_range or (None, None)
    grain, calendar = plan.tree.grain, plan.tree.calendar
    low, high = (
        target_for(
            None if end is None else PlainTarget(value=end), span, grain, calendar, adding, "range"
        )
        for end in ends
    )
    return low, high


def _benchmarks(plan: Plan, span: Span, adding: Mapping[str, Adding]) -> dict[str, Found]:
    """What others reach in a span: given, as targets are, for a period of the tree's grain."""
    return {
        kpi.id: target_for(
            PlainTarget(value=kpi.benchmark.value),
            span,
            plan.tree.grain,
            plan.tree.calendar,
            adding[kpi.id],
            "benchmark",
        )
        for kpi in plan.nodes.values()
        if kpi.benchmark is not None
    }


def _held_to_nothing(plan: Plan, span: Span, adding: Mapping[str, Adding]) -> Held:
    """Targets are promised for everything; what --where keeps of it has none.

    The benchmark of a rate is what others reach, and is one for a part of the rows too.
    """
    reason = "the target is for everything, not for what --where keeps"
    promised = [kpi for kpi in plan.nodes.values() if kpi.target or kpi.good_range]
    benchmarks = _benchmarks(plan, span, adding)
    rates = {kpi: one.value for kpi, one in benchmarks.items() if adding[kpi] is Adding.RATE}
    no_rate = "the benchmark is for everything, not for what --where keeps"
    return Held(
        own={},
        implied={},
        constants={},
        reasons={kpi.id: reason for kpi in promised},
        benchmarks=rates,
        no_benchmark={kpi: no_rate for kpi in benchmarks if kpi not in rates},
    )


def references_to(plan: Plan, described: Sequence[Reference], held: Held) -> list[Reference]:
    """The references of one period, targets and benchmarks filled in."""
    found: list[Reference] = []
    for reference in described:
        match reference.vs:
            case "target":
                found.append(_targets(plan, reference, held))
            case "benchmark":
                found.append(replace(reference, values=held.benchmarks, reasons=held.no_benchmark))
            case _:
                found.append(reference)
    return found


def _targets(plan: Plan, reference: Reference, held: Held) -> Reference:
    implied = {
        kpi: "target (implied)"
        for kpi, value in held.implied.items()
        if value is not None and held.own.get(kpi) is None
    }
    return replace(
        reference,
        values={kpi: held.counts(kpi) for kpi in plan.nodes},
        labels=implied,
        reasons=held.reasons,
    )


def in_words(kpi: Kpi, value: float) -> str:
    """A value of a KPI for people, as in tables."""
    return Numbers(unit=kpi.unit, decimals=kpi.decimals).value(value, word=True)
