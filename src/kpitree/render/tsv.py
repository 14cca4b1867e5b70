r"""`tsv`: the long table, fields separated by tabs, with a header.

Nothing is quoted: tabs, line breaks and other control characters in texts are shown as \t,
\n, \x1b, so that a line is always a row. A text that a spreadsheet would run as a formula has
an apostrophe before it. Null is an empty field, a list its items joined by spaces.
"""

from kpitree.render import kinds
from kpitree.render.columns import header, lines
from kpitree.render.style import Style
from kpitree.render.words import spreadsheet_safe, visible


def render(answer: kinds.Answer, style: Style) -> str:
    """The header, and one line a row."""
    frame = kinds.long(answer, style)
    return header(frame.columns, "\t", _safe) + lines(frame, "\t", _safe)


def _safe(text: str) -> str:
    return visible(spreadsheet_safe(text))
