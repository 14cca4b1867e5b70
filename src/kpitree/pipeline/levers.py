"""What pulls on a KPI in one period, and what each lever would need, beside what it ever was."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl

from kpitree.analysis.levers import Board, Past, board_of, lever_rows, opens, past_of
from kpitree.analysis.moments import Moment, like_for_like
from kpitree.analysis.results.levers import Goal, Levers
from kpitree.analysis.shift import shift_of
from kpitree.errors import Notice, UsageError
from kpitree.pipeline.figures import coverage_of, notices_of, read_cubes, values
from kpitree.pipeline.periods import Periods, choose_periods, grain_of, with_moments
from kpitree.pipeline.plan import Plan, make_plan
from kpitree.pipeline.question import HISTORY, Question
from kpitree.pipeline.questions import LeversQuestion
from kpitree.pipeline.standing import Standing, standing
from kpitree.pipeline.states import Moments
from kpitree.tables import MOMENT
from kpitree.tree.model import Branch, Tree


def levers(tree: Tree, asked: LeversQuestion) -> Levers:
    """How far each lever moves a KPI, and what it alone would have to become.

    Raises:
        UsageError: the question names what the tree does not have, or the KPI has no levers.
        SourceError: the data is missing, unreadable, or says nothing about the period.
    """
    kpi = asked.kpi or tree.root
    _check(tree, kpi)
    question = replace(asked.about, kpis=(kpi,), vs=("target",), by=(), explain=(), last=1)
    plan = make_plan(tree, question)
    earlier, read = _read(plan, question)
    now = standing(read)
    board = board_of(plan.tree, kpi, list(plan.nodes))
    goal = _goal(now, kpi, asked.to)
    reasons = {
        one: now.why(one, now.state.values)
        for one in (kpi, *board.levers)
        if now.state.values.get(one) is None
    }
    return Levers(
        tree=plan.tree,
        kpi=kpi,
        period=now.period,
        as_of=question.as_of,
        value=now.state.values.get(kpi),
        reason=reasons.get(kpi),
        goal=goal,
        rows=lever_rows(board, now.state.values, goal, _past(read, board, earlier), reasons),
        history=(earlier[0].period.label, earlier[-1].period.label) if earlier else None,
        warnings=(*notices_of(read.cubes), *_notices(board)),
    )


def _check(tree: Tree, kpi: str) -> None:
    node = tree.kpi(kpi)
    if not isinstance(node, Branch):
        raise UsageError(
            f"{kpi!r} has no formula, so there is nothing under it to pull",
            hint=f"levers of the goal: kpitree levers {tree.file}",
        )
    if not opens(node):
        raise UsageError(
            f"the formula of {kpi!r} looks at other periods, so no state of one period moves it",
            hint="choose a KPI that it is computed from",
        )


# --- what is read --------------------------------------------------------------------------------


def _read(plan: Plan, question: Question) -> tuple[tuple[Moment, ...], Moments]:
    """All of the data, whichever period is asked for: the best a lever ever was may be long ago.

    Returns the earlier periods and the one shown that are comparable, oldest first.
    """
    everything = replace(question, period=None, ytd=False, grain=grain_of(plan, question))
    cubes = read_cubes(plan, everything)
    coverage = coverage_of(cubes, question.as_of)
    periods = choose_periods(plan, replace(question, history=0 if cubes else HISTORY), coverage)
    earlier = _comparable(periods) if cubes else periods.before
    periods = with_moments(periods, plan, earlier)
    frame = values(plan, cubes, coverage, periods, ())
    return earlier, Moments(
        plan=plan, question=everything, cubes=cubes, coverage=coverage, periods=periods, frame=frame
    )


def _comparable(periods: Periods) -> tuple[Moment, ...]:
    """The period shown and all whole ones before it, cut to as many days; none for a range."""
    main = periods.shown[-1]
    found: list[Moment] = []
    period = main.period if main.period.grain else None
    while period is not None and period.start >= periods.known.first:
        cut = like_for_like(period, main)
        if cut is not None:
            found.append(cut)
        # Of cut periods, distinct counts are counted anew in the rows, one period at a time.
        enough = main.first_days is not None and len(found) == HISTORY
        period = None if enough else periods.calendar.previous(period)
    return tuple(reversed(found))


def _past(read: Moments, board: Board, earlier: Sequence[Moment]) -> dict[str, Past | None]:
    """Lever -> what it was in the earlier periods and in the one shown."""
    places = [read.periods.times.position(moment) for moment in earlier]
    labels = [moment.period.label for moment in earlier]
    by_place = pl.DataFrame({MOMENT: places}, schema={MOMENT: read.frame.schema[MOMENT]})
    rows = by_place.join(read.frame, on=MOMENT, how="left", maintain_order="left")
    return {
        one: past_of(read.plan.tree.kpis[one], list(zip(labels, rows[one].to_list(), strict=True)))
        for one in board.levers
    }


# --- what is to be reached -----------------------------------------------------------------------


def _goal(now: Standing, kpi: str, to: str | float | None) -> Goal:
    node, value, held = now.read.plan.tree.kpis[kpi], now.state.values.get(kpi), now.held
    if to is not None:
        return _asked_for(now, kpi, to)
    if node.direction == "range" and kpi in held.ranges:
        return _nearest_end(held.ranges[kpi], value)
    target = held.counts(kpi)
    if target is None:
        reason = held.reasons.get(kpi, "it has no target")
        return Goal(label="target", reason=f"{reason} (--to sets another goal)")
    short = None if value is None else (target - value) * (-1 if node.direction == "down" else 1)
    return Goal(
        label=held.label(kpi),
        value=target,
        reached=short is not None and short <= 0,
    )


def _asked_for(now: Standing, kpi: str, to: str | float) -> Goal:
    value = now.state.values.get(kpi)
    try:
        shift = shift_of(to)
        goal = shift.of(now.read.plan.tree.kpis[kpi], value)
    except UsageError as error:
        raise UsageError(error.message, where="--to", hint=error.hint) from None
    if goal is None:
        return Goal(label="goal", reason=f"there is no value that {to} could be counted from")
    return Goal(label="goal", value=goal, reached=goal == value)


def _nearest_end(good: tuple[float, float], value: float | None) -> Goal:
    low, high = good
    if value is None:
        return Goal(label="good range", reason="it has no value")
    if low <= value <= high:
        return Goal(label="good range", reason="it is inside its good range", reached=True)
    return Goal(label="good range", value=low if value < low else high)


def _notices(board: Board) -> Iterator[Notice]:
    for one in board.levers:
        node = board.tree.kpis[one]
        if isinstance(node, Branch) and not opens(node):
            message = f"{node.label} looks at other periods: it is one lever, not opened further"
            yield Notice(code="indivisible", message=message, kpi=one)
    if not any(board.tree.kpis[one].controllable for one in board.levers):
        yield Notice(
            code="nothing_controllable",
            message=f"nothing under {board.tree.kpis[board.kpi].label} is marked as controllable,"
            " so no value is looked for; mark levers with controllable = true",
            kpi=board.kpi,
        )
