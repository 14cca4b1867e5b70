"""The long table: one row a line.

The columns:

    kpi               the KPI explained
    vs, method        as in render/change/document.py
    from_label, to_label   the two states by name: 2026-09, 2026-10
    driver, label     the driver's name in the tree file, and for readers
    (one column a dimension of --by, by its name; null where the line is not split by it)
    effect            driver | rate | mix | threshold | unexplained | overlap | no_base | rest
    from, to          the driver's values; the segment's for rate; its shares for mix
    line, share       in the unit of the KPI explained; line / change
    flags             a list: carried | indivisible | new | lost
    reason            why the driver is not split by segment, else null
    factor, error     the line as a factor; the standard error of a sampled one; else null

Numbers are unrounded. A dimension that is called like another column has `segment_` before its
name. The lines add up to the change, but for the residual that `json` has.
"""

import polars as pl

from kpitree.analysis.results.change import Change
from kpitree.render.segment import column_names
from kpitree.render.style import Style
from kpitree.tables import SEGMENT, SPLIT

ABOUT = ("kpi", "vs", "method", "from_label", "to_label")


def long(change: Change, _style: Style) -> pl.DataFrame:
    """The frame; without rows where there are no lines."""
    found = change.attribution
    about = (found.kpi, found.vs, found.method, found.from_label, found.to_label)
    driver, label, *figures = SPLIT
    names = column_names(change.dimensions, {*ABOUT, *SPLIT})
    return change.lines.select(
        *(pl.lit(text, pl.String).alias(name) for name, text in zip(ABOUT, about, strict=True)),
        driver,
        label,
        *(pl.col(SEGMENT + dimension).alias(name) for dimension, name in names.items()),
        *figures,
    )
