"""One screen for a person: the KPI, its levers, and the one that is nearest to the goal.

On a terminal, what does not fit gives way in this order: decimals of large amounts, space
between columns, whole columns (named below the table), and labels are wrapped.
"""

from collections.abc import Iterator
from typing import Final

from rich.text import Text

from kpitree.analysis.results.levers import Levers
from kpitree.render.blocks import heading
from kpitree.render.fitted import fitted, noted
from kpitree.render.levers import board
from kpitree.render.levers.sentence import sentence
from kpitree.render.paint import Rows, words
from kpitree.render.style import Style

LEAVING: Final = ("effect", "percent", "within", "best", "elasticity", "change")


def screen(levers: Levers, style: Style) -> Iterator[Text | Rows]:
    """Heading, table, sentence, notes."""
    view = board.view_of(levers, style)
    name, *parts = board.heading(view)
    yield from heading(name, parts, style)
    yield Text()
    table, left_out = fitted(
        "KPI",
        board.labels(view),
        lambda coarse: board.columns(view, coarse=coarse),
        LEAVING,
        style,
    )
    yield from table
    yield Text()
    yield words(sentence(levers, style))
    yield from noted(board.notes(view), left_out, style)
