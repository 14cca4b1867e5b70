"""One screen for a person: the KPIs over time as a table, or each as a chart.

On a terminal, what does not fit gives way in this order: decimals of large amounts, space
between columns, whole columns (named below the table), and labels are wrapped.
"""

from collections.abc import Iterator
from typing import Final

from rich.text import Text

from kpitree.analysis.results.trend import Trend
from kpitree.render.blocks import heading
from kpitree.render.fitted import fitted, noted
from kpitree.render.paint import Rows, words
from kpitree.render.style import Style
from kpitree.render.trend import board
from kpitree.render.trend.chart import chart
from kpitree.render.trend.leading import sentence
from kpitree.render.trend.remarks import notes

LEAVING: Final = ("first", "centre", "extremes", "target", "limits", "signal", "last")


def screen(trend: Trend, style: Style) -> Iterator[Text | Rows]:
    """Heading, table or charts, what leads what, notes."""
    view = board.view_of(trend, style)
    name, *parts = board.heading(view)
    yield from heading(name, parts, style)
    yield Text()
    left_out: list[str] = []
    if style.chart:
        yield from _charts(view)
    else:
        table, left_out = fitted(
            "KPI",
            board.labels(view),
            lambda coarse: board.columns(view, coarse=coarse),
            LEAVING,
            style,
        )
        yield from table
    if trend.leads:
        yield Text()
        yield from (words(sentence(found, trend, style)) for found in trend.leads)
    yield from noted(notes(view, marked=not style.chart), left_out, style)


def _charts(view: board.View) -> Iterator[Text]:
    for at, row in enumerate(view.rows):
        if at:
            yield Text()
        yield words(board.subject(row), "heading")
        for line in chart(row, view.style):
            yield Text.assemble(*line)
