"""`plain`: one KPI x segment x period a line, oldest first, fields separated by tabs.

No header. The fields, in order:

    1     kpi          its name in the tree file
    ...   segment      one field a dimension of --by, in the order asked for; empty for the whole
    +1    period       2026-10
    +2    value        in the KPI's unit, unrounded
    +3    target       the one that counts in this period
    +4    centre       natural process limits of the periods before
    +5    lower
    +6    upper
    +7    signal       signal | noise
    +8    rule         beyond_limits | run_of_8 | 3_of_4: why it is a signal

A field is empty where there is no value. What leads what is in the other formats.
"""

from collections.abc import Iterator

from kpitree.analysis.results.trend import Trend
from kpitree.render.fields import Field
from kpitree.render.style import Style
from kpitree.tables import SEGMENT

FIELDS = ("period", "value", "target", "centre", "lower", "upper", "signal", "rule")


def plain(trend: Trend, style: Style) -> Iterator[list[Field]]:  # noqa: ARG001 - the contract of kinds.py
    """The fields of each line."""
    segments = (SEGMENT + dimension for dimension in trend.dimensions)
    return (list(row) for row in trend.points.select("kpi", *segments, *FIELDS).iter_rows())
