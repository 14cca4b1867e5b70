"""`markdown`: the facts of `table` for chat and pull requests (GitHub-flavoured pipe tables).

Words are escaped, so that a label is never a link, HTML or a column of its own.
"""

from collections.abc import Iterator, Sequence

from kpitree.analysis.attribution.contract import Attribution
from kpitree.analysis.result import Evaluation
from kpitree.render import breakdown, overview
from kpitree.render.explained import explained
from kpitree.render.grid import Column, Label
from kpitree.render.sentence import sentence
from kpitree.render.style import Style
from kpitree.render.words import markdown_safe

INDENT = "&emsp;"  # spaces and box characters do not line up in a proportional font


def render(evaluation: Evaluation, style: Style) -> str:
    """Heading, tree, notes and drivers; empty when no KPI is left to show."""
    view = overview.overview(evaluation, style)
    if not view.rows:
        return ""
    name, *parts = overview.heading(view)
    labels = [
        INDENT * (row.entry.level + bool(row.segment)) + markdown_safe(label.text)
        for row, label in zip(view.rows, overview.labels(view), strict=True)
    ]
    blocks = [
        f"**{markdown_safe(name)}** · {' · '.join(markdown_safe(part) for part in parts)}",
        _table("KPI", labels, overview.columns(view)),
        *(_bullets(overview.footnotes(view))),
    ]
    for found in explained(view):
        blocks += _explanation(evaluation, style, found)
    return "\n\n".join(blocks) + "\n"


def _bullets(notes: list[str]) -> Iterator[str]:
    if notes:
        yield "\n".join(f"- {markdown_safe(note)}" for note in notes)


def _explanation(
    evaluation: Evaluation, style: Style, found: list[Attribution]
) -> Iterator[str]:
    tree = evaluation.tree
    told, *others = [
        sentence(each, tree.kpis[each.kpi], ascii_only=style.ascii) for each in found
    ]
    yield markdown_safe(told)
    table = breakdown.breakdown_of(tree, style, found)
    if table is not None:
        labels = [markdown_safe(label.text) for label in breakdown.labels(table)]
        yield _table("drivers", labels, breakdown.columns(table))
    for each, text in zip(found[1:], others, strict=True):
        if each.reason is not None:
            yield markdown_safe(text)


def _table(title: str, labels: Sequence[str], columns: Sequence[Column]) -> str:
    """A pipe table; figures to the right."""
    rules = [":--", *("--:" if column.right else ":--" for column in columns)]
    rows = [
        [title, *(markdown_safe(column.title) for column in columns)],
        rules,
        *(
            [label, *(markdown_safe(column.cells[at].text) for column in columns)]
            for at, label in enumerate(labels)
        ),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
