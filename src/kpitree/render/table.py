"""`table`: one screen for a person.

Off a terminal (width None) everything is shown in full and nothing is wrapped. On one, what
does not fit gives way in an order of its kind, numbers last: a number is never cut.
"""

from kpitree.render import kinds
from kpitree.render.paint import painted
from kpitree.render.style import Style


def render(answer: kinds.Answer, style: Style) -> str:
    """The screen; empty when there is nothing to show."""
    return painted(kinds.screen(answer, style), color=style.color, width=style.width)
