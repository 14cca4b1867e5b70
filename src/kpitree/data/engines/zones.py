"""Time zones as plain comparisons, for engines whose own tables of them may be others.

An instant is a naive time in UTC. Its clock time in a zone is that time and the offset of the
zone, which is looked up in a tree of comparisons with the instants at which the offset changes.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from kpitree.data.dialect import Expr
from kpitree.data.engines.words import lit, when, whole

_FIRST: Final = datetime(1899, 12, 1, tzinfo=UTC)
_LAST: Final = datetime(2100, 1, 1, tzinfo=UTC)  # as far as the tables of polars go
_EARLY, _LATE = datetime(1, 1, 3), datetime(9999, 12, 29)  # noqa: DTZ001 - clock times
_STEP: Final = timedelta(days=5)  # no zone changes its offset twice in so few days
_SECOND: Final = timedelta(seconds=1)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Change:
    """at: the first naive time in UTC of another offset. before, after: the offsets."""

    at: datetime
    before: timedelta
    after: timedelta

    @property
    def on_the_wall(self) -> datetime:
        """The first clock time that is read with the offset after it.

        The earlier one where a clock shows a time twice; a time that it skips is read as if it
        had not been put forward.
        """
        return self.at + max(self.before, self.after)


@cache
def changes(zone: str) -> tuple[Change, ...]:
    """Every change of a zone's offset in the years that kpitree knows."""
    info, found = ZoneInfo(zone), []
    early, offset = _FIRST, _offset(info, _FIRST)
    while early < _LAST:
        late = early + _STEP
        if (then := _offset(info, late)) != offset:
            at = _first_with(info, then, early, late).replace(tzinfo=None)
            found.append(Change(at, offset, then))
        early, offset = late, then
    return tuple(found)


def _offset(info: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(info).utcoffset() or timedelta()


def _first_with(info: ZoneInfo, offset: timedelta, early: datetime, late: datetime) -> datetime:
    while late - early > _SECOND:
        middle = early + (late - early) // _SECOND // 2 * _SECOND
        early, late = (early, middle) if _offset(info, middle) == offset else (middle, late)
    return late


@dataclass(frozen=True, slots=True)
class Steps:
    """What is added to a time: moves[n], where n is how many of the bounds it has reached."""

    bounds: tuple[datetime, ...]
    moves: tuple[timedelta, ...]

    def move(self, moment: datetime) -> timedelta:
        return self.moves[bisect_right(self.bounds, moment)]

    def then(self, after: "Steps") -> "Steps":
        """These and, of the times moved so, others: one set of steps instead of two."""
        edges = zip((_EARLY, *self.bounds), (*self.bounds, _LATE), self.moves, strict=True)
        found = [
            (bound, move + after.move(bound + move))
            for start, end, move in edges
            for bound in (start, *(b - move for b in after.bounds if start < b - move < end))
        ]
        return Steps(tuple(bound for bound, _ in found[1:]), tuple(move for _, move in found))


def to_clock(utc: Expr, zone: str) -> Expr:
    """The clock time in a zone of naive times in UTC."""
    return _moved(utc, _clock(zone))


def to_utc(clock: Expr, zone: str) -> Expr:
    """The naive time in UTC of clock times in a zone; see Change.on_the_wall."""
    return _moved(clock, _utc(zone))


def to_other_clock(clock: Expr, zone: str, other: str) -> Expr:
    """The clock time in another zone."""
    return _moved(clock, _utc(zone).then(_clock(other)))


def _clock(zone: str) -> Steps:
    return Steps(tuple(change.at for change in changes(zone)), _offsets(zone))


def _utc(zone: str) -> Steps:
    bounds = tuple(change.on_the_wall for change in changes(zone))
    return Steps(bounds, tuple(-offset for offset in _offsets(zone)))


def _offsets(zone: str) -> tuple[timedelta, ...]:
    first = _offset(ZoneInfo(zone), _FIRST)
    return (first, *(change.after for change in changes(zone)))


def to_utc_number(clock: Expr, zone: str) -> Expr:
    """The microseconds to be added to clock times in a zone for those in UTC."""
    return _looked_up(clock, _utc(zone), lambda move: whole(move // _MICROSECOND))


def _moved(moment: Expr, steps: Steps) -> Expr:
    return _looked_up(moment, steps, lambda move: _later(moment, move))


def _looked_up(moment: Expr, steps: Steps, leaf: Callable[[timedelta], Expr]) -> Expr:
    """A tree of comparisons: as many for each row as the logarithm of the steps."""
    if not steps.bounds:
        return leaf(steps.moves[0])
    middle = len(steps.bounds) // 2
    early = Steps(steps.bounds[:middle], steps.moves[: middle + 1])
    late = Steps(steps.bounds[middle + 1 :], steps.moves[middle + 1 :])
    sides = [_looked_up(moment, side, leaf) for side in (early, late)]
    found: Expr = when(moment < lit(steps.bounds[middle])).then(sides[0]).otherwise(sides[1])
    return found


def _later(moment: Expr, move: timedelta) -> Expr:
    # ibis has no negative intervals of several units, such as days and seconds.
    day, rest = divmod(abs(move), timedelta(days=1))
    for part in (timedelta(days=day), rest):
        if part:
            moment = moment + part if move > timedelta() else moment - part
    return moment
