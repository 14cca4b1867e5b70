"""The moments a question needs: whole periods, running ones, and what they are compared with."""

from dataclasses import dataclass
from datetime import date, timedelta

from kpitree.calendar import Calendar, Grain, Span
from kpitree.errors import UsageError


@dataclass(frozen=True, slots=True)
class Moment:
    """A period, or its first `first_days` days when it is still running (else None)."""

    period: Span
    first_days: int | None = None

    def span(self, calendar: Calendar) -> Span:
        """The days that count."""
        if self.first_days is None:
            return self.period
        return calendar.first_days(self.period, self.first_days)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The days that every needed source speaks for: first and last, both included."""

    first: date
    last: date

    def covers(self, span: Span) -> bool:
        return self.first <= span.start and span.end <= self.last + timedelta(days=1)

    def covered_days(self, span: Span) -> int:
        """How many of the span's days are covered."""
        end = min(span.end, self.last + timedelta(days=1))
        return max(0, (end - max(span.start, self.first)).days)


def last_complete(coverage: Coverage, calendar: Calendar, grain: Grain) -> Span:
    """The latest period that is covered whole; the latest with data where none is."""
    latest = calendar.period_of(coverage.last, grain)
    before = calendar.previous(latest)
    if coverage.covers(latest) or before is None or not coverage.covers(before):
        return latest
    return before


def moment_of(period: Span, coverage: Coverage) -> Moment:
    """The period up to the last day covered, even where its first days are not covered."""
    days = max(0, (coverage.last + timedelta(days=1) - period.start).days)
    return Moment(period, days if days < period.days else None)


def like_for_like(other: Span | None, actual: Moment) -> Moment | None:
    """The other period cut to as many days as the actual one has; None where it is too short."""
    if other is None or actual.first_days is None:
        return None if other is None else Moment(other)
    return Moment(other, actual.first_days) if actual.first_days <= other.days else None


def history(last: Span, count: int, calendar: Calendar) -> list[Span]:
    """Up to `count` periods of the last one's grain that end with it, oldest first."""
    found = [last][:count]
    while 0 < len(found) < count and (before := calendar.previous(found[-1])) is not None:
        found.append(before)
    return found[::-1]


@dataclass(frozen=True, slots=True)
class Timeline:
    """All moments of a question, each once, and their places in time relative to each other.

    back: n -> for each moment, the position of the one n periods earlier, or None.
    year_to_date: for each moment, the positions of the earlier periods of its year.
    asked: how many of the moments, the first ones, were wanted; the others are looked up.
    """

    moments: tuple[Moment, ...]
    back: dict[int, tuple[int | None, ...]]
    year_to_date: tuple[tuple[int, ...], ...]
    asked: int = 0

    def position(self, moment: Moment) -> int:
        return self.moments.index(moment)


def grown_from(moment: Moment, over: str, calendar: Calendar) -> Moment | None:
    """What a growth target counts from: as many days of last year, or of the period before."""
    period = moment.period
    other = calendar.last_year(period) if over == "last_year" else calendar.previous(period)
    return like_for_like(other, moment)


def timeline(
    wanted: list[Moment],
    calendar: Calendar,
    steps: frozenset[int],
    rounds: int,
    *,
    year: bool,
    grown: frozenset[str] = frozenset(),
) -> Timeline:
    """The wanted moments, and those that prev(), rolling_*() and year_to_date() look up.

    steps: the numbers of periods looked back by; year: whether year_to_date() is used.
    rounds: how many such calls lie one above the other; what is looked up may itself look back.
    grown: what growth targets of the wanted moments count from (see grown_from).
    """
    found = dict.fromkeys(wanted)
    asked = len(found)
    counted_from = (
        grown_from(moment, over, calendar) for over in sorted(grown) for moment in list(found)
    )
    found |= dict.fromkeys([one for one in counted_from if one is not None])
    newest = list(found)
    for _ in range(rounds):
        looked_up = dict.fromkeys(
            earlier
            for moment in newest
            for earlier in _looked_up(moment, calendar, steps, year=year)
        )
        newest = [moment for moment in looked_up if moment not in found]
        found |= dict.fromkeys(newest)
    moments = tuple(found)
    places = {moment: at for at, moment in enumerate(moments)}
    back = {n: tuple(_place(one, n, calendar, places) for one in moments) for n in steps}
    rest = tuple(
        tuple(places[one] for one in _earlier_this_year(moment, calendar) if one in places)
        if year
        else ()
        for moment in moments
    )
    return Timeline(moments, back, rest, asked)


def _looked_up(
    moment: Moment, calendar: Calendar, steps: frozenset[int], *, year: bool
) -> list[Moment]:
    back = (_earlier(moment, n, calendar) for n in sorted(steps))
    found = [earlier for earlier in back if earlier is not None]
    return [*found, *_earlier_this_year(moment, calendar)] if year else found


def _place(moment: Moment, n: int, calendar: Calendar, places: dict[Moment, int]) -> int | None:
    earlier = _earlier(moment, n, calendar)
    return None if earlier is None else places.get(earlier)


def _earlier(moment: Moment, n: int, calendar: Calendar) -> Moment | None:
    """The moment n periods before, as many days long when this one is running."""
    try:
        period = calendar.shift(moment.period, -n)
    except UsageError:  # before the first year of the calendar
        return None
    return like_for_like(period, moment)


def _earlier_this_year(moment: Moment, calendar: Calendar) -> list[Moment]:
    """The whole periods of the same year before this one, oldest first.

    Before a range, the days since the year's first; none where it begins in an earlier year.
    """
    period = moment.period
    if period.grain is None:
        start = calendar.year_start_of(period)
        label = f"{start.isoformat()}..{(period.start - timedelta(days=1)).isoformat()}"
        return [Moment(Span(start, period.start, label))] if start < period.start else []
    earlier: list[Moment] = []
    before = calendar.previous(period)
    while before is not None and _year(before, calendar) == _year(period, calendar):
        earlier.append(Moment(before))
        before = calendar.previous(before)
    return earlier[::-1]


def _year(period: Span, calendar: Calendar) -> int:
    """The year to which a period counts: a week that lies in two goes by its fourth day."""
    fourth = timedelta(days=3 if period.grain is Grain.WEEK else 0)
    return calendar.year_of(period.start + fourth)
