"""The facts of `table` for chat and pull requests."""

from collections.abc import Iterator

from kpitree.analysis.results.forecast import Forecast
from kpitree.render.forecast import board
from kpitree.render.forecast.sentence import sentence
from kpitree.render.pipes import INDENT, bullets, heading, pipe_table
from kpitree.render.style import Style
from kpitree.render.words import markdown_paragraph, markdown_safe


def markdown(found: Forecast, style: Style) -> Iterator[str]:
    """Heading, table, sentences, notes."""
    view = board.view_of(found, style)
    if not view.rows:
        return
    name, *parts = board.heading(view)
    yield heading(name, parts)
    labels = [
        INDENT * (entry.level + (row is not None and row.later)) + markdown_safe(label.text)
        for (entry, row), label in zip(view.rows, board.labels(view), strict=True)
    ]
    yield pipe_table("KPI", labels, board.columns(view))
    for row in view.known:
        yield markdown_paragraph(sentence(row, style))
    yield from bullets(board.notes(view))
