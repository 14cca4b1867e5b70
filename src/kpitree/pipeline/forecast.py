"""Where every KPI lands: to date, the usual course from here, how far off that was before."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from kpitree.analysis.forecast import Outlook, Pair, forecast_rows
from kpitree.analysis.moments import Moment
from kpitree.analysis.results.forecast import Forecast
from kpitree.analysis.targets import growing
from kpitree.calendar import Calendar, Grain, Span
from kpitree.errors import Notice
from kpitree.pipeline.courses import (
    Carried,
    Road,
    carried,
    course_length,
    earlier,
    growing_parts,
    with_rows_counted,
)
from kpitree.pipeline.figures import coverage_of, notices_of, read_cubes, values
from kpitree.pipeline.freshness import ages, notices, stale_kpis, stale_sources
from kpitree.pipeline.periods import (
    EVER,
    Periods,
    choose_periods,
    grain_of,
    with_moments,
)
from kpitree.pipeline.plan import Plan, make_plan
from kpitree.pipeline.question import ForecastQuestion, Question
from kpitree.pipeline.standing import Standing, reasons_of, standing
from kpitree.pipeline.states import Moments
from kpitree.tables import STALE
from kpitree.tree.model import Kpi, PathTarget, Tree

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
    whole = read.held(Moment(road.main))
    kpis = [one for one in plan.kpis if asked.kpis or _is_promised(now, one)]
    outlooks = _outlooks(now, road, kpis)
    stale = stale_sources(plan.tree, ages(read.coverage, question.as_of))
    return Forecast(
        tree=plan.tree,
        period=now.period,
        as_of=question.as_of,
        rows=forecast_rows(outlooks),
        past=(road.past[0].label, road.past[-1].label, len(road.past)) if road.past else None,
        stale=stale_kpis(plan, stale),
        warnings=(
            *notices(plan.tree, stale, question.as_of),
            *notices_of(read.cubes),
            *_nothing_running(read.periods, road),
            *whole.contradictions,
        ),
    )


def _is_promised(now: Standing, kpi: str) -> bool:
    node, held = now.read.plan.tree.kpis[kpi], now.held
    return (
        kpi == now.read.plan.tree.root
        or held.own.get(kpi) is not None
        or kpi in held.ranges
        or kpi in held.reasons
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
    later = _until_the_last_deadline(plan, main.period, periods.calendar)
    past: tuple[Span, ...] = ()
    if periods.known.first > EVER.first and (later or main.first_days is not None):
        past = earlier(main.period, periods.known.first, periods.calendar)
    return Road(
        spans=(*past, main.period, *later),
        here=len(past),
        days=main.first_days,
        course=course_length(main.period),
    )


def _until_the_last_deadline(plan: Plan, main: Span, calendar: Calendar) -> tuple[Span, ...]:
    """The periods after the one asked for, up to the one that holds the last deadline."""
    deadlines = [day for kpi in plan.kpis if (day := deadline_of(plan.tree.kpis[kpi])) is not None]
    found: list[Span] = []
    while main.grain and deadlines and max(deadlines) >= (found or [main])[-1].end:
        found.append(calendar.shift((found or [main])[-1], 1))
    return tuple(found)


def deadline_of(kpi: Kpi) -> date | None:
    """The KPI's own, or the day its target is to be reached by."""
    if kpi.deadline is None and isinstance(kpi.target, PathTarget):
        return kpi.target.by
    return kpi.deadline


# --- outlooks ------------------------------------------------------------------------------------


def _outlooks(now: Standing, road: Road, kpis: Sequence[str]) -> list[Outlook]:
    ahead = None if road.days is None and len(road.spans) == 1 else carried(now.read, road)
    desk = _Desk(now, road, ahead)
    return [one for kpi in kpis for one in desk.outlooks(kpi)]


class _Desk:
    """Everything that an outlook is made of."""

    def __init__(self, now: Standing, road: Road, ahead: Carried | None) -> None:
        self.now = now
        self.road = road
        self.ahead = ahead
        self.plan = now.read.plan
        self.growing = growing_parts(self.plan)
        self.grows = growing(self.plan.nodes, list(self.plan.nodes))
        times = now.read.periods.times
        rows = now.read.frame.rows(named=True)
        self.actual = [rows[times.position(Moment(span))] for span in road.past]

    def outlooks(self, kpi: str) -> Iterator[Outlook]:
        """Of the period asked for, and of the one that holds a later deadline."""
        yield self.outlook(kpi, self.road.here, self.road.main.last_day)
        day = deadline_of(self.plan.tree.kpis[kpi])
        for at in range(self.road.here + 1, len(self.road.spans)):
            if day is not None and day in self.road.spans[at]:
                yield self.outlook(kpi, at, day)

    def outlook(self, kpi: str, at: int, by: date) -> Outlook:
        now, road = self.now, self.road
        span = road.spans[at]
        value = now.state.values.get(kpi)
        reason = None if value is not None else now.why(kpi, now.state.values)
        landing, landing_reason = self.landing(kpi, at, value, reason)
        method, periods = self.method(kpi, at)
        days = road.main.days if road.days is None else road.days
        return Outlook(
            kpi=self.plan.tree.kpis[kpi],
            horizon="period" if at == road.here else "deadline",
            period=span.label,
            by=by,
            value=value,
            reason=reason,
            landing=landing,
            landing_reason=landing_reason,
            method=method,
            periods=periods,
            grows=kpi in self.grows,
            days=days,
            days_left=road.main.days - days
            if at == road.here
            else (by - road.main.start).days + 1 - days,
            pairs=tuple(self.pairs(kpi, at)),
            held=now.read.held(Moment(span)),
            to_date=now.held,
        )

    def landing(
        self, kpi: str, at: int, value: float | None, reason: str | None
    ) -> tuple[float | None, str | None]:
        if value is None or self.ahead is None or (at == self.road.here and self.road.days is None):
            return value, reason
        row = self.ahead.rows[self.road.here, at]
        found = row[kpi]
        return found, None if found is not None else self.why(kpi, row, self.road.spans[at])

    def why(self, kpi: str, row: Mapping[str, float | None], span: Span) -> str:
        """Why there is a value to date, and no landing."""
        if any(row[column] is None for column in self.growing[kpi]):
            return NOTHING_YET
        everything = dict.fromkeys(self.plan.parts, EVER)
        return reasons_of(self.plan, everything).why(kpi, row, span)

    def method(self, kpi: str, at: int) -> tuple[str, int | None]:
        """How it is carried on, and how many past periods show its course."""
        if at == self.road.here and self.road.days is None:
            return "complete", None
        if at > self.road.here or self.ahead is None or not self.growing[kpi]:
            return "carried", None
        periods = min(self.ahead.courses[column].periods for column in self.growing[kpi])
        return ("course" if periods else "run_rate"), periods

    def pairs(self, kpi: str, at: int) -> Iterator[Pair]:
        """Of each past period as far away: what would have been said, and what it was."""
        if self.ahead is None or (at == self.road.here and self.road.days is None):
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


# --- parts of the answer -------------------------------------------------------------------------


def with_status(found: Forecast, statuses: Collection[str]) -> Forecast:
    """Only the rows whose landing has one of the statuses, or whose KPI is STALE."""
    stale = found.stale if STALE in statuses else frozenset[str]()
    kept = pl.col("status").is_in(list(statuses)) | pl.col("kpi").is_in(list(stale))
    return replace(found, rows=found.rows.filter(kept))


def fails(found: Forecast, failing: Sequence[tuple[str, str | None]]) -> bool:
    """Whether any landing (or one of the KPI named) is to fail on."""
    return any(
        (status == of or (status == STALE and kpi in found.stale)) and name in (kpi, None)
        for status, name in failing
        for kpi, of in found.rows.select("kpi", "status").iter_rows()
    )
