"""The facts of `table` for chat and pull requests."""

from collections.abc import Iterator

from kpitree.analysis.results.slices import Slices
from kpitree.render.pipes import bullets, heading, pipe_table
from kpitree.render.slices import figures, telling
from kpitree.render.style import Style
from kpitree.render.words import markdown_paragraph, markdown_safe


def markdown(found: Slices, style: Style) -> Iterator[str]:
    """Heading, sentence, the table that adds up, notes."""
    name, *parts = telling.heading(found, style)
    yield heading(name, parts)
    yield markdown_paragraph(telling.sentence(found, style))
    if found.reason is None:
        labels = [markdown_safe(label.text) for label in figures.labels(found)]
        yield pipe_table(figures.TITLE, labels, figures.columns(found, style))
        yield from bullets(telling.notes(found, style))
