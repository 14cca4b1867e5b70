"""Which periods are shown, what they are compared with, and every moment that needs a value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

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
from kpitree.analysis.promise import Reference
from kpitree.calendar import Calendar, Grain, Span
from kpitree.errors import SourceError, UsageError
from kpitree.pipeline.plan import Plan
from kpitree.pipeline.question import Question

DEFAULT_VS = ("target", "previous", "last-year")
EVER = Coverage(date.min, date.max - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Periods:
    """shown: the moments asked for, oldest first. before: whole periods up to the last one.

    references: for each shown moment, what it is compared with besides targets and benchmarks.
    times: every moment that needs values, with its place. known: the days that have data.
    """

    grain: Grain
    shown: tuple[Moment, ...]
    before: tuple[Moment, ...]
    references: tuple[tuple[Reference, ...], ...]
    times: Timeline
    calendar: Calendar
    known: Coverage

    def spans(self) -> list[Span]:
        return [moment.span(self.calendar) for moment in self.times.moments]

    def shown_spans(self) -> list[Span]:
        return [moment.span(self.calendar) for moment in self.shown]


def grain_of(plan: Plan, question: Question) -> Grain:
    """The grain of the period asked for; a range is made of periods of the question's or tree's."""
    named = question.period not in (None, "latest") and not question.ytd
    period = plan.tree.calendar.parse(question.period) if named and question.period else None
    return (period.grain if period else None) or question.grain or plan.tree.grain


def days_worth_reading(plan: Plan, question: Question) -> tuple[date, date] | None:
    """First day and one past the last that a question about named periods can need, or None.

    None when the period depends on the data: then everything is read, once.
    """
    if question.period in (None, "latest"):
        return None
    spans = _periods(plan, question, EVER).spans()
    return min(span.start for span in spans), max(span.end for span in spans)


def choose_periods(plan: Plan, question: Question, coverage: Mapping[str, Coverage]) -> Periods:
    """Raises SourceError where there is no data for the period, UsageError for bad labels.

    coverage: source -> its days, those before as_of.
    """
    return _periods(plan, question, _known(plan, question, coverage))


def _periods(plan: Plan, question: Question, known: Coverage) -> Periods:
    calendar = plan.tree.calendar
    main = _main(plan, question, known, calendar)
    sides = _side_by_side(main, question, known, calendar)
    shown = tuple(moment_of(period, known) for period in sides)
    grain = main.grain or question.grain or plan.tree.grain
    last = main if main.grain else calendar.period_of(main.last_day, grain)
    # As many periods before each one shown.
    count = question.history + len(shown) - 1 if question.history else 0
    before = tuple(
        Moment(period) for period in history(last, count, calendar) if known.covers(period)
    )
    described = [_references(moment, question, calendar) for moment in shown]
    wanted = [*shown, *before, *(one.moment for many in described for one in many if one.moment)]
    times = _timeline(wanted, calendar, plan)
    references = tuple(tuple(_placed(one, times) for one in many) for many in described)
    return Periods(grain, shown, before, references, times, calendar, known)


def with_moments(periods: Periods, plan: Plan, wanted: Iterable[Moment]) -> Periods:
    """The same periods with more moments that need values, and what is looked up for them.

    References keep their places: the moments wanted so far stand first, in their order.
    """
    known = periods.times.moments[: periods.times.asked]
    return replace(periods, times=_timeline([*known, *wanted], periods.calendar, plan))


def _timeline(wanted: list[Moment], calendar: Calendar, plan: Plan) -> Timeline:
    """The moments wanted, what formulas look up for them, and what growth targets count from."""
    return timeline(wanted, calendar, plan.steps, plan.rounds, year=plan.year, grown=plan.grown)


def _known(plan: Plan, question: Question, coverage: Mapping[str, Coverage]) -> Coverage:
    """The days from the first that any source speaks for to the last that each one does.

    A tree is as fresh as its stalest source; a source that says nothing at all about a period
    asked for by name does not hold up the others.
    """
    if not coverage:
        return _known_without_data(question)
    speaking = dict(coverage)
    if question.period not in (None, "latest"):
        main = _main(plan, question, EVER, plan.tree.calendar)
        speaking = {name: one for name, one in coverage.items() if one.covered_days(main)}
        if not speaking:
            days = in_words(coverage)
            raise SourceError(f"there is no data for {main.label}", hint=f"the data: {days}")
    elif max(one.first for one in coverage.values()) > min(one.last for one in coverage.values()):
        before = f" before {question.as_of.isoformat()}" if question.as_of else ""
        raise SourceError(
            f"there is no day{before} that every source covers", hint=in_words(coverage)
        )
    first = min(one.first for one in coverage.values())
    return Coverage(first, min(one.last for one in speaking.values()))


def _known_without_data(question: Question) -> Coverage:
    """Constants hold at any time, so the period must be said."""
    if question.as_of is not None:
        return Coverage(EVER.first, day_before(question.as_of))
    if question.period in (None, "latest"):
        raise UsageError(
            "nothing that is asked for is read from data, so there is no last period",
            hint="say which: --period 2026-10",
        )
    return EVER


def in_words(coverage: Mapping[str, Coverage]) -> str:
    """`deals from 2024-11-01 to 2026-10-31, visits from ...`, for a hint."""
    return ", ".join(
        f"{name} from {one.first.isoformat()}"
        + (f" to {one.last.isoformat()}" if one.first <= one.last else "")
        for name, one in coverage.items()
    )


def day_before(day: date) -> date:
    """The day before; the first day there is has none before it."""
    return date.fromordinal(max(1, day.toordinal() - 1))


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


def _side_by_side(
    main: Span, question: Question, known: Coverage, calendar: Calendar
) -> list[Span]:
    """Periods before the data begins are left out."""
    if question.last < 1:
        raise UsageError("--last takes a number of periods, 1 or more")
    if question.last > 1 and question.ytd:
        raise UsageError("--last and --ytd cannot be combined")
    found = [main]
    while len(found) < question.last and (before := calendar.previous(found[-1])) is not None:
        if before.end <= known.first:
            break
        found.append(before)
    return found[::-1]


def _references(moment: Moment, question: Question, calendar: Calendar) -> list[Reference]:
    period = moment.period
    found: list[Reference] = []
    for vs in question.vs or DEFAULT_VS:
        match vs:
            case "previous" if question.ytd and not question.vs:
                continue
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
    periods = [one.moment for one in found if one.moment is not None]
    if question.moved:
        before = (calendar.previous(one.period) for one in periods if one.period.grain)
        found += [_to_period("moved", one, moment, calendar) for one in before if one is not None]
    if question.links and periods:
        between = _on_the_way(periods[0].period, period, calendar)
        found += [_to_period("link", one, moment, calendar) for one in between]
    return found


def _on_the_way(first: Span, last: Span, calendar: Calendar) -> list[Span]:
    """The periods between two of the same grain, oldest first.

    Raises UsageError where no steps lead from the first to the last.
    """
    found: list[Span] = []
    if first.grain is not None and first.grain == last.grain and first.start < last.start:
        before = calendar.previous(last)
        while before is not None and before.start > first.start:
            found.append(before)
            before = calendar.previous(before)
        if before == first:
            return found[::-1]
    raise UsageError(
        f"no periods lead from {first.label} to {last.label}",
        where="--through",
        hint="compare with an earlier period of the same length: --vs last-year",
    )


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
