"""The facts of `table` for chat and pull requests."""

from collections.abc import Iterator

from kpitree.analysis.results.doctor import Diagnosis
from kpitree.render.doctor import board
from kpitree.render.figures import Cell, Column
from kpitree.render.pipes import heading, pipe_table
from kpitree.render.style import Style
from kpitree.render.words import markdown_paragraph, markdown_safe


def markdown(found: Diagnosis, style: Style) -> Iterator[str]:
    """Heading, sources, findings, how many; or one line."""
    if found.is_empty:
        yield markdown_paragraph(f"{board.sentence(found)}.")
        return
    name, *parts = board.heading(found)
    yield heading(name, parts)
    sources = [markdown_safe(label.text) for label in board.source_labels(found)]
    yield pipe_table("source", sources, board.source_columns(found, style))
    findings = [markdown_safe(f"{one.severity}: {one.message}") for one in found.findings]
    columns = board.finding_columns(found.findings, style)
    tries = tuple(Cell(board.advice(one)) for one in found.findings)
    columns.append(Column(key="try", title="try", cells=tries, right=False))
    yield pipe_table("finding", findings, columns)
    yield markdown_paragraph(f"{board.sentence(found)}. {board.together(found)}".rstrip())
