"""Values over time: each period's value, target and process limits, and what leads what."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from kpitree.analysis import answer, variance
from kpitree.analysis.answer import CELL, Asked, View
from kpitree.analysis.judged import judged
from kpitree.analysis.moments import Moment
from kpitree.analysis.promise import Held
from kpitree.analysis.results.trend import Trend
from kpitree.analysis.signal import BASELINE, baselines
from kpitree.errors import Notice, UsageError
from kpitree.pipeline.figures import notices_of, values
from kpitree.pipeline.freshness import freshness
from kpitree.pipeline.held import goals_frame, held_in, targets_frame
from kpitree.pipeline.leads import leads
from kpitree.pipeline.plan import Plan, make_plan
from kpitree.pipeline.question import Question, around_median
from kpitree.pipeline.questions import TrendQuestion
from kpitree.pipeline.standing import infos, reasons_of
from kpitree.pipeline.states import Moments, read_moments
from kpitree.tables import POINTS
from kpitree.tree.model import Constant, Node, Tree


@dataclass(frozen=True, slots=True)
class _Course:
    """The periods of a trend. moments: oldest first, those that only set limits before them.

    shown: the last of them, those that the reader sees.
    """

    moments: tuple[Moment, ...]
    shown: tuple[Moment, ...]

    def whole(self, moments: Sequence[Moment]) -> list[Moment]:
        """Without the period that is still running."""
        return [moment for moment in moments if moment.first_days is None]


def trend(tree: Tree, asked: TrendQuestion) -> Trend:
    """Every KPI's values in the latest periods, with targets, process limits and signals.

    Raises:
        UsageError: the question names what the tree does not have, or what cannot be.
        SourceError: the data is missing, unreadable, or says nothing about the period.
    """
    _check(tree, asked)
    question = _question(tree, asked)
    plan = make_plan(tree, question)
    read = read_moments(plan, question)
    course = _course(read, asked.last)
    fresh = freshness(plan, read.coverage, question.as_of)
    asked_for = _asked(read)
    points, gone = _chosen(_points(read, course, asked_for, asked), plan, asked.kpis)
    return Trend(
        tree=plan.tree,
        grain=read.periods.grain,
        as_of=question.as_of,
        period=infos(replace(read.periods, shown=course.shown), read.coverage)[-1],
        dimensions=question.by,
        limits=asked.limits,
        points=points,
        leads=tuple(leads(read, course.whole(course.shown), set(points["kpi"]))),
        stale=fresh.kpis,
        warnings=(
            *fresh.notices,
            *notices_of(read.cubes),
            *gone,
        ),
    )


# --- what is asked -------------------------------------------------------------------------------


def _check(tree: Tree, asked: TrendQuestion) -> None:
    for name in asked.kpis:
        tree.kpi(name)
    if asked.last < 1:
        raise UsageError("--last takes a number of periods, 1 or more")
    around_median(asked.limits)
    if asked.about.ytd:
        raise UsageError("a year to date has no trend; leave out --ytd")
    label = asked.about.period
    if label not in (None, "latest") and tree.calendar.parse(label).grain is None:
        last_day = tree.calendar.parse(label).last_day
        end = tree.calendar.period_of(last_day, asked.about.grain or tree.grain)
        raise UsageError(
            f"a trend ends with one period, not with the range {label}",
            where="--period",
            hint=f"how many periods: --period {end.label} --last 6",
        )


def _question(tree: Tree, asked: TrendQuestion) -> Question:
    """As many periods more as the first one shown is judged by; and the KPIs that are led."""
    about = asked.about.without_repeats()
    led = () if about.by else (other for one in asked.kpis for other in tree.kpis[one].leads)
    return replace(
        about,
        kpis=(*asked.kpis, *led),
        explain=(),
        vs=("target",),
        last=asked.last + BASELINE,
        history=0,
    )


def _course(read: Moments, last: int) -> _Course:
    """Periods whose first days no source covers are left out, unless there is no other."""
    *earlier, main = read.periods.shown
    covered = [one for one in earlier if read.periods.known.covers(one.period)]
    moments = (*covered, main)
    return _Course(moments, moments[-last:])


def _asked(read: Moments) -> Asked:
    """What the frames are about, as of an evaluation."""
    plan, by = read.plan, read.question.by
    reasons, spans = reasons_of(plan, read.coverage), read.periods.spans()
    views = [View(read.frame, (), 0)]
    if by:
        frame = values(plan, read.cubes, read.coverage, read.periods, by)
        views.append(View(frame, by, 1))
    return Asked(
        kpis=plan.kpis,
        views=tuple(views),
        dimensions=by,
        about=variance.facts(plan.tree.kpis[kpi] for kpi in plan.kpis),
        why=lambda kpi, row, span: reasons.why(kpi, row, spans[span]),
    )


# --- the points ----------------------------------------------------------------------------------


def _points(read: Moments, course: _Course, about: Asked, asked: TrendQuestion) -> pl.DataFrame:
    """POINTS of every KPI computed for itself."""
    segments = about.segment_columns
    shown = replace(read.periods, shown=course.shown)
    promised = held_in(read.plan, shown, read.coverage, about.views)
    rows = pl.concat(
        _of_one_moment(read, about, moment, held).with_columns(order=pl.lit(at))
        for at, (moment, held) in enumerate(zip(course.shown, promised, strict=True))
    )
    limits = _limits(read, course, about, asked)
    anew = _baselines(read, course, about.kpis)
    rows = rows.join(
        limits, on=["kpi", *segments, "period"], how="left", nulls_equal=True, maintain_order="left"
    ).join(anew, on=["kpi", "period"], how="left", maintain_order="left")
    known = pl.col("value").is_not_null() & pl.col("centre").is_not_null()
    told = pl.when(pl.col("rule").is_null()).then(pl.lit("noise")).otherwise(pl.lit("signal"))
    rows = rows.with_columns(
        signal=pl.when(known).then(told),
        new_baseline=pl.col("new_baseline").fill_null(value=False),
    )
    place = {kpi: at for at, kpi in enumerate(about.kpis)}
    order = pl.col("kpi").replace_strict(place, return_dtype=pl.Int64)
    rows = rows.sort(order, CELL, "order", maintain_order=True)
    return rows.select("kpi", *segments, *list(POINTS)[1:])


def _of_one_moment(read: Moments, about: Asked, moment: Moment, held: Held) -> pl.DataFrame:
    """Cells with their period and targets."""
    period, place = moment.period, read.periods.times.position(moment)
    covered = period.days if moment.first_days is None else moment.first_days
    rows = answer.cells(about, place).with_columns(
        period=pl.lit(period.label),
        start=pl.lit(period.start),
        end=pl.lit(period.end),
        days=pl.lit(period.days, pl.Int64),
        covered_days=pl.lit(covered, pl.Int64),
    )
    on = ["kpi", *about.segment_columns]
    targets = _targets(about, held)
    return rows.join(targets, on=on, how="left", nulls_equal=True, maintain_order="left")


def _targets(about: Asked, held: Held) -> pl.DataFrame:
    """The targets of the whole, and of the segments that have one."""
    whole = targets_frame(held, about.kpis, about.dimensions)
    return pl.concat([whole, goals_frame(held, about.dimensions)]) if about.dimensions else whole


def _limits(read: Moments, course: _Course, about: Asked, asked: TrendQuestion) -> pl.DataFrame:
    """LIMITS of the whole periods shown; a running one is not judged."""
    whole = course.whole(course.moments)
    history = answer.history_frame(
        about, [(read.periods.times.position(moment), moment) for moment in whole]
    )
    return judged(
        history.drop(CELL),
        read.plan.tree.kpis,
        read.periods.calendar,
        [moment.period.label for moment in course.whole(course.shown)],
        median=around_median(asked.limits),
    )


def _baselines(read: Moments, course: _Course, kpis: Sequence[str]) -> pl.DataFrame:
    """kpi, period, new_baseline: the periods with which a KPI is judged anew."""
    labels = [moment.period.label for moment in course.moments]
    starts = [moment.period.start for moment in course.moments]
    rows = [
        (kpi, labels[at], True)
        for kpi in kpis
        for at in baselines(read.plan.tree.kpis[kpi].rebaseline, starts, read.periods.calendar)
        if at > 0  # the first one of all is no change
    ]
    schema = {"kpi": pl.String, "period": pl.String, "new_baseline": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _chosen(
    points: pl.DataFrame, plan: Plan, wanted: tuple[str, ...]
) -> tuple[pl.DataFrame, list[Notice]]:
    """The KPIs asked for, or all that have data; and those that are left out for want of it.

    An assumption that is one number has nothing to show, unless there is nothing else.
    """
    if wanted:
        return points.filter(pl.col("kpi").is_in(wanted)), []
    valued = points.filter(pl.col("value").is_not_null())["kpi"].unique().to_list()
    moving = [kpi for kpi in valued if not _is_one_number(plan.tree.kpis[kpi])]
    kept = moving or valued or list(plan.kpis)
    reasons = dict(points.filter(~pl.col("kpi").is_in(valued)).select("kpi", "reason").iter_rows())
    notices = [
        Notice(
            code="no_value",
            message=f"{plan.tree.kpis[kpi].label} has no value in any period: {reasons[kpi]}",
            kpi=kpi,
        )
        for kpi in plan.kpis
        if kpi in reasons and kpi not in kept
    ]
    return points.filter(pl.col("kpi").is_in(kept)), notices


def _is_one_number(node: Node) -> bool:
    return isinstance(node, Constant) and not isinstance(node.value, dict)
