"""The long table: one row a slice, the largest line first, and `rest` last.

    kpi, vs, from_label, to_label
    effect            slice | rest
    (one column a dimension searched, by its name; null for any value)
    from, to          the KPI in the slice
    line, share       its part of the change, in the KPI's unit; line / change
    size              its share of the KPI before; of a rate its mean share of the base
    excess            line - change x size
    surprise          Jensen-Shannon term of its shares before and after, in bits

Numbers are unrounded. A dimension that is called like another column has `segment_` before its
name. The lines add up to the change.
"""

import polars as pl

from kpitree.analysis.results.slices import Slices
from kpitree.render.segment import column_names
from kpitree.render.style import Style
from kpitree.tables import SEGMENT, SLICES

ABOUT = ("kpi", "vs", "from_label", "to_label")
EFFECT = "effect"


def long(found: Slices, _style: Style) -> pl.DataFrame:
    """The frame; without rows where there is no answer."""
    about = (found.kpi, found.vs, found.from_label, found.to_label)
    names = column_names(found.dimensions, {*ABOUT, EFFECT, *SLICES})
    segment = [pl.col(SEGMENT + dimension) for dimension in found.dimensions]
    is_rest = pl.all_horizontal(one.is_null() for one in segment)
    return found.rows.select(
        *(pl.lit(text, pl.String).alias(name) for name, text in zip(ABOUT, about, strict=True)),
        pl.when(is_rest).then(pl.lit("rest")).otherwise(pl.lit("slice")).alias(EFFECT),
        *(one.alias(name) for one, name in zip(segment, names.values(), strict=True)),
        *SLICES,
    )
