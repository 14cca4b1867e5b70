"""Pieces of GitHub-flavoured markdown, shared by all kinds of answers.

Words are escaped, so that a label is never a link, HTML or a column of its own.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from kpitree.render.figures import Column
from kpitree.render.words import markdown_paragraph, markdown_safe

INDENT: Final = "&emsp;"  # spaces and box characters do not line up in a proportional font


def heading(name: str, parts: Sequence[str]) -> str:
    """What the answer is about."""
    return f"**{markdown_safe(name)}** · {' · '.join(markdown_safe(part) for part in parts)}"


def bullets(notes: Sequence[str]) -> Iterator[str]:
    """A list of the notes, if there are any."""
    if notes:
        yield "\n".join(f"- {markdown_paragraph(note)}" for note in notes)


def pipe_table(title: str, labels: Sequence[str], columns: Sequence[Column]) -> str:
    """A table; figures to the right. labels: escaped already."""
    rows = [
        [title, *(markdown_safe(column.title) for column in columns)],
        [":--", *("--:" if column.right else ":--" for column in columns)],
    ]
    for at, label in enumerate(labels):
        rows.append([label, *(markdown_safe(column.cells[at].text) for column in columns)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
