"""What was seen of a source's rows, before anything is made of it."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from kpitree.data.doctor.asked import Examination
from kpitree.errors import Notice, SourceError


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """Something at which every other command would stop.

    code: one of CODES (analysis/doctor/codes.py). error: what would be said.
    count: how many rows are so, None where that cannot be had. column: where one is to blame.
    """

    code: str
    error: SourceError
    count: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen.

    shown: the path as the user wrote it. files: how many; None where a source is none.
    days: SEEN_DAYS (tables.py): the days from the years 1900 to 2199 that have rows.
    columns: SEEN_COLUMNS. lookups: SEEN_LOOKUPS.
    rows: in all. undated: rows without a date in the source's own time.
    repeated: days each of whose rows stands there again, in all columns of the source.
    mistakes: at which other commands would stop. notices: of how the source was opened.
    None for days, columns and lookups: the rows cannot be read at all.
    """

    asked: Examination
    shown: str
    files: int | None = None
    days: pl.DataFrame | None = None
    columns: pl.DataFrame | None = None
    lookups: pl.DataFrame | None = None
    rows: int = 0
    undated: int = 0
    repeated: tuple[date, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    notices: tuple[Notice, ...] = ()
