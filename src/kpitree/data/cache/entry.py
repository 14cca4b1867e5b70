"""What is kept of one question: figures by the files they are of, and which of them still hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Final

import polars as pl

from kpitree.data.cache.marks import Mark, all_settled
from kpitree.data.cache.packing import packed, unpacked
from kpitree.data.cube.stamps import Stamp
from kpitree.data.files.found import FILE
from kpitree.errors import Notice

TOLD: Final = ("told",)

Days = tuple[date, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The files whose figures stand together under one number.

    days: those read of them, None for all.
    """

    number: int
    marks: tuple[Mark, ...]
    days: Days | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """How the files were understood, which has to be the same for figures to stand together.

    types: of the columns in use and of the times read from texts, by name. formats: how texts say
    these times, by column; None for ISO 8601. plain: whether each file by itself is understood so,
    too, as far as its columns go; else some of them may be so because of the others.
    """

    types: dict[str, str]
    formats: dict[str, str | None]
    plain: bool = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is kept of one question.

    closed: whether its figures are of exactly its files, and nothing can be added to them.
    tables: the files in which lookups looked. forms: see Columns.met. not_finite: see Scan.
    figures: as of a scan, with FILE, the number of the share that a row is of. told: likewise.
    """

    closed: bool
    shares: tuple[Share, ...]
    tables: tuple[Mark, ...]
    sense: Sense
    forms: dict[str, int]
    not_finite: frozenset[str]
    notices: tuple[Notice, ...]
    told: pl.DataFrame
    figures: Mapping[tuple[str, ...], pl.DataFrame]

    @property
    def marks(self) -> frozenset[Mark]:
        """Of all files that its figures are of."""
        return frozenset(mark for share in self.shares for mark in share.marks)

    def only(self, shares: Sequence[Share]) -> "Entry":
        """Some of its shares."""
        if len(shares) == len(self.shares):
            return self
        numbers = [share.number for share in shares]
        return replace(
            self,
            shares=tuple(shares),
            told=_of(self.told, numbers),
            figures={name: _of(frame, numbers) for name, frame in self.figures.items()},
        )

    def settled(self) -> "Entry | None":
        """What of it may be kept: of files whose next change would show. None for nothing."""
        shares = [share for share in self.shares if all_settled(share.marks)]
        whole = len(shares) == len(self.shares)
        if not shares or not all_settled(self.tables) or (self.closed and not whole):
            return None
        return self.only(shares)

    def with_shares_of(self, other: "Entry") -> "Entry":
        """Both together, which know nothing of each other's files."""
        first = 1 + max((share.number for share in self.shares), default=-1)
        moved = [replace(share, number=share.number + first) for share in other.shares]
        return replace(
            other,
            shares=(*self.shares, *moved),
            sense=replace(other.sense, plain=self.sense.plain and other.sense.plain),
            not_finite=self.not_finite | other.not_finite,
            told=pl.concat([self.told, _moved(other.told, first)], how="diagonal"),
            figures={
                name: pl.concat([frame, _moved(other.figures[name], first)])
                for name, frame in self.figures.items()
            },
        )


def _of(frame: pl.DataFrame, numbers: Sequence[int]) -> pl.DataFrame:
    return frame.filter(pl.col(FILE).is_in(numbers))


def _moved(frame: pl.DataFrame, by: int) -> pl.DataFrame:
    return frame.with_columns(pl.col(FILE) + pl.lit(by, pl.Int32))


# --- as bytes ------------------------------------------------------------------------------------


def to_bytes(entry: Entry) -> bytes:
    """For a store; see from_bytes()."""
    described = {
        "closed": entry.closed,
        "shares": [_share_said(share) for share in entry.shares],
        "tables": [said_of(mark) for mark in entry.tables],
        "types": entry.sense.types,
        "formats": entry.sense.formats,
        "plain": entry.sense.plain,
        "forms": entry.forms,
        "not_finite": sorted(entry.not_finite),
        "notices": [asdict(notice) for notice in entry.notices],
    }
    return packed(described, {TOLD: entry.told, **entry.figures})


def from_bytes(body: bytes) -> Entry:
    """body: of to_bytes()."""
    said, frames = unpacked(body)
    return Entry(
        closed=said["closed"],
        shares=tuple(_share(each) for each in said["shares"]),
        tables=tuple(mark_of(each) for each in said["tables"]),
        sense=Sense(types=said["types"], formats=said["formats"], plain=said["plain"]),
        forms=said["forms"],
        not_finite=frozenset(said["not_finite"]),
        notices=tuple(Notice(**each) for each in said["notices"]),
        told=frames.pop(TOLD),
        figures=frames,
    )


def _share_said(share: Share) -> list[Any]:
    days = share.days and [day.isoformat() for day in share.days]
    return [share.number, days, [said_of(mark) for mark in share.marks]]


def _share(said: Sequence[Any]) -> Share:
    number, days, marks = said
    return Share(number=number, marks=tuple(map(mark_of, marks)), days=days and tuple(_days(days)))


def _days(said: Sequence[str]) -> Iterator[date]:
    return map(date.fromisoformat, said)


def said_of(mark: Mark) -> list[Any]:
    """A mark as JSON has it; see mark_of()."""
    stamp = mark.stamp
    return [
        stamp.path, stamp.size, stamp.modified, stamp.changed, stamp.inode, stamp.folder,
        mark.footer,
    ]  # fmt: skip


def mark_of(said: Sequence[Any]) -> Mark:
    """said: by said_of()."""
    *stamp, footer = said
    return Mark(Stamp(*stamp), footer)
