"""The facts of `table` for chat and pull requests."""

from collections.abc import Iterator

from kpitree.analysis.results.whatif import WhatIf
from kpitree.render.change import entries, remarks
from kpitree.render.change import ledger as lines
from kpitree.render.pipes import INDENT, bullets, heading, pipe_table
from kpitree.render.style import Style
from kpitree.render.whatif import sides
from kpitree.render.whatif.rows import change_of, told
from kpitree.render.words import markdown_paragraph, markdown_safe


def markdown(answer: WhatIf, style: Style) -> Iterator[str]:
    """Heading, the tree, notes, sentence, and the table of lines."""
    view = sides.view_of(answer, style)
    name, *parts = sides.heading(view)
    yield heading(name, parts)
    labels = [
        INDENT * entry.level + markdown_safe(label.text)
        for (entry, _), label in zip(view.rows, sides.labels(view), strict=True)
    ]
    yield pipe_table("KPI", labels, sides.columns(view))
    yield from bullets(sides.notes(view))
    found = answer.attribution
    yield markdown_paragraph(told(answer, style))
    ledger = lines.ledger_of(change_of(answer), style)
    if ledger is not None and found.lines:
        names = [
            INDENT * label.prefix.count(entries.INDENT) + markdown_safe(label.text)
            for label in ledger.labels
        ]
        yield pipe_table("drivers", names, lines.columns(ledger))
        notes = [remarks.reconciliation(ledger), *sides.method_note(ledger)]
        yield from bullets([*notes, *remarks.notes(ledger)])
