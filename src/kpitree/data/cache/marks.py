"""Which state of a file kept figures are of."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from kpitree.data.cube.stamps import Stamp, stamps_of
from kpitree.data.files.found import Files, Kind
from kpitree.errors import SourceError

_MAGIC: Final = b"PAR1"
_TAIL: Final = len(_MAGIC) + 4
_COARSE: Final = 2_000_000_000  # in ns: what a file system's clock may not tell apart
_FINE: Final = 20_000_000  # of one that counts nanoseconds: the kernel's clock ticks slower


@dataclass(frozen=True, slots=True)
class Mark:
    """A file as it was. footer: of Parquet, a digest of what it says about its columns."""

    stamp: Stamp
    footer: str = ""

    def is_settled(self, now: int) -> bool:
        """Whether a change after `now` (ns since 1970) would show.

        A file system's clock ticks: of two changes within a tick, the second leaves no trace.
        """
        times = (self.stamp.modified, self.stamp.changed)
        tick = _FINE if any(each % 1_000_000 for each in times) else _COARSE
        return max(times) + tick < now


def marks_of(files: Files) -> tuple[Mark, ...]:
    """Of all files to be read; none of what is elsewhere. Raises SourceError: one is gone."""
    stamps = stamps_of(files)
    footers = files.kind is Kind.PARQUET
    return tuple(Mark(stamp, _footer(stamp, files) if footers else "") for stamp in stamps)


def all_settled(marks: Sequence[Mark], now: int | None = None) -> bool:
    """Whether all are; now: None for this moment, in ns since 1970."""
    moment = time.time_ns() if now is None else now
    return all(mark.is_settled(moment) for mark in marks)


def _footer(stamp: Stamp, files: Files) -> str:
    """Where files are copied with their times, the footer still tells most of them apart."""
    try:
        with open(stamp.path, "rb", buffering=0) as file:  # noqa: PTH123 - see stamp_of
            file.seek(-min(_TAIL, stamp.size), os.SEEK_END)
            tail = file.read()
            length = int.from_bytes(tail[:4], "little") if tail.endswith(_MAGIC) else 0
            file.seek(-min(_TAIL + length, stamp.size), os.SEEK_END)
            return blake2b(file.read(), digest_size=16).hexdigest()
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError(f"it cannot be opened: {reason}", where=files.name(stamp.path)) from error
