"""The facts of `table` for chat and pull requests."""

from collections.abc import Iterator

from kpitree.analysis.results.ranking import Ranking
from kpitree.render.pipes import bullets, heading, pipe_table
from kpitree.render.ranking import board
from kpitree.render.ranking.notes import notes
from kpitree.render.ranking.sentence import sentence
from kpitree.render.style import Style
from kpitree.render.words import markdown_paragraph, markdown_safe


def markdown(ranking: Ranking, style: Style) -> Iterator[str]:
    """Heading, table, sentence, notes."""
    view = board.view_of(ranking, style)
    name, *parts = board.heading(view)
    yield heading(name, parts)
    if view.rows:
        labels = [
            markdown_safe(f"{each.prefix.strip()} {each.text}".strip())
            for each in board.labels(view)
        ]
        yield pipe_table(markdown_safe(board.dimensions(ranking)), labels, board.columns(view))
    yield markdown_paragraph(sentence(ranking, style))
    yield from bullets(notes(view))
