"""The facts of `table` for chat and pull requests."""

from collections.abc import Iterator

from kpitree.analysis.results.levers import Levers
from kpitree.render.levers import board
from kpitree.render.levers.sentence import sentence
from kpitree.render.pipes import INDENT, bullets, heading, pipe_table
from kpitree.render.style import Style
from kpitree.render.words import markdown_paragraph, markdown_safe


def markdown(levers: Levers, style: Style) -> Iterator[str]:
    """Heading, table, notes, sentence."""
    view = board.view_of(levers, style)
    name, *parts = board.heading(view)
    yield heading(name, parts)
    labels = [
        INDENT * entry.level + markdown_safe(label.text)
        for (entry, _), label in zip(view.rows, board.labels(view), strict=True)
    ]
    yield pipe_table("KPI", labels, board.columns(view))
    yield markdown_paragraph(sentence(levers, style))
    yield from bullets(board.notes(view))
