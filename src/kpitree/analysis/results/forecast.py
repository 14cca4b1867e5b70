"""The answer to `kpitree forecast`."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from kpitree.analysis.results.period import PeriodInfo
from kpitree.analysis.results.standing import Standing, is_stale
from kpitree.errors import Notice
from kpitree.tree.model import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The answer to `kpitree forecast`: where KPIs land, against what is promised.

    period: the one asked for, running or complete.
    rows: FORECASTS of tables.py, in tree-file order; a KPI with a later deadline has a second row.
    past: labels of the first and last whole period before it that were looked at, and how many
        there are; None where there is none.
    stale: the KPIs that rest on data older than its source's fresh_within; None without as_of,
        or where no source says how fresh it is to be.
    """

    tree: Tree
    period: PeriodInfo
    as_of: date | None
    rows: pl.DataFrame
    past: tuple[str, str, int] | None
    stale: frozenset[str] | None = None
    warnings: tuple[Notice, ...] = ()

    @property
    def is_empty(self) -> bool:
        return self.rows.is_empty()

    @property
    def standings(self) -> list[Standing]:
        """Of each row: the status of its landing."""
        rows = self.rows.select("kpi", "status").iter_rows()
        return [Standing(kpi, status, is_stale(kpi, self.stale)) for kpi, status in rows]
