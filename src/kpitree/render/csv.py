r"""`csv`: the long table as RFC 4180 has it, with a header.

Lines end in a bare line feed, as Unix tools expect. Texts are quoted where they must be;
numbers never are, and are never changed. Null is an empty field, a list its items joined by
spaces. A text that a spreadsheet would run as a formula has an apostrophe before it; control
characters other than line breaks and tabs are shown as \x1b.
"""

from kpitree.render import kinds
from kpitree.render.columns import header, lines, quoted
from kpitree.render.style import Style
from kpitree.render.words import spreadsheet_safe, visible


def render(answer: kinds.Answer, style: Style) -> str:
    """The header, and one line a row."""
    frame = kinds.long(answer, style)
    return header(frame.columns, ",", _safe) + lines(frame, ",", _safe)


def _safe(text: str) -> str:
    return quoted(visible(spreadsheet_safe(text), keep="\n\t"))
