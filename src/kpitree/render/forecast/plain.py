"""`plain`: one KPI (or its deadline) a line.

The fields, in order:

    1   kpi       its name in the tree file
    2   period    that it is forecast for
    3   value     to date
    4   landing   where it is heading
    5   low       the 80 % interval; empty where history is too short for one
    6   high
    7   target    of the whole period: its own, else the implied one
    8   gap       landing - target
    9   needed    a day for the days left, to reach the target
    10  ratio     the same by what the days left usually bring
    11  status    of the landing: on_track | at_risk | off_track | no_target | no_data
"""

from collections.abc import Iterator

from kpitree.analysis.results.forecast import Forecast
from kpitree.render.fields import Field
from kpitree.render.style import Style

FIELDS = (
    "kpi",
    "period",
    "value",
    "landing",
    "low",
    "high",
    "target",
    "gap",
    "needed",
    "ratio",
    "status",
)


def plain(found: Forecast, style: Style) -> Iterator[list[Field]]:  # noqa: ARG001 - the contract of kinds.py
    """The fields of each line."""
    return (list(row) for row in found.rows.select(FIELDS).iter_rows())
