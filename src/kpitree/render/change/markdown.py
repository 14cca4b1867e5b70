"""The facts of `table` for chat and pull requests."""

from collections.abc import Iterator

from kpitree.analysis.results.change import Change
from kpitree.render.change import ledger as figures
from kpitree.render.change import remarks, steps
from kpitree.render.change.entries import INDENT
from kpitree.render.change.ledger import ledger_of
from kpitree.render.change.told import told
from kpitree.render.pipes import INDENT as EM
from kpitree.render.pipes import bullets, heading, pipe_table
from kpitree.render.style import Style
from kpitree.render.words import markdown_paragraph, markdown_safe


def markdown(change: Change, style: Style) -> Iterator[str]:
    """Heading, sentence, the table that adds up, notes."""
    name, *parts = remarks.heading(change, style)
    yield heading(name, parts)
    yield markdown_paragraph(told(change, ascii_only=style.ascii))
    if (steady := remarks.steadiness(change)) is not None:
        yield markdown_paragraph(steady)
    ledger = ledger_of(change, style)
    if ledger is not None:
        labels = [
            EM * label.prefix.count(INDENT) + markdown_safe(label.text) for label in ledger.labels
        ]
        yield pipe_table("drivers", labels, figures.columns(ledger))
        notes = [remarks.reconciliation(ledger), remarks.product(ledger), *remarks.notes(ledger)]
        yield from bullets([note for note in notes if note])
    if change.links:
        labels = [markdown_safe(label.text) for label in steps.labels(change)]
        yield pipe_table("through", labels, steps.columns(change, style))
        yield from bullets([steps.note(change)])
