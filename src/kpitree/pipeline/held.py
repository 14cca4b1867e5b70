"""What a period is held to: targets of its own, targets implied, benchmarks, assumptions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from kpitree.analysis.answer import View
from kpitree.analysis.moments import Coverage, Moment
from kpitree.analysis.promise import Held, Reference
from kpitree.analysis.targets import (
    Adding,
    Found,
    fixed,
    implied_targets,
    target_for,
)
from kpitree.calendar import Span
from kpitree.pipeline.actuals import Actuals, Segment
from kpitree.pipeline.figures import constants_of
from kpitree.pipeline.given import NOT_FOR_A_PART, GivenBy, given_by, given_to_part, given_to_whole
from kpitree.pipeline.implied import (
    Values,
    in_words,
    known,
    values_of,
    with_implied,
    withheld,
)
from kpitree.pipeline.periods import Periods
from kpitree.pipeline.plan import Plan
from kpitree.tables import SEGMENT
from kpitree.tree.model import Node, PlainTarget

__all__ = [
    "TARGETED",
    "goals_frame",
    "held_in",
    "held_to",
    "in_words",
    "references_to",
    "targets_frame",
    "with_segments",
]

TARGETED: Final = {  # the target that a KPI is judged by (Held.promise)
    "target": pl.Float64,  # null where there is none, or where it cannot be had
    "implied": pl.Boolean,  # whether it follows from others; null without a target
    "implied_by": pl.String,  # from which, in words; null where it is its own
    "target_reason": pl.String,  # why it cannot be had though a file gives one, else null
}


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
    adding = plan.adding
    if plan.where is not None:
        return _held_to_part(actuals, moment, adding)
    held = _given(actuals, moment)
    whole = None if moment.first_days is None else _given(actuals, Moment(moment.period))
    if whole is not None and known(held.own).keys() - known(whole.own).keys():
        whole = None  # growth counts from what was not read: judged by what is due to date
    return with_implied(plan, held, whole, moment, actuals.rows(moment).get((), {}))


def _given(actuals: Actuals, moment: Moment) -> Held:
    """What files give, without what follows from it."""
    plan, adding = actuals.plan, actuals.plan.adding
    span = moment.span(plan.tree.calendar)
    found = given_to_whole(actuals, moment, adding)
    benchmarks = _benchmarks(plan, span, adding)
    ranges = {
        kpi.id: _range_of(kpi, span, plan, adding[kpi.id])
        for kpi in plan.nodes.values()
        if kpi.good_range
    }
    return Held(
        own=values_of(found),
        implied={},
        constants=_constants(plan, span),
        reasons=withheld(found) | withheld({kpi: low for kpi, (low, _) in ranges.items()}),
        ranges={
            kpi: (low.value, high.value)
            for kpi, (low, high) in ranges.items()
            if low.value is not None and high.value is not None
        },
        benchmarks=values_of(benchmarks),
        no_benchmark=withheld(benchmarks),
    )


# --- segments ------------------------------------------------------------------------------------


def with_segments(held: Held, actuals: Actuals, moment: Moment) -> Held:
    """What the whole is held to, and each of its segments that has a target.

    actuals: by the dimensions that make the segments.
    """
    plan = actuals.plan
    given = given_by(actuals, moment, plan.adding)
    segments = dict.fromkeys(segment for one in given.values() for segment in one.found)
    constants = _constants(plan, moment.span(plan.tree.calendar))
    return replace(
        held,
        segments={one: _segment(plan, given, constants, one) for one in segments},
        unsplit={kpi: one.reason for kpi, one in given.items()},
    )


def _segment(plan: Plan, given: Mapping[str, GivenBy], constants: Values, segment: Segment) -> Held:
    found = {kpi: one.found[segment] for kpi, one in given.items() if segment in one.found}
    promised = values_of(found)
    upward = implied_targets(plan.formulas, promised, constants)
    summed = {kpi: promised[kpi] for kpi in found if segment in given[kpi].summed}
    reasons = withheld(found)
    implied = {**upward, **known(summed)}
    return Held(
        own={kpi: value for kpi, value in promised.items() if kpi not in summed},
        implied={kpi: value for kpi, value in implied.items() if kpi not in reasons},
        implied_by=dict.fromkeys(known(summed), "finer goals"),
        constants=constants,
        reasons=reasons,
        upward=upward,
    )


def goals_frame(held: Held, by: tuple[str, ...]) -> pl.DataFrame:
    """The targets of segments: one row for each KPI x segment that has one, or is to have one.

    Columns: kpi, the dimensions (SEGMENT + name), and those of TARGETED.
    """
    return _targeted(
        by,
        (
            (kpi, segment, one)
            for segment, one in held.segments.items()
            for kpi in dict.fromkeys([*one.own, *known(one.implied), *one.reasons])
        ),
    )


def targets_frame(held: Held, kpis: Iterable[str], by: tuple[str, ...]) -> pl.DataFrame:
    """The targets of the whole, one row a KPI, with null dimensions; columns as of goals_frame."""
    return _targeted(by, ((kpi, (None,) * len(by), held) for kpi in kpis))


def _targeted(
    by: tuple[str, ...], of: Iterable[tuple[str, tuple[str | None, ...], Held]]
) -> pl.DataFrame:
    rows: list[tuple[object, ...]] = []
    for kpi, segment, held in of:
        target, source = held.promise(kpi), held.implied_from(kpi)
        implied_by = source.by if source and target is not None else None
        reason = held.reasons.get(kpi)
        rows.append((kpi, *segment, target, held.is_implied(kpi), implied_by, reason))
    names = dict.fromkeys(["kpi", *(SEGMENT + name for name in by)], pl.String)
    return pl.DataFrame(rows, schema={**names, **TARGETED}, orient="row")


# --- parts of targets ----------------------------------------------------------------------------


def _constants(plan: Plan, span: Span) -> dict[str, float | None]:
    """Constants and formulas of nothing else: values that nobody promises."""
    given = {kpi: values[0].value for kpi, values in constants_of(plan, [span]).items()}
    return fixed(plan.formulas, given)


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
        if kpi.target
        or kpi.good_range
        or plan.book.targets_of(kpi.id)
        or plan.book.has_goals(kpi.id)
    ]
    none = dict.fromkeys(promised, NOT_FOR_A_PART)
    benchmarks = _benchmarks(plan, span, adding)
    no_rate = "the benchmark is for everything, not for what --where keeps"
    own = values_of(found)
    upward = implied_targets(plan.formulas, own, _constants(plan, span)) if known(own) else {}
    return Held(
        own=own,
        implied=upward,
        constants={},
        reasons={kpi: why for kpi, why in none.items() if kpi not in found} | withheld(found),
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
                found.append(_benchmarked(plan, reference, held))
            case _:
                found.append(reference)
    return found


def _benchmarked(plan: Plan, reference: Reference, held: Held) -> Reference:
    labels = {
        kpi.id: f"benchmark ({kpi.benchmark.source})"
        for kpi in plan.nodes.values()
        if kpi.benchmark is not None and kpi.benchmark.source
    }
    return replace(reference, values=held.benchmarks, labels=labels, reasons=held.no_benchmark)


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
