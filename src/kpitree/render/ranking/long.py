"""The long table: one row a member and period compared with, in the order of the ranks.

    kpi, period
    rank              null for (none), for the whole, and without a figure to rank by
    (one column a dimension, by its name; null for the whole, whose rows are the last)
    (then those of MEMBERS in tables.py, from `value` on)
    vs, vs_label, reference, change, percent, favourable, vs_reason
    stale             whether the data is older than fresh_within; null where that is not known

Numbers are unrounded and in the KPI's unit; share, attainment and percent are fractions. A
dimension that is called like another column has `segment_` before its name.
"""

from typing import Final

import polars as pl

from kpitree.analysis.results.ranking import Ranking
from kpitree.render.segment import column_names
from kpitree.render.style import Style
from kpitree.tables import MEMBERS, SEGMENT, STALE

ABOUT: Final = ("kpi", "period")
COMPARED: Final = {
    "vs": "vs",
    "label": "vs_label",
    "reference": "reference",
    "change": "change",
    "percent": "percent",
    "favourable": "favourable",
    "reason": "vs_reason",
}


def long(ranking: Ranking, style: Style) -> pl.DataFrame:  # noqa: ARG001 - the contract of kinds.py
    """The frame; without rows where nobody is shown."""
    rank, *figures = MEMBERS
    names = column_names(ranking.dimensions, {*ABOUT, *MEMBERS, *COMPARED.values(), STALE})
    members = ranking.rows.select(
        pl.lit(ranking.kpi).alias("kpi"),
        pl.lit(ranking.period.span.label).alias("period"),
        rank,
        *(pl.col(SEGMENT + dimension).alias(name) for dimension, name in names.items()),
        *figures,
    )
    each = [at for at in range(members.height) for _ in ranking.references]
    compared = ranking.comparisons.select(
        pl.col(column).alias(name) for column, name in COMPARED.items()
    )
    return pl.concat([members[each], compared], how="horizontal").with_columns(
        pl.lit(ranking.stale, pl.Boolean).alias(STALE)
    )
