"""`plain`: one slice a line, the largest first; the last line is the rest.

The fields, in order:

    1     kpi          its name in the tree file
    ...   slice        one field a dimension searched, in the order asked for; empty: any value;
                       all of them are empty for the rest
    +1    from         the KPI in the slice before, in its unit
    +2    to           and after
    +3    line         the slice's part of the change
    +4    share        of the change; empty where that would mislead
    +5    size         the slice's share of the KPI before; of a rate its mean share of the base
    +6    excess       line - change x size
    +7    surprise     in bits
"""

from collections.abc import Iterator

import polars as pl

from kpitree.analysis.results.slices import Slices
from kpitree.render.fields import Field
from kpitree.render.style import Style
from kpitree.tables import SEGMENT, SLICES


def plain(found: Slices, _style: Style) -> Iterator[list[Field]]:
    """The fields of each line; none where there is no answer."""
    segment = [SEGMENT + dimension for dimension in found.dimensions]
    chosen = found.rows.select(pl.lit(found.kpi).alias("kpi:"), *segment, *SLICES)
    return (list(row) for row in chosen.iter_rows())
