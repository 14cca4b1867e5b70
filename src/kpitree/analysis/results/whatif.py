"""The answer to `kpitree whatif`."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from kpitree.analysis.attribution.contract import Attribution
from kpitree.analysis.results.period import PeriodInfo
from kpitree.errors import Notice
from kpitree.tree.model import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The answer to `kpitree whatif`: the tree before and after some of its values are changed.

    settings: KPI -> what it was set to, as written. rows: OUTCOMES of tables.py.
    attribution: the change of `kpi` by what moved it; without lines where it has no value.
    """

    tree: Tree
    kpi: str
    period: PeriodInfo
    as_of: date | None
    settings: dict[str, str]
    rows: pl.DataFrame
    attribution: Attribution
    warnings: tuple[Notice, ...] = ()
