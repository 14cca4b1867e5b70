"""What a period is held to: targets of its own, targets implied, benchmarks, assumptions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from kpitree.analysis.answer import Held, Reference, View
from kpitree.analysis.moments import Coverage, Moment
from kpitree.analysis.targets import (
    Adding,
    Found,
    adding_up,
    do_not_add_up,
    fixed,
    furthest_off,
    implied_targets,
    needed_targets,
    target_for,
)
from kpitree.calendar import Span
from kpitree.errors import Notice
from kpitree.numbers import Numbers
from kpitree.pipeline.actuals import Actuals, Segment
from kpitree.pipeline.figures import constants_of
from kpitree.pipeline.given import GivenBy, given_by, given_to_part, given_to_whole
from kpitree.pipeline.periods import Periods
from kpitree.pipeline.plan import Plan
from kpitree.tables import SEGMENT
from kpitree.tree.model import Constant, Kpi, Node, PlainTarget

if TYPE_CHECKING:  # what a table of targets needs is loaded only for trees that have one
    from kpitree.analysis.targets.goals import Sum

Values = Mapping[str, float | None]


def held_in(
    plan: Plan, periods: Periods, coverage: Mapping[str, Coverage], views: Sequence[View]
) -> list[Held]:
    """What the whole is held to in each period shown, and its segments where they are views."""
    whole, *split = (
        Actuals(plan=plan, periods=periods, coverage=coverage, frame=view.frame, by=view.dimensions)
        for view in views
    )
    found: list[Held] = []
    for moment in periods.shown:
        held = held_to(whole, moment)
        for by in split:
            held = with_segments(held, by, moment)
        found.append(held)
    return found


def held_to(actuals: Actuals, moment: Moment) -> Held:
    """The targets of the whole in a moment, for every KPI computed.

    actuals: of the whole; the moment is one of those wanted of their timeline.
    """
    plan = actuals.plan
    adding = adding_up(plan.nodes, list(plan.nodes))
    if plan.where is not None:
        return _held_to_part(actuals, moment, adding)
    span = moment.span(plan.tree.calendar)
    found = given_to_whole(actuals, moment, adding)
    benchmarks = _benchmarks(plan, span, adding)
    ranges = {kpi.id: _range_of(kpi, span, plan, adding[kpi.id]) for kpi in plan.nodes.values()}
    held = Held(
        own=_values(found),
        implied={},
        constants=_constants(plan, span),
        reasons=_reasons(found) | _reasons({kpi: low for kpi, (low, _) in ranges.items()}),
        ranges={
            kpi: (low.value, high.value)
            for kpi, (low, high) in ranges.items()
            if low.value is not None and high.value is not None
        },
        benchmarks=_values(benchmarks),
        no_benchmark=_reasons(benchmarks),
    )
    return _with_implied(plan, held, _sums(plan, span, adding), actuals.rows(moment).get((), {}))


def _with_implied(plan: Plan, held: Held, sums: "Mapping[str, Sum]", actual: Values) -> Held:
    """The targets of KPIs that have none: from their segments' goals, from below, from above."""
    free = {
        kpi: one
        for kpi, one in sums.items()
        if held.own.get(kpi) is None and kpi not in held.reasons
    }
    summed = _values({kpi: one.found for kpi, one in free.items()})
    promised = {**held.own, **summed}
    upward = implied_targets(plan.generations, promised, held.constants)
    counting = {**held.constants, **_known(upward), **_known(promised)}
    reasons = {**held.reasons, **_reasons({kpi: one.found for kpi, one in free.items()})}
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
    furthest = furthest_off(plan.tree, counting, held.constants, actual, in_words)
    return replace(
        held,
        upward=upward,
        implied={**upward, **_known(summed), **needs.values},
        implied_by={**labels, **{kpi: f"goals by {sums[kpi].by}" for kpi in _known(summed)}},
        reasons={**reasons, **needs.reasons},
        contradictions=(
            *do_not_add_up(plan.nodes, promised, upward, in_words, furthest),
            *_contradictions(plan, held, sums),
        ),
    )


def _sums(plan: Plan, span: Span, adding: Mapping[str, Adding]) -> "dict[str, Sum]":
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


# --- segments ------------------------------------------------------------------------------------


def with_segments(held: Held, actuals: Actuals, moment: Moment) -> Held:
    """What the whole is held to, and each of its segments that has a target.

    actuals: by the dimensions that make the segments.
    """
    plan = actuals.plan
    given = given_by(actuals, moment, adding_up(plan.nodes, list(plan.nodes)))
    segments = dict.fromkeys(segment for one in given.values() for segment in one.found)
    constants = _constants(plan, moment.span(plan.tree.calendar))
    return replace(
        held,
        segments={one: _segment(plan, given, constants, one) for one in segments},
        unsplit={kpi: one.reason for kpi, one in given.items()},
    )


def _segment(plan: Plan, given: Mapping[str, GivenBy], constants: Values, segment: Segment) -> Held:
    found = {kpi: one.found[segment] for kpi, one in given.items() if segment in one.found}
    promised = _values(found)
    upward = implied_targets(plan.generations, promised, constants)
    summed = {kpi: promised[kpi] for kpi in found if given[kpi].summed}
    return Held(
        own={kpi: value for kpi, value in promised.items() if kpi not in summed},
        implied={**upward, **_known(summed)},
        implied_by=dict.fromkeys(_known(summed), "finer goals"),
        constants=constants,
        reasons=_reasons(found),
        upward=upward,
    )


def goals_frame(held: Held, by: tuple[str, ...]) -> pl.DataFrame:
    """The targets of segments: one row for each KPI x segment that has one, or is to have one.

    Columns: kpi, the dimensions, target (null where it cannot be had), target_reason (which then
    says why), implied (whether it is not its own).
    """
    rows = [
        (kpi, *segment, one.counts(kpi), one.reasons.get(kpi), one.own.get(kpi) is None)
        for segment, one in held.segments.items()
        for kpi in dict.fromkeys([*one.own, *_known(one.implied), *one.reasons])
    ]
    names = [SEGMENT + name for name in by]
    schema: dict[str, pl.DataType | type[pl.DataType]] = dict.fromkeys(["kpi", *names], pl.String)
    schema |= {"target": pl.Float64, "target_reason": pl.String, "implied": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


# --- parts of targets ----------------------------------------------------------------------------


def _values(found: Mapping[str, Found]) -> dict[str, float | None]:
    return {kpi: one.value for kpi, one in found.items()}


def _reasons(found: Mapping[str, Found]) -> dict[str, str]:
    return {kpi: one.reason for kpi, one in found.items() if one.reason is not None}


def _known(values: Values) -> dict[str, float]:
    return {kpi: value for kpi, value in values.items() if value is not None}


def _constants(plan: Plan, span: Span) -> dict[str, float | None]:
    """Constants and formulas of nothing else: values that nobody promises."""
    given = {kpi: values[0].value for kpi, values in constants_of(plan, [span]).items()}
    return fixed(plan.generations, given)


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


def _held_to_part(actuals: Actuals, moment: Moment, adding: Mapping[str, Adding]) -> Held:
    """Targets are promised for everything; what --where keeps of it has few (given_to_part).

    The benchmark of a rate is what others reach, and is one for a part of the rows too.
    """
    plan = actuals.plan
    span = moment.span(plan.tree.calendar)
    found = given_to_part(actuals, moment, adding)
    promised = [
        kpi.id
        for kpi in plan.nodes.values()
        if kpi.target or kpi.good_range or plan.book.targets_of(kpi.id)
    ]
    none = dict.fromkeys(promised, "the target is for everything, not for what --where keeps")
    benchmarks = _benchmarks(plan, span, adding)
    no_rate = "the benchmark is for everything, not for what --where keeps"
    own = _values(found)
    upward = implied_targets(plan.generations, own, _constants(plan, span)) if _known(own) else {}
    return Held(
        own=own,
        implied=upward,
        constants={},
        reasons={kpi: why for kpi, why in none.items() if kpi not in found} | _reasons(found),
        upward=upward,
        benchmarks={
            kpi: one.value for kpi, one in benchmarks.items() if adding[kpi] is Adding.RATE
        },
        no_benchmark={kpi: no_rate for kpi in benchmarks if adding[kpi] is not Adding.RATE},
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
    return replace(
        reference,
        values={kpi: held.counts(kpi) for kpi in plan.nodes},
        labels={kpi: held.label(kpi) for kpi in plan.nodes},
        reasons=held.reasons,
        segments={
            segment: _targets(plan, reference, one) for segment, one in held.segments.items()
        },
        unsplit=held.unsplit,
    )


def in_words(kpi: Kpi, value: float) -> str:
    """A value of a KPI for people, as in tables."""
    return Numbers(unit=kpi.unit, decimals=kpi.decimals).value(value, word=True)
