"""How many rows there are: of a day twice, and of a week more or fewer than usual."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from kpitree.analysis.doctor.case import Case
from kpitree.analysis.doctor.codes import BEFORE, BIG, NEW
from kpitree.analysis.doctor.words import listed, number, runs, some
from kpitree.analysis.results.doctor import Finding
from kpitree.analysis.signal import BEYOND_LIMITS, Limits, Reading, readings
from kpitree.calendar import Grain, Span


def repeated_days(case: Case) -> Iterator[Finding]:
    """A file loaded twice."""
    if case.repeated:
        count = sum(case.rows[day] for day in case.repeated)
        yield case.finding(
            "repeated_days",
            "error",
            f"every row of {some(len(case.repeated), 'day')} is there twice"
            f" ({some(count, 'row')}): {listed(runs(case.repeated))}",
            count=count,
            of=case.examined.rows,
            example=str(case.repeated[0]),
            hint="was a file loaded twice, or do two exports overlap?",
        )


def volume(case: Case) -> Iterator[Finding]:
    """Weeks (or months) of late whose rows are far from those before, by natural process limits."""
    grain = Grain.MONTH if case.rhythm.every == "month" else Grain.WEEK
    periods = _periods(case, grain)
    rows = [_rows(case, period) for period in periods]
    since = max(len(rows) - NEW, 0)
    judged = readings(rows, since=since)
    far = [
        _Far(periods[at].start, count, reading.limits)
        for at, (count, reading) in enumerate(zip(rows, judged, strict=True))
        if count is not None and reading.limits is not None and _is_far(count, reading, rows[:at])
    ]
    if far:
        more = f"; so are {some(len(far) - 1, 'other')} of the last {NEW}" if len(far) > 1 else ""
        yield case.finding(
            "volume",
            "warning",
            far[-1].told(grain) + more,
            column=case.source.time,
            count=far[-1].rows,
            example=str(far[-1].start),
            hint=f"kpitree trend TREE --grain {grain.value} shows whether the KPIs went with it",
        )


@dataclass(frozen=True, slots=True)
class _Far:
    """A period with many more or fewer rows than usual."""

    start: date
    rows: int
    limits: Limits

    def told(self, grain: Grain) -> str:
        centre, low, high = self.limits
        changed = 100 * abs(self.rows - centre) / centre
        return (
            f"{some(self.rows, 'row')} in the {grain.value} from {self.start}, {changed:.0f} %"
            f" {'more' if self.rows > centre else 'fewer'} than usual"
            f" ({number(round(max(low, 0.0)))} to {number(round(high))})"
        )


def _is_far(rows: int, reading: Reading, before: Sequence[int | None]) -> bool:
    """Whether it is beyond the limits, and far from what is usual and from what was of late."""
    if reading.limits is None or reading.rule != BEYOND_LIMITS:
        return False
    known = [one for one in before if one is not None]
    return all(
        abs(rows - usual) > BIG * usual > 0
        for usual in (reading.limits.centre, median(known[-BEFORE:]))
    )


def _periods(case: Case, grain: Grain) -> list[Span]:
    """The whole ones between the first and the last day with rows."""
    if case.rhythm.every is None or not case.usual:
        return []
    covered = Span(min(case.usual), max(case.usual) + timedelta(days=1), "")
    return [
        period
        for period in case.calendar.periods_in(covered, grain)
        if covered.start <= period.start and period.end <= covered.end
    ]


def _rows(case: Case, period: Span) -> int | None:
    """None where a gap is: that is told already."""
    if any(gap.first < period.end and period.start <= gap.last for gap in case.gaps):
        return None
    days = (period.start + timedelta(days=n) for n in range(period.days))
    return sum(case.usual.get(day, 0) for day in days)


CHECKS = (repeated_days, volume)
