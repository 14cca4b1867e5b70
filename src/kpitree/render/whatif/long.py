"""The long table: one row a KPI, in tree-file order.

The columns:

    kpi, label, unit
    period            the period's label, such as 2026-10
    (then those of OUTCOMES in tables.py, from `given` on)
    of                the KPI whose change is taken apart
    line              the part of its change that this KPI makes, thresholds that it crosses
                      included; null for what was not set

Numbers are unrounded and in their KPI's unit (line: in that of `of`); percent is a fraction.
"""

import polars as pl

from kpitree.analysis.results.whatif import WhatIf
from kpitree.render.style import Style
from kpitree.render.whatif.rows import rows_of
from kpitree.tables import OUTCOMES


def long(answer: WhatIf, style: Style) -> pl.DataFrame:
    """The frame."""
    rows = rows_of(answer, style)
    lines: dict[str, float] = {}
    for line in answer.attribution.lines:  # a threshold crossed is of the KPI that crossed it
        lines[line.kpi] = lines.get(line.kpi, 0.0) + line.line
    figures = list(OUTCOMES)[1:]
    frame = answer.rows.filter(pl.col("kpi").is_in([row.kpi.id for row in rows]))
    return frame.select(
        "kpi",
        pl.Series("label", [row.kpi.label for row in rows], pl.String),
        pl.Series("unit", [row.kpi.unit for row in rows], pl.String),
        pl.lit(answer.period.span.label).alias("period"),
        *figures,
        pl.lit(answer.kpi).alias("of"),
        pl.Series("line", [lines.get(row.kpi.id) for row in rows], pl.Float64),
    )
