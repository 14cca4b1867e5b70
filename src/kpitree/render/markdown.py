"""`markdown`: the facts of `table` for chat and pull requests (GitHub-flavoured pipe tables).

Words are escaped, so that a label is never a link, HTML or a column of its own.
"""

from collections.abc import Iterator, Sequence

from kpitree.analysis.result import Evaluation
from kpitree.render import breakdown, overview, remarks
from kpitree.render.explained import Explanation, explanations
from kpitree.render.grid import Column
from kpitree.render.style import Style
from kpitree.render.words import markdown_paragraph, markdown_safe

INDENT = "&emsp;"  # spaces and box characters do not line up in a proportional font


def render(evaluation: Evaluation, style: Style) -> str:
    """Heading, tree, notes and drivers; empty when no KPI is left to show."""
    view = overview.overview(evaluation, style)
    if not view.rows:
        return ""
    name, *parts = remarks.heading(view)
    labels = [
        INDENT * (row.entry.level + bool(row.segment)) + markdown_safe(label.text)
        for row, label in zip(view.rows, overview.labels(view), strict=True)
    ]
    blocks = [
        f"**{markdown_safe(name)}** · {' · '.join(markdown_safe(part) for part in parts)}",
        _table("KPI", labels, overview.columns(view)),
        *_bullets(remarks.footnotes(view)),
    ]
    for found in explanations(view):
        blocks += _explanation(found)
    return "\n\n".join(blocks) + "\n"


def _bullets(notes: Sequence[str]) -> Iterator[str]:
    if notes:
        yield "\n".join(f"- {markdown_paragraph(note)}" for note in notes)


def _explanation(found: Explanation) -> Iterator[str]:
    yield markdown_paragraph(found.told)
    if found.table is not None:
        labels = [markdown_safe(label.text) for label in breakdown.labels(found.table)]
        yield _table("drivers", labels, breakdown.columns(found.table))
    yield from _bullets(found.withheld)


def _table(title: str, labels: Sequence[str], columns: Sequence[Column]) -> str:
    """A pipe table; figures to the right."""
    rows = [
        [title, *(markdown_safe(column.title) for column in columns)],
        [":--", *("--:" if column.right else ":--" for column in columns)],
    ]
    for at, label in enumerate(labels):
        rows.append([label, *(markdown_safe(column.cells[at].text) for column in columns)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
