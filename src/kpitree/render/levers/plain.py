"""`plain`: one lever a line.

The fields, in order:

    1   kpi          its name in the tree file
    2   value        in its own unit
    3   marginal     the moved KPI's change per unit of the lever
    4   elasticity   its change in % per 1 % of the lever
    5   needed       what the lever alone would have to be; empty where no value reaches the goal
    6   change       needed - value
    7   percent      the same as a fraction of the value
    8   best         the best value it ever had
    9   best_period  when
    10  within       true where needed lies between the lowest and the highest it ever was
"""

from collections.abc import Iterator

from kpitree.analysis.results.levers import Levers
from kpitree.render.fields import Field
from kpitree.render.style import Style

FIELDS = (
    "kpi",
    "value",
    "marginal",
    "elasticity",
    "needed",
    "change",
    "percent",
    "best",
    "best_period",
    "within",
)


def plain(levers: Levers, style: Style) -> Iterator[list[Field]]:  # noqa: ARG001 - the contract of kinds.py
    """The fields of each line."""
    return (list(row) for row in levers.rows.select(FIELDS).iter_rows())
