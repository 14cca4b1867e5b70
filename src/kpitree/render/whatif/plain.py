"""`plain`: one KPI a line.

The fields, in order:

    1   kpi       its name in the tree file
    2   before    in its own unit
    3   after
    4   change    after - before
    5   percent   the same as a fraction of before
    6   target    its own, else the implied one
    7   status    after: on_track | at_risk | off_track | no_target | no_data
    8   given     true where the value was set
"""

from collections.abc import Iterator

from kpitree.analysis.results.whatif import WhatIf
from kpitree.render.fields import Field
from kpitree.render.style import Style
from kpitree.render.whatif.rows import rows_of


def plain(answer: WhatIf, style: Style) -> Iterator[list[Field]]:
    """The fields of each line."""
    for row in rows_of(answer, style):
        figures = (row.before, row.after, row.change, row.percent, row.target)
        yield [row.kpi.id, *figures, row.after_status, row.given]
