"""The facts of `table` for chat and pull requests; charts as blocks of text."""

from collections.abc import Iterator
from dataclasses import replace

from kpitree.analysis.results.trend import Trend
from kpitree.render.pipes import INDENT, bullets, heading, pipe_table
from kpitree.render.style import Style
from kpitree.render.trend import board
from kpitree.render.trend.chart import chart
from kpitree.render.trend.leading import sentence
from kpitree.render.trend.remarks import notes
from kpitree.render.words import markdown_paragraph, markdown_safe


def markdown(trend: Trend, style: Style) -> Iterator[str]:
    """Heading, table or charts, what leads what, notes."""
    style = replace(style, width=None)
    view = board.view_of(trend, style, marked=False)
    name, *parts = board.heading(view)
    yield heading(name, parts)
    if style.chart:
        yield from _charts(view)
    elif view.lines:
        labels = [
            INDENT * (line.entry.level + bool(line.row and line.row.segment))
            + markdown_safe(label.text)
            for line, label in zip(view.lines, board.labels(view), strict=True)
        ]
        yield pipe_table("KPI", labels, board.columns(view))
    yield from (markdown_paragraph(sentence(found, trend, style)) for found in trend.leads)
    yield from bullets(notes(view, marked=False))


def _charts(view: board.View) -> Iterator[str]:
    for row in view.rows:
        yield f"**{markdown_safe(board.subject(row))}**"
        lines = ("".join(text for text, _ in line).rstrip() for line in chart(row, view.style))
        yield "\n".join(["```text", *lines, "```"])
