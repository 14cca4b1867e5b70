"""The path of the data, top to bottom: tree -> cube -> leaves -> KPIs -> comparisons -> why.

What the command line, a notebook and `import kpitree` call. Every step is a function of frames
in a room of its own; this is the corridor.
"""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from kpitree.analysis import answer, variance
from kpitree.analysis.answer import Asked, View
from kpitree.analysis.judged import judged, with_limits, with_signals
from kpitree.analysis.moments import Coverage
from kpitree.analysis.promise import Reference
from kpitree.analysis.results.evaluation import Evaluation
from kpitree.errors import Notice
from kpitree.pipeline.explained import attributions, unexplained
from kpitree.pipeline.figures import coverage_of, notices_of, read_cubes, values
from kpitree.pipeline.freshness import freshness
from kpitree.pipeline.held import held_in, references_to
from kpitree.pipeline.per_period import not_per_period
from kpitree.pipeline.periods import Periods, choose_periods
from kpitree.pipeline.plan import Plan, make_plan
from kpitree.pipeline.question import Question, around_median
from kpitree.pipeline.standing import infos, reasons_of
from kpitree.tree.graph import depths, parents
from kpitree.tree.model import Tree


def evaluate(tree: Tree, question: Question) -> Evaluation:
    """Compute every KPI of a tree for one question.

    Raises:
        UsageError: the question names what the tree does not have.
        SourceError: the data is missing, unreadable, or says nothing about the period.
    """
    question = question.without_repeats()
    around_median(question.limits)
    plan = make_plan(tree, question)
    cubes = read_cubes(plan, question)
    coverage = coverage_of(cubes, question.as_of)
    periods = choose_periods(plan, question, coverage)

    whole = values(plan, cubes, coverage, periods, ())
    views = [View(whole, (), 0)]
    if question.by:
        views.append(View(values(plan, cubes, coverage, periods, question.by), question.by, 1))
    asked = ask(plan, question, views, coverage, periods)
    return conclude(plan, question, periods, coverage, asked, notices_of(cubes))


def ask(
    plan: Plan,
    question: Question,
    views: Sequence[View],
    coverage: Mapping[str, Coverage],
    periods: Periods,
) -> Asked:
    """What the answer is about, and how to say why a cell of it has no value."""
    reasons = reasons_of(plan, coverage)
    spans = periods.spans()
    return Asked(
        kpis=plan.kpis,
        views=tuple(views),
        dimensions=question.by,
        about=variance.facts(plan.tree.kpis[kpi] for kpi in plan.kpis),
        why=lambda kpi, row, span: reasons.why(kpi, row, spans[span]),
    )


def conclude(
    plan: Plan,
    question: Question,
    periods: Periods,
    coverage: Mapping[str, Coverage],
    asked: Asked,
    read_notices: list[Notice],
) -> Evaluation:
    """Targets, comparisons, signals and attributions of values that are computed."""
    held = held_in(plan, periods, coverage, asked.views)
    places = [periods.times.position(moment) for moment in periods.shown]
    labels = [moment.period.label for moment in periods.shown]
    kpis = answer.kpi_frame(asked, list(zip(places, labels, held, strict=True)))
    before = [(periods.times.position(moment), moment) for moment in periods.before]
    history = answer.history_frame(asked, before).drop(answer.CELL)
    found = judged(
        history, plan.tree.kpis, periods.calendar, labels, median=around_median(question.limits)
    )

    references = [
        references_to(plan, described, targets)
        for described, targets in zip(periods.references, held, strict=True)
    ]
    compared = answer.comparison_frame(
        asked, list(zip(places, labels, held, references, strict=True))
    )
    compared = with_signals(compared, found)
    compared, kept = _those_that_exist(compared, references[-1], chosen=bool(question.vs))
    explained = attributions(plan, question, kpis, asked, places[-1], kept, held[-1])
    fresh = freshness(plan, coverage, question.as_of)
    return Evaluation(
        tree=plan.tree,
        grain=periods.grain,
        as_of=question.as_of,
        periods=infos(periods, coverage),
        dimensions=question.by,
        references=tuple(dict.fromkeys(reference.vs for reference in kept)),
        kpis=with_limits(kpis, found),
        comparisons=compared,
        history=history,
        depths=depths(plan.tree),
        parents=parents(plan.tree),
        attributions=tuple(explained),
        stale=fresh.kpis,
        warnings=(
            *fresh.notices,
            *read_notices,
            *_without_data(periods, coverage),
            *_left_out(references[-1], kept),
            *not_per_period(plan, periods.shown[-1]),
            *held[-1].contradictions,
            *unexplained(plan, asked, places[-1]),
            *(notice for one in explained for notice in one.warnings),
        ),
    )


def _those_that_exist(
    compared: pl.DataFrame, references: Sequence[Reference], *, chosen: bool
) -> tuple[pl.DataFrame, list[Reference]]:
    """Without --vs, a reference that no KPI has is left out; asked for, it says why not."""
    if chosen:
        return compared, list(references)
    there = set(compared.filter(pl.col("reference").is_not_null())["vs"])
    return (
        compared.filter(pl.col("vs").is_in(sorted(there))),
        [reference for reference in references if reference.vs in there],
    )


def _without_data(periods: Periods, coverage: Mapping[str, Coverage]) -> Iterator[Notice]:
    """Sources that say nothing about a period of which others do."""
    main = periods.shown[-1].period
    for name, one in coverage.items():
        if not one.covered_days(main):
            days = f"{one.first.isoformat()} to {one.last.isoformat()}"
            message = f"{name} has no data for {main.label}; it goes from {days}"
            yield Notice(code="no_data", message=message, source=name)


def _left_out(described: Sequence[Reference], kept: Sequence[Reference]) -> Iterator[Notice]:
    """References that exist and cannot be made comparable."""
    for reference in described:
        if reference.reason is not None and reference not in kept:
            message = f"there is no comparison with {reference.vs}: {reference.reason}"
            yield Notice(code="not_comparable", message=message)
