"""One screen for a person: the tree before and after, then what made the difference.

On a terminal, what does not fit gives way in this order: decimals of large amounts, space
between columns, whole columns (named below the table), and labels are wrapped.
"""

from collections.abc import Iterator
from typing import Final

from rich.text import Text

from kpitree.analysis.results.whatif import WhatIf
from kpitree.render.blocks import heading
from kpitree.render.change import ledger as lines
from kpitree.render.change import remarks
from kpitree.render.change.ledger import Ledger
from kpitree.render.fitted import fitted, noted
from kpitree.render.paint import Rows, words
from kpitree.render.style import Style
from kpitree.render.whatif import sides
from kpitree.render.whatif.rows import change_of, told

LEAVING: Final = ("target", "%", "before", "change")
LINES_LEAVING: Final = ("error", "share", "from", "to")


def screen(answer: WhatIf, style: Style) -> Iterator[Text | Rows]:
    """Heading, the tree, notes, sentence, and the lines that add up."""
    view = sides.view_of(answer, style)
    name, *parts = sides.heading(view)
    yield from heading(name, parts, style)
    yield Text()
    table, left_out = fitted(
        "KPI",
        sides.labels(view),
        lambda coarse: sides.columns(view, coarse=coarse),
        LEAVING,
        style,
    )
    yield from table
    yield from noted(sides.notes(view), left_out, style)
    yield Text()
    yield words(told(answer, style))
    ledger = lines.ledger_of(change_of(answer), style)
    if ledger is not None and answer.attribution.lines:
        yield Text()
        yield from _lines(ledger)


def _lines(ledger: Ledger) -> Iterator[Text | Rows]:
    table, left_out = fitted(
        "drivers",
        ledger.labels,
        lambda coarse: lines.columns(ledger, coarse=coarse),
        LINES_LEAVING,
        ledger.style,
    )
    yield from table
    notes = [remarks.reconciliation(ledger), *sides.method_note(ledger), *remarks.notes(ledger)]
    yield from noted(notes, left_out, ledger.style)
