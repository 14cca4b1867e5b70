"""The answer to `kpitree rank`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from kpitree.analysis.results.period import PeriodInfo
from kpitree.analysis.results.standing import Standing
from kpitree.errors import Notice
from kpitree.tree.model import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The answer to `kpitree rank`: the league table of a dimension.

    dimensions: of --by, in the order asked for. references: (vs, label) of each period compared
    with. sort: value | attainment | change.
    rows: MEMBERS of tables.py: the members shown, then the whole; without members not even that.
    comparisons: COMPARISONS of the same rows in the same order, for each the references in theirs.
    members: how many there are, with those that are not shown. ranked: how many have a rank.
    tied: how many members not shown share the rank of one at the cut that is shown.
    statuses: status -> how many of all members have it, in the order of STATUSES.
    evidence: what members are told apart by: "rows" or "history"; None where nobody is judged.
    rated: whether the KPI is a ratio or mean, so that share is that of its base.
    stale: whether the KPI rests on data older than its source's fresh_within; None without as_of,
        or where no source says how fresh it is to be.
    reason: why there are no members, else None.
    """

    tree: Tree
    kpi: str
    period: PeriodInfo
    as_of: date | None
    dimensions: tuple[str, ...]
    references: tuple[tuple[str, str], ...]
    sort: str
    rows: pl.DataFrame
    comparisons: pl.DataFrame
    members: int
    ranked: int
    tied: int
    statuses: Mapping[str, int]
    evidence: str | None
    rated: bool
    stale: bool | None = None
    reason: str | None = None
    warnings: tuple[Notice, ...] = ()

    @property
    def is_empty(self) -> bool:
        return self.rows.is_empty()

    @property
    def standings(self) -> list[Standing]:
        """Of all members, shown or not: each status once. Old data is old for everyone."""
        return [Standing(self.kpi, status, self.stale) for status in self.statuses]
