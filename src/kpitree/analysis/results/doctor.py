"""The answer to `kpitree doctor`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Final

import polars as pl

from kpitree.errors import Notice
from kpitree.tree.model import Tree

SEVERITIES: Final = ("error", "warning", "info")  # worst first


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something suspect in the data.

    code: a stable word for scripts, one of CODES (analysis/doctor/codes.py).
    severity: error: figures are wrong or cannot be had; warning: suspect; info: good to know.
    column: None where it is about no single one. message: a sentence without a full stop.
    count: of rows, or of days or files where the message says so; share: of all there are, a
    fraction.
    example: a value or day, where one is to be had. where: file and line. hint: what to try.
    """

    code: str
    severity: str
    source: str
    message: str
    column: str | None = None
    count: int | None = None
    share: float | None = None
    example: str | None = None
    where: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What the rows of one source are.

    path: as the user wrote it, or the file it was read from instead. files: None for none.
    readable: whether its rows could be read; else there are neither days nor columns.
    rows: in all. undated: those without a date.
    days: SEEN_DAYS of tables.py. columns: SEEN_COLUMNS. lookups: SEEN_LOOKUPS.
    first, last: of the days it speaks for: `covers`, or those with rows but strays and days after
        as_of. None: no row has a date.
    age: days from the last one to as_of, or, without one, to the last one of the newest source.
    fresh_within: how old it may be, None = any.
    rhythm: day | week | month: what has rows again and again; None: nothing does.
    """

    source: str
    path: str
    files: int | None
    readable: bool
    rows: int
    undated: int
    days: pl.DataFrame
    columns: pl.DataFrame
    lookups: pl.DataFrame
    fresh_within: int | None
    first: date | None = None
    last: date | None = None
    age: int | None = None
    rhythm: str | None = None

    @property
    def covered_days(self) -> int:
        """From the first to the last day, both included."""
        if self.first is None or self.last is None:
            return 0
        return (self.last - self.first).days + 1

    @property
    def days_with_rows(self) -> int:
        """Of those covered."""
        if self.first is None or self.last is None:
            return 0
        return self.days.filter(pl.col("day").is_between(self.first, self.last)).height

    def rows_a_day(self) -> tuple[int, float, int] | None:
        """The fewest, the median and the most rows of a day that has any."""
        rows: list[int] = self.days["rows"].to_list()
        return (min(rows), median(rows), max(rows)) if rows else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Everything suspect in the data of a tree.

    sources: every source of the tree, in the order of its file.
    findings: the worst first, then in the order of the sources.
    common: first and last day that all sources of the goal speak for; None where there is none.
    """

    tree: Tree
    as_of: date | None
    sources: tuple[Examined, ...]
    findings: tuple[Finding, ...]
    common: tuple[date, date] | None
    warnings: tuple[Notice, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.findings

    def fails(self, failing: Sequence[tuple[str, str | None]]) -> bool:
        """Whether there is a finding with one of these words, of any source or of the named one.

        A word is a code or a severity.
        """
        return any(
            word in (one.code, one.severity) and source in (one.source, None)
            for word, source in failing
            for one in self.findings
        )
