"""`plain`: one member a line, the best first; the last line is the whole.

The fields, in order:

    1     rank         empty for (none), for the whole, and without a figure to rank by
    ...   member       one field a dimension; all of them are empty for the whole
    +1    value        in the KPI's unit
    +2    share        of the whole; of a ratio or mean, of what that is divided by
    +3    pull         of a ratio or mean: the whole less what it would be without the member
    +4    target
    +5    attainment   a fraction: 1 = target met
    +6    gap          value - target
    +7    status
    +8    caution      why it cannot be told from the others; empty where nothing says so
    then  change, percent   for each period compared with, in the order asked for
"""

from collections.abc import Iterator
from typing import Final

from kpitree.analysis.results.ranking import Ranking
from kpitree.render.fields import Field
from kpitree.render.ranking.rows import rows_of
from kpitree.render.style import Style
from kpitree.tables import SEGMENT

FIGURES: Final = (
    "value",
    "share",
    "pull",
    "target",
    "attainment",
    "gap",
    "status",
    "caution",
)


def plain(ranking: Ranking, style: Style) -> Iterator[list[Field]]:  # noqa: ARG001 - the contract of kinds.py
    """The fields of each line; none where nobody is shown."""
    segment = [SEGMENT + dimension for dimension in ranking.dimensions]
    figures = ranking.rows.select("rank", *segment, *FIGURES)
    for row, fields in zip(rows_of(ranking), figures.iter_rows(), strict=True):
        changes = (one for each in row.comparisons for one in (each.change, each.percent))
        yield [*fields, *changes]
