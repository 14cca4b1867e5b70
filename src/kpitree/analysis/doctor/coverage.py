"""When there are rows, and when there are none."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from kpitree.analysis.doctor.case import Case
from kpitree.analysis.doctor.codes import HOLIDAYS, LONG, MANY, QUIET
from kpitree.analysis.doctor.words import column, listed, runs, some, span
from kpitree.analysis.results.doctor import Finding


def no_rows(case: Case) -> Iterator[Finding]:
    """Nothing that could be a figure."""
    if case.examined.readable and not case.rows:
        message = "there are no rows" if not case.examined.rows else "no row has a date"
        hint = f"does a where leave all of them out, or is {case.source.time!r} another column?"
        yield case.finding("no_rows", "error", message, hint=hint)


def stray_dates(case: Case) -> Iterator[Finding]:
    """Those at the end make a period of their own the latest, so figures are wrong."""
    for days, severity, bound in (
        (case.strays.early, "warning", f"> {_year(case.strays.early, -1)}"),
        (_not_after(case.strays.late, case.as_of), "error", f"< {_year(case.strays.late, 0)}"),
    ):
        if not days or case.planned:
            continue
        count = sum(case.rows[day] for day in days)
        rest = span(min(case.usual), max(case.usual))
        where = f"year({column(case.source.time)}) {bound}"
        yield case.finding(
            "stray_dates",
            severity,
            f"{some(count, 'row')} dated {listed(runs(days))}, far from all others ({rest})",
            column=case.source.time,
            count=count,
            of=case.examined.rows,
            example=str(days[0]),
            hint=f'right them, or leave them out: where = "{where}"',
        )


def _year(days: Sequence[date], end: int) -> int:
    return days[end].year if days else 0


def _not_after(days: Sequence[date], as_of: date | None) -> list[date]:
    """What is after as_of is told as such."""
    return [day for day in days if as_of is None or day <= as_of]


def future_dates(case: Case) -> Iterator[Finding]:
    """Of what has happened; plans are about the future."""
    days = [day for day in case.rows if case.as_of is not None and day > case.as_of]
    if days and not case.planned:
        count = sum(case.rows[day] for day in days)
        yield case.finding(
            "future_dates",
            "warning",
            f"{some(count, 'row')} dated after {case.as_of}: {listed(runs(days))}",
            column=case.source.time,
            count=count,
            of=case.examined.rows,
            example=str(days[-1]),
            hint="is this the column of what happened, or of what is to happen?",
        )


def gaps(case: Case) -> Iterator[Finding]:
    """count and share are of days, weeks or months, not of rows."""
    rhythm = case.rhythm
    if not rhythm.gaps:
        return
    missing = sum(gap.count for gap in rhythm.gaps)
    every = rhythm.every or ""
    longest = HOLIDAYS if every == "day" else 1
    long = any(gap.count > longest for gap in rhythm.gaps)
    ranges = [gap.label for gap in rhythm.gaps]
    yield case.finding(
        "gaps",
        "warning" if long or missing > MANY * rhythm.expected else "info",
        f"{some(missing, every)} without rows where there should be some: {listed(ranges)}",
        column=case.source.time,
        count=missing,
        of=rhythm.expected,
        example=ranges[0],
        hint="was nothing done then, or is a file missing?",
    )


def stale(case: Case) -> Iterator[Finding]:
    """For sources that say how fresh they are to be; by the newest one without as_of."""
    limit, age = case.source.fresh_within, case.examined.age
    if limit is None or age is None or age <= limit:
        return
    yield case.finding(
        "stale",
        "warning",
        f"the last day is {case.examined.last}, {some(age, 'day')} {_before(case)};"
        f" it is to be fresh within {limit} d",
        column=case.source.time,
        count=age,
    )


def stopped(case: Case) -> Iterator[Finding]:
    """For sources that do not say how fresh they are to be."""
    age, days = case.examined.age, list(case.usual)
    if case.source.fresh_within is not None or case.source.covers is not None:
        return
    if age is None or case.rhythm.every is None:
        return
    longest = max((b - a).days for a, b in pairwise(days))
    if age > max(LONG, QUIET * longest):
        yield case.finding(
            "stopped",
            "warning",
            f"no rows since {days[-1]}, {some(age, 'day')} {_before(case)};"
            f" before that never longer than {some(longest, 'day')}",
            column=case.source.time,
            count=age,
            hint='say how old it may be: fresh_within = "2d"',
        )


def _before(case: Case) -> str:
    if case.as_of is not None:
        return f"before {case.as_of}"
    return f"before {case.newest[0]} ends" if case.newest else ""


def covers_unknown(case: Case) -> Iterator[Finding]:
    """Of rows that last nothing tells until when they are known."""
    if case.source.until is None or case.source.covers is not None or case.covered is None:
        return
    first, last = case.covered
    yield case.finding(
        "covers_unknown",
        "info",
        f"the last row starts on {last}, so it counts as known until then",
        column=case.source.time,
        hint=f'say what is true, such as covers = ["{first}", "{last}"]',
    )


CHECKS = (no_rows, stray_dates, future_dates, gaps, stale, stopped, covers_unknown)


def coverage_differs(cases: Mapping[str, Case], together: Sequence[str]) -> Iterator[Finding]:
    """Sources that the goal needs together, and one of which ends or begins long before another.

    What needs both is known only where both are. together: the sources of the goal.
    """
    known = [cases[name] for name in together if cases[name].covered and not cases[name].planned]
    if len(known) < 2:
        return
    ends = {case.id: case.covered[1] for case in known if case.covered}
    starts = {case.id: case.covered[0] for case in known if case.covered}
    last, first = max(ends, key=lambda name: ends[name]), min(starts, key=lambda name: starts[name])
    for case in known:
        late = (ends[last] - ends[case.id]).days
        if late > _slack(case) and not [*stale(case), *stopped(case)]:
            yield case.finding(
                "coverage_differs",
                "warning",
                f"ends on {ends[case.id]}, {some(late, 'day')} before {last}:"
                " what needs both is known until then",
                column=case.source.time,
                count=late,
            )
        early = (starts[case.id] - starts[first]).days
        if early > _slack(case):
            yield case.finding(
                "coverage_differs",
                "info",
                f"begins on {starts[case.id]}, {some(early, 'day')} after {first}:"
                " what needs both is known from then on",
                column=case.source.time,
                count=early,
            )


def _slack(case: Case) -> int:
    """Days by which a source may end or begin beside another without a word."""
    return {"day": LONG, "week": 2 * LONG, "month": 62}.get(case.rhythm.every or "", 31)


def common_days(cases: Mapping[str, Case], together: Sequence[str]) -> tuple[date, date] | None:
    """The first and last day that all of these sources speak for."""
    covered = [cases[name].covered for name in together]
    known = [one for one in covered if one is not None]
    if not known or len(known) < len(covered):
        return None
    first, last = max(one[0] for one in known), min(one[1] for one in known)
    return (first, last) if first <= last else None


def age_of(last: date | None, until: date | None) -> int | None:
    """Days from the last one to another day; never less than 0."""
    return None if last is None or until is None else max((until - last).days, 0)
