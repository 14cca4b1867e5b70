"""One screen for a person: the KPIs and where they land, then a sentence for each.

On a terminal, what does not fit gives way in this order: decimals of large amounts, space
between columns, whole columns (named below the table), and labels are wrapped.
"""

from collections.abc import Iterator
from typing import Final

from rich.text import Text

from kpitree.analysis.results.forecast import Forecast
from kpitree.render.blocks import heading
from kpitree.render.fitted import fitted, noted
from kpitree.render.forecast import board
from kpitree.render.forecast.sentence import sentence
from kpitree.render.paint import Rows, hanging
from kpitree.render.style import Style

LEAVING: Final = (
    *("due", "share", "reached", "ratio", "needed", "to date"),
    *("target", "interval", "gap"),
)


def screen(found: Forecast, style: Style) -> Iterator[Text | Rows]:
    """Heading, table, sentences, notes."""
    view = board.view_of(found, style)
    if not view.rows:
        return
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
    for row in view.known:
        yield hanging(sentence(row, style), style.width)
    yield from noted(board.notes(view), left_out, style)
