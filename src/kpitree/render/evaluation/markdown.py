"""The facts of `table` for chat and pull requests."""

from collections.abc import Iterator

from kpitree.analysis.results.evaluation import Evaluation
from kpitree.render.evaluation import breakdown, overview, remarks
from kpitree.render.evaluation.explained import Explanation, explanations
from kpitree.render.pipes import INDENT, bullets, heading, pipe_table
from kpitree.render.style import Style
from kpitree.render.words import markdown_paragraph, markdown_safe


def markdown(evaluation: Evaluation, style: Style) -> Iterator[str]:
    """Heading, tree, notes and drivers; nothing when no KPI is left to show."""
    view = overview.overview(evaluation, style)
    if not view.rows:
        return
    name, *parts = remarks.heading(view)
    labels = [
        INDENT * (row.entry.level + bool(row.segment)) + markdown_safe(label.text)
        for row, label in zip(view.rows, overview.labels(view), strict=True)
    ]
    yield heading(name, parts)
    yield pipe_table("KPI", labels, overview.columns(view))
    yield from bullets(remarks.footnotes(view))
    for found in explanations(view):
        yield from _explanation(found)


def _explanation(found: Explanation) -> Iterator[str]:
    yield markdown_paragraph(found.told)
    if found.table is not None:
        labels = [markdown_safe(label.text) for label in breakdown.labels(found.table)]
        yield pipe_table("drivers", labels, breakdown.columns(found.table))
    yield from bullets(found.withheld)
