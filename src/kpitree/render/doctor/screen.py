"""One screen for a person: what was examined, and what is suspect in it, the worst first.

Where nothing is, one line says what was looked at. On a terminal, columns that do not fit are
left out, and named below.
"""

from collections.abc import Iterator
from typing import Final

from rich.text import Text

from kpitree.analysis.results.doctor import Diagnosis
from kpitree.render.blocks import heading
from kpitree.render.doctor import board
from kpitree.render.fitted import fitted, noted
from kpitree.render.paint import Rows, hanging
from kpitree.render.style import Style

SOURCES_LEAVING: Final = ("a day", "fresh", "file", "with", "age")
FINDINGS_LEAVING: Final = ("share", "count", "where")


def screen(found: Diagnosis, style: Style) -> Iterator[Text | Rows]:
    """Heading, sources, findings, how many; or one line."""
    if found.is_empty:
        yield hanging(f"{board.sentence(found)}.", style.width)
        return
    name, *parts = board.heading(found)
    yield from heading(name, parts, style)
    yield Text()
    columns = board.source_columns(found, style)
    blocks, missing = fitted(
        "source", board.source_labels(found), lambda _: columns, SOURCES_LEAVING, style
    )
    yield from blocks
    yield Text()
    labels, findings = zip(*board.finding_lines(found, style), strict=True)
    figures = board.finding_columns(findings, style)
    blocks, more = fitted("finding", labels, lambda _: figures, FINDINGS_LEAVING, style)
    yield from blocks
    yield Text()
    told = f"{board.sentence(found)}. {board.together(found)}".rstrip()
    yield hanging(told, style.width)
    yield from noted((), [*missing, *more], style)
