"""Where every KPI lands: to date, the usual course from here, how far off that was before."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from kpitree.analysis.forecast import Outlook, Pair, forecast_rows
from kpitree.analysis.moments import Moment
from kpitree.analysis.promise import Held
from kpitree.analysis.results.forecast import Forecast
from kpitree.analysis.targets import growing
from kpitree.analysis.variance import gap_to
from kpitree.calendar import Calendar, Grain, Span
from kpitree.errors import Notice
from kpitree.pipeline.courses import Carried, carried
from kpitree.pipeline.figures import coverage_of, notices_of, read_cubes, values
from kpitree.pipeline.freshness import freshness
from kpitree.pipeline.growing import parts_going_on, takes_nothing_off, with_rows_counted
from kpitree.pipeline.periods import (
    EVER,
    Periods,
    choose_periods,
    grain_of,
    with_moments,
)
from kpitree.pipeline.plan import Plan, make_plan
from kpitree.pipeline.question import Question
from kpitree.pipeline.questions import ForecastQuestion
from kpitree.pipeline.road import Road, course_length, earlier
from kpitree.pipeline.standing import Standing, reasons_of, standing
from kpitree.pipeline.states import Moments
from kpitree.tree.model import Kpi, PathTarget, Tree

FAR = 400  # periods to a deadline; one that is farther away is not forecast
TOO_LARGE = "the landing is too large for a number"
NOTHING_YET = "in the past periods nothing came by then, so there is no usual course"


def forecast(tree: Tree, asked: ForecastQuestion) -> Forecast:
    """Where KPIs land in a running period, and at their deadlines, against what is promised.

    Raises:
        UsageError: the question names what the tree does not have.
        SourceError: the data is missing, unreadable, or says nothing about the period.
    """
    about = replace(asked.about, period=asked.about.period or "latest")
    question = replace(about, kpis=asked.kpis, vs=("target",), by=(), explain=(), last=1, ytd=False)
    plan = with_rows_counted(make_plan(tree, question))
    road, read = _read(plan, question)
    now = standing(read)
    kpis = [one for one in plan.kpis if asked.kpis or _is_promised(now, one)]
    is_over = road.days is None and not road.ends
    desk = _Desk(now, road, None if is_over else carried(read, road))
    fresh = freshness(plan, read.coverage, question.as_of)
    return Forecast(
        tree=plan.tree,
        period=now.period,
        as_of=question.as_of,
        rows=forecast_rows([one for kpi in kpis for one in desk.outlooks(kpi)]),
        past=(road.past[0].label, road.past[-1].label, len(road.past)) if road.past else None,
        stale=fresh.kpis,
        warnings=(
            *fresh.notices,
            *notices_of(read.cubes),
            *_nothing_running(read.periods, road),
            *_ended_without_data(road, question.as_of),
            *_too_far(plan, kpis, road),
            *desk.held_at(road.here).contradictions,
        ),
    )


def _is_promised(now: Standing, kpi: str) -> bool:
    node, held = now.read.plan.tree.kpis[kpi], now.held
    return (
        kpi == now.read.plan.tree.root
        or held.own.get(kpi) is not None
        or node.target is not None
        or node.good_range is not None
        or node.deadline is not None
    )


# --- what is read --------------------------------------------------------------------------------


def _read(plan: Plan, question: Question) -> tuple[Road, Moments]:
    """All of the data, whichever period is asked for: its usual course is seen in the past."""
    everything = replace(question, period=None, grain=grain_of(plan, question))
    cubes = read_cubes(plan, everything)
    coverage = coverage_of(cubes, question.as_of)
    periods = choose_periods(plan, replace(question, history=0), coverage)
    road = _road(plan, periods)
    periods = with_moments(periods, plan, road.moments())
    return road, Moments(
        plan=plan,
        question=everything,
        cubes=cubes,
        coverage=coverage,
        periods=periods,
        frame=values(plan, cubes, coverage, periods, ()),
    )


def _road(plan: Plan, periods: Periods) -> Road:
    main = periods.shown[-1]
    days = _deadlines(plan)
    later = _until_the_last_deadline(days, main.period, periods.calendar)
    ends = [at for at, span in enumerate(later, 1) if any(day in span for day in days)]
    past: tuple[Span, ...] = ()
    if periods.known.first > EVER.first and (ends or main.first_days is not None):
        past = earlier(main.period, periods.known.first, periods.calendar)
    return Road(
        spans=(*past, main.period, *later),
        here=len(past),
        ends=tuple(len(past) + at for at in ends),
        days=main.first_days,
        course=course_length(main.period),
    )


def _until_the_last_deadline(
    deadlines: Sequence[date], main: Span, calendar: Calendar
) -> tuple[Span, ...]:
    """The periods after the one asked for, up to the one that holds the last deadline."""
    found: list[Span] = []
    last = max(deadlines, default=main.start) if main.grain else main.start
    while last >= (found or [main])[-1].end and len(found) < FAR:
        found.append(calendar.shift((found or [main])[-1], 1))
    return tuple(found)


def _deadlines(plan: Plan) -> list[date]:
    found = (deadline_of(plan.tree.kpis[kpi]) for kpi in plan.kpis)
    return [day for day in found if day is not None]


def deadline_of(kpi: Kpi) -> date | None:
    """The KPI's own, or the day its target is to be reached by."""
    if kpi.deadline is None and isinstance(kpi.target, PathTarget):
        return kpi.target.by
    return kpi.deadline


# --- outlooks ------------------------------------------------------------------------------------


class _Desk:
    """Everything that an outlook is made of.

    actual: VALUES of the past periods, whole. going_on: KPI -> its parts that do.
    grows: the KPIs that have a pace. rises: of them, those that take nothing off.
    """

    def __init__(self, now: Standing, road: Road, ahead: Carried | None) -> None:
        self.now = now
        self.road = road
        self.ahead = ahead
        self.plan = now.read.plan
        self.days = road.main.days if road.days is None else road.days
        self.going_on = parts_going_on(self.plan)
        self.grows = growing(self.plan.nodes, list(self.plan.nodes))
        self.rises = self.grows & takes_nothing_off(self.plan)
        self.held: dict[int, Held] = {}
        times = now.read.periods.times
        rows = now.read.frame.rows(named=True)
        self.actual = [rows[times.position(Moment(span))] for span in road.past]

    def outlooks(self, kpi: str) -> Iterator[Outlook]:
        """Of the period asked for, and of the one that holds a later deadline."""
        yield self.outlook(kpi, self.road.here, self.road.main.last_day)
        day = deadline_of(self.plan.tree.kpis[kpi])
        for at in self.road.ends:
            if day is not None and day in self.road.spans[at]:
                yield self.outlook(kpi, at, day)

    def outlook(self, kpi: str, at: int, by: date) -> Outlook:
        """Of the period at a place of the road, up to the day that counts."""
        now, road = self.now, self.road
        value = now.state.values.get(kpi)
        reason = None if value is not None else now.why(kpi, now.state.values)
        landing = value if self.is_over(at) else self.landing(kpi, at, value)
        method, periods = self.method(kpi, at)
        last_day = road.main.start + timedelta(days=self.days - 1)
        return Outlook(
            kpi=self.plan.tree.kpis[kpi],
            horizon="period" if at == road.here else "deadline",
            period=road.spans[at].label,
            by=by,
            value=value,
            reason=reason,
            landing=landing,
            landing_reason=None if landing is not None else reason or self.why(kpi, at),
            method=method,
            periods=periods,
            grows=kpi in self.grows,
            days=self.days,
            days_left=0 if _is_gone(by, now.read.question.as_of) else (by - last_day).days,
            pairs=tuple(self.pairs(kpi, at)),
            held=self.held_at(at),
            to_date=now.held,
            least=self.least(kpi, at, value),
        )

    def least(self, kpi: str, at: int, value: float | None) -> float | None:
        """What the outcome cannot be below: what is there already, if nothing ever took off it."""
        if self.ahead is None or kpi not in self.rises or value is None:
            return None
        if not self.ahead.rising.issuperset(self.going_on[kpi]) or self.fell(kpi):
            return None
        return value if at == self.road.here else 0.0

    def fell(self, kpi: str) -> bool:
        """Whether a past period came to less than it had after the days that are gone by now."""
        read = self.now.read
        times, rows = read.periods.times, read.frame
        firsts = (
            (rows[kpi][times.position(self.road.so_far(at))], self.actual[at][kpi])
            for at in self.road.origins[:-1]
        )
        return any(a is not None and b is not None and gap_to(a, b) < 0.0 for a, b in firsts)

    def held_at(self, at: int) -> Held:
        """What the whole period at a place of the road is held to."""
        if at not in self.held:
            self.held[at] = self.now.read.held(Moment(self.road.spans[at]))
        return self.held[at]

    def is_over(self, at: int) -> bool:
        return at == self.road.here and self.road.days is None

    def landing(self, kpi: str, at: int, value: float | None) -> float | None:
        if value is None or self.ahead is None:
            return None
        return self.ahead.rows[self.road.here, at][kpi]

    def why(self, kpi: str, at: int) -> str:
        """Why there is a value to date, and no landing."""
        assert self.ahead is not None  # without it, what is to date is where it lands
        row = self.ahead.rows[self.road.here, at]
        if not self.ahead.too_large.isdisjoint(self.going_on[kpi]):
            return TOO_LARGE
        if any(row[column] is None for column in self.going_on[kpi]):
            return NOTHING_YET
        everything = dict.fromkeys(self.plan.parts, EVER)
        return reasons_of(self.plan, everything).why(kpi, row, self.road.spans[at])

    def method(self, kpi: str, at: int) -> tuple[str, int | None]:
        """How it is carried on, and how many past periods show its course."""
        if self.is_over(at):
            return "complete", None
        columns = self.going_on[kpi]
        if at > self.road.here or self.ahead is None or not columns:
            return "carried", None
        periods = min(self.ahead.periods[column] for column in columns)
        if periods:
            return "course", periods
        return ("carried", None) if columns.isdisjoint(self.ahead.growing) else ("run_rate", 0)

    def pairs(self, kpi: str, at: int) -> Iterator[Pair]:
        """Of each past period as far away: what would have been said, and what it was."""
        if self.ahead is None or self.is_over(at):
            return
        far = at - self.road.here
        for origin in self.road.origins[:-1]:
            if origin + far < self.road.here:
                told = self.ahead.rows[origin, origin + far][kpi]
                was = self.actual[origin + far][kpi]
                if told is not None and was is not None:
                    yield told, was


def _nothing_running(periods: Periods, road: Road) -> Iterator[Notice]:
    """A period that is over lands where it is; which longer one is still running?"""
    if road.days is not None:
        return
    message = f"{road.main.label} is complete, so it lands where it is"
    last = road.main.last_day
    longer = (periods.calendar.period_of(last, grain) for grain in (Grain.QUARTER, Grain.YEAR))
    running = next((span.label for span in longer if span.end > road.main.end), None)
    if running is not None:
        message += f"; still running: --period {running}"
    yield Notice(code="complete", message=message)


def _is_gone(day: date, as_of: date | None) -> bool:
    return as_of is not None and day < as_of


def _ended_without_data(road: Road, as_of: date | None) -> Iterator[Notice]:
    """A period that is over by today, though its data is not there to its end."""
    main = road.main
    if road.days is None or not _is_gone(main.last_day, as_of):
        return
    last = main.start + timedelta(days=road.days - 1)
    yield Notice(
        code="ended",
        message=f"the data ends on {last.isoformat()}, and {main.label} ended on"
        f" {main.last_day.isoformat()}: no day of it is left, so nothing is said of what they need",
    )


def _too_far(plan: Plan, kpis: Sequence[str], road: Road) -> Iterator[Notice]:
    for kpi in kpis:
        day = deadline_of(plan.tree.kpis[kpi])
        if road.main.grain and day is not None and day >= road.spans[-1].end:
            label = plan.tree.kpis[kpi].label
            message = f"the deadline of {label} is more than {FAR} periods away: {day.isoformat()}"
            yield Notice(code="deadline_too_far", message=message, kpi=kpi)
