"""One screen for a person: the members with their figures, the whole, and what they say.

On a terminal, what does not fit gives way in this order: decimals of large amounts, space
between columns, whole columns (named below the table), and names are wrapped.
"""

from collections.abc import Iterator
from typing import Final

from rich.text import Text

from kpitree.analysis.results.ranking import Ranking
from kpitree.render.blocks import heading
from kpitree.render.fitted import fitted, noted
from kpitree.render.paint import Rows, hanging
from kpitree.render.ranking import board
from kpitree.render.ranking.notes import notes
from kpitree.render.ranking.sentence import sentence
from kpitree.render.style import Style

LEAVING: Final = ("gap", "vs 1", "share", "target", "vs 0", "attainment", "status")


def screen(ranking: Ranking, style: Style) -> Iterator[Text | Rows]:
    """Heading, table, sentence, notes; without members no table."""
    view = board.view_of(ranking, style)
    name, *parts = board.heading(view)
    yield from heading(name, parts, style)
    missing: list[str] = []
    if view.rows:
        yield Text()
        # Many widths are tried, and there may be thousands of members.
        columns = {coarse: board.columns(view, coarse=coarse) for coarse in (False, True)}
        blocks, missing = fitted(
            board.dimensions(ranking),
            board.labels(view),
            columns.__getitem__,
            _leaving(len(ranking.references)),
            style,
        )
        yield from blocks
    yield Text()
    yield hanging(sentence(ranking, style), style.width)
    yield from noted(notes(view, missing), missing, style)


def _leaving(references: int) -> tuple[str, ...]:
    """The columns that may go; of many references the last ones first."""
    more = (f"vs {at}" for at in range(references - 1, 1, -1))
    return ("range", "pull", *more, *LEAVING)
