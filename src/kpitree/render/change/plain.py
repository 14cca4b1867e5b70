"""`plain`: one line of the change a line.

The fields, in order:

    1     driver       its name in the tree file
    ...   segment      one field a dimension of --by, in the order asked for; empty where the
                       line is not split by it
    +1    effect       driver | rate | mix | threshold | unexplained | overlap | no_base | rest
    +2    from         the driver's value before, in its own unit
    +3    to           and after; for rate the segment's, for mix its shares
    +4    line         in the unit of the KPI explained
    +5    share        of the change; empty where that would mislead
"""

from collections.abc import Iterator

from kpitree.analysis.results.change import Change
from kpitree.render.fields import Field
from kpitree.render.style import Style
from kpitree.tables import SEGMENT


def plain(change: Change, _style: Style) -> Iterator[list[Field]]:
    """The fields of each line; none where there are no lines."""
    segment = [SEGMENT + dimension for dimension in change.dimensions]
    chosen = change.lines.select("driver", *segment, "effect", "from", "to", "line", "share")
    return (list(row) for row in chosen.iter_rows())
