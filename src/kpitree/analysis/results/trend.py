"""The answer to `kpitree trend`."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from kpitree.analysis.lead import Lead
from kpitree.analysis.results.period import PeriodInfo
from kpitree.calendar import Grain
from kpitree.errors import Notice
from kpitree.tree.model import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The answer to `kpitree trend`: values over time, and which of them are signals.

    period: the last one. points: POINTS of tables.py, as many periods for each KPI x segment.
    limits: what the process limits lie around, mean or median.
    stale: the KPIs that rest on data older than its source's fresh_within; None without as_of,
        or where no source says how fresh it is to be.
    leads: each KPI shown that names others in `leads`, with each of these: whether it does lead.
    """

    tree: Tree
    grain: Grain
    as_of: date | None
    period: PeriodInfo
    dimensions: tuple[str, ...]
    limits: str
    points: pl.DataFrame
    leads: tuple[Lead, ...]
    stale: frozenset[str] | None = None
    warnings: tuple[Notice, ...] = ()
