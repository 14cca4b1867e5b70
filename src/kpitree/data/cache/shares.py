"""Figures of several files as those of one source, and which days of a file are known."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import polars as pl

from kpitree.data.aggregates import MERGE, AtomKey
from kpitree.data.cache.entry import Days, Entry, Share
from kpitree.data.cache.marks import Mark
from kpitree.data.cube.facts import all_finite, days_told
from kpitree.data.cube.plan import DAY, ROWS
from kpitree.data.files.found import FILE
from kpitree.data.request import CubeRequest
from kpitree.tables import SEGMENT

_EVER: Final = (date.min, date.max)


def still_true(
    entry: Entry, request: CubeRequest, marks: Sequence[Mark], tables: Sequence[Mark]
) -> Entry | None:
    """What of an entry answers a request; None for nothing.

    marks: of the source's files as they are now. tables: of those in which lookups look.
    """
    if tuple(tables) != entry.tables:
        return None
    if entry.closed:
        [share] = entry.shares
        return entry if share.marks == tuple(marks) and share.days == request.days else None
    now = set(marks)
    shares = [share for share in entry.shares if now.issuperset(share.marks)]
    shares = _with_days(entry, shares, request)
    return entry.only(shares) if shares else None


def _with_days(entry: Entry, shares: Sequence[Share], request: CubeRequest) -> list[Share]:
    """Those of which all days are known that the request needs and they have."""
    places = {number: place for place, number in enumerate(entry.told[FILE])}
    reaches = {
        time: (days_told(entry.told, time), request.look_back(time))
        for time in request.additive_times
    }

    finite = all_finite(entry.told)

    def known(share: Share) -> bool:
        place = places.get(share.number)
        if share.days == request.days or place is None:
            return True
        if not finite[place]:  # how many values are not, is told of the days asked for
            return False
        return share.days is None or all(
            _covers(share.days, request.days or _EVER, _EVER if told is None else told[place], back)
            for told, back in reaches.values()
        )

    return [share for share in shares if known(share)]


def _covers(read: Days, wanted: Days, has: Days | None, look_back: bool) -> bool:  # noqa: FBT001
    """Whether the days read hold those wanted, as far as there are any.

    has: the first and the last that there are. look_back: whether also earlier ones count.
    """
    if has is None:
        return True
    first = date.min if look_back else wanted[0]
    first, last = max(first, has[0]), min(wanted[1], _after(has[1]))
    return first >= last or ((look_back or read[0] <= first) and last <= read[1])


def _after(day: date) -> date:
    return date.fromordinal(min(day.toordinal() + 1, date.max.toordinal()))


def together(entry: Entry, request: CubeRequest) -> Mapping[tuple[str, ...], pl.DataFrame]:
    """The figures of all shares, as a scan of all their files for this request gives them."""
    if entry.closed:
        return {name: frame.drop(FILE) for name, frame in entry.figures.items()}
    return {
        name: _within(merged(frame, request, name[1]), request, name[1])
        for name, frame in entry.figures.items()
    }


def merged(days: pl.DataFrame, request: CubeRequest, time: str) -> pl.DataFrame:
    """One row per day x segment, whichever files have some of it; added up in their order.

    FILE: a number of the file, or its path.
    """
    keys = [DAY, *(name for name in days.columns if name.startswith(SEGMENT))]
    if days[FILE].n_unique() < 2 or not days.select(pl.struct(keys).is_duplicated().any()).item():
        return days.drop(FILE)
    names = request.atom_names(time)
    figures = [_atom(atom, names).alias(name) for atom, name in names.items()]
    groups = days.sort(FILE, maintain_order=True).group_by(keys, maintain_order=True)
    return groups.agg(pl.col(ROWS).sum(), *figures)


def _atom(atom: AtomKey, names: Mapping[AtomKey, str]) -> pl.Expr:
    def column(other: str) -> pl.Expr:
        return pl.col(names[other, *atom[1:]])

    merged = MERGE[atom[0]](column)
    return merged.fill_nan(None) if atom[0] == "mean" else merged  # of no values: 0 / 0


def _within(days: pl.DataFrame, request: CubeRequest, time: str) -> pl.DataFrame:
    """Without days that the request does not reach: a share may hold more."""
    if request.days is None:
        return days
    first, end = request.days
    inside = pl.col(DAY) < end
    return days.filter(inside if request.look_back(time) else inside & (pl.col(DAY) >= first))
