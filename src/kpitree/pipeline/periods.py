"""Which periods are shown, what they are compared with, and every moment that needs a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kpitree.analysis.answer import Reference
from kpitree.analysis.moments import (
    Coverage,
    Moment,
    Timeline,
    history,
    last_complete,
    like_for_like,
    moment_of,
    timeline,
)
from kpitree.calendar import Calendar, Grain, Span
from kpitree.errors import SourceError, UsageError
from kpitree.pipeline.plan import Plan
from kpitree.pipeline.question import REFERENCES, Question

HISTORY = 25  # whole periods looked at for trends and process limits, the shown one included
DEFAULT_VS = ("target", "previous", "last-year")


@dataclass(frozen=True, slots=True)
class Periods:
    """shown: the moments asked for, oldest first. before: whole periods up to the last one.

    references: for each shown moment, what it is compared with besides targets and benchmarks.
    times: every moment that needs values, with its place.
    """

    grain: Grain
    shown: tuple[Moment, ...]
    before: tuple[Moment, ...]
    references: tuple[tuple[Reference, ...], ...]
    times: Timeline
    calendar: Calendar

    def spans(self) -> list[Span]:
        return [moment.span(self.calendar) for moment in self.times.moments]


def days_worth_reading(plan: Plan, question: Question) -> tuple[date, date] | None:
    """First day and one past the last that a question about named periods can need, or None.

    None when the period depends on the data: then everything is read, once.
    """
    if question.period in (None, "latest"):
        return None
    calendar = plan.tree.calendar
    assert question.period is not None
    period = calendar.parse(question.period)
    starts, ends = [period.start, calendar.year_to_date(period).start], [period.end]
    back = max(HISTORY, question.last) + plan.reach
    grain = period.grain or question.grain or plan.tree.grain
    recent = calendar.period_of(period.end - timedelta(days=1), grain)
    starts.append(calendar.shift(recent, -back).start)
    for vs in question.vs:
        if vs not in REFERENCES:
            other = calendar.parse(vs)
            starts.append(other.start)
            ends.append(other.end)
    near = (calendar.previous(period), calendar.last_year(period))
    starts.extend(one.start for one in near if one is not None)
    first = min(starts)
    earlier = calendar.last_year(calendar.period_of(first, Grain.YEAR)) if plan.year else None
    return (earlier.start if earlier else first), max(ends)


def choose_periods(plan: Plan, question: Question, coverage: Mapping[str, Coverage]) -> Periods:
    """Raises SourceError where there is no data for the period, UsageError for bad labels."""
    calendar = plan.tree.calendar
    known = common(coverage, question.as_of)
    main = _main(plan, question, known, calendar)
    shown = tuple(moment_of(period, known) for period in _side_by_side(main, question, calendar))
    if known.covered_days(main) == 0:
        raise SourceError(
            f"there is no data for {main.label}",
            hint=f"the data goes from {known.first.isoformat()} to {known.last.isoformat()}",
        )
    grain = main.grain or question.grain or plan.tree.grain
    last = main if main.grain else calendar.period_of(main.end - timedelta(days=1), grain)
    before = tuple(
        Moment(period) for period in history(last, HISTORY, calendar) if known.covers(period)
    )
    described = [_references(moment, question, calendar) for moment in shown]
    wanted = [*shown, *before, *(one.moment for many in described for one in many if one.moment)]
    times = timeline(wanted, calendar, plan.steps, plan.reach, year=plan.year)
    references = tuple(tuple(_placed(one, times) for one in many) for many in described)
    return Periods(grain, shown, before, references, times, calendar)


def common(coverage: Mapping[str, Coverage], as_of: date | None) -> Coverage:
    """The days that every source speaks for, before as_of.

    A source that starts late or ends early narrows them for all: a tree is as fresh as its
    stalest source.
    """
    first = max(one.first for one in coverage.values())
    last = min(one.last for one in coverage.values())
    if as_of is not None:
        last = min(last, as_of - timedelta(days=1))
    if last < first:
        spans = ", ".join(
            f"{name} {one.first.isoformat()} to {one.last.isoformat()}"
            for name, one in coverage.items()
        )
        until = f" before {as_of.isoformat()}" if as_of else ""
        raise SourceError(f"there is no day{until} that every source covers", hint=spans)
    return Coverage(first, last)


def _main(plan: Plan, question: Question, known: Coverage, calendar: Calendar) -> Span:
    grain = question.grain or plan.tree.grain
    match question.period:
        case None:
            period = last_complete(known, calendar, grain)
        case "latest":
            period = calendar.period_of(known.last, grain)
        case label:
            period = calendar.parse(label)
            if question.grain is not None and period.grain not in (None, question.grain):
                raise UsageError(
                    f"{label} is a {period.grain}, and --grain asks for {question.grain}"
                )
    return calendar.year_to_date(period) if question.ytd else period


def _side_by_side(main: Span, question: Question, calendar: Calendar) -> list[Span]:
    if question.last < 1:
        raise UsageError("--last takes a number of periods, 1 or more")
    if question.last > 1 and question.ytd:
        raise UsageError("--last and --ytd cannot be combined")
    found = [main]
    while len(found) < question.last and (before := calendar.previous(found[0])) is not None:
        found.insert(0, before)
    return found


def _references(moment: Moment, question: Question, calendar: Calendar) -> list[Reference]:
    period = moment.period
    found: list[Reference] = []
    for vs in question.vs or DEFAULT_VS:
        match vs:
            case "previous" if question.ytd:
                reason = "a year to date has no period before; compare with last-year"
                found.append(Reference("previous", "previous", reason=reason))
            case "previous":
                found.append(_to_period(vs, calendar.previous(period), moment, calendar))
            case "last-year":
                found.append(_to_period(vs, calendar.last_year(period), moment, calendar))
            case "target" | "benchmark":
                found.append(Reference(vs, vs))
            case label:
                found.append(_to_period("period", calendar.parse(label), moment, calendar))
    return found


def _to_period(vs: str, other: Span | None, moment: Moment, calendar: Calendar) -> Reference:
    if other is None:
        return Reference(vs, vs, reason=f"{moment.period.label} has no counterpart")
    cut = like_for_like(other, moment)
    if cut is None:
        reason = f"{other.label} has only {other.days} days, and {moment.first_days} are compared"
        return Reference(vs, other.label, reason=reason)
    return Reference(vs, cut.span(calendar).label, moment=cut)


def _placed(reference: Reference, times: Timeline) -> Reference:
    if reference.moment is None:
        return reference
    span = times.position(reference.moment)
    return Reference(reference.vs, reference.label, span=span, moment=reference.moment)
