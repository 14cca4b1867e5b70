r"""`plain`: one fact a line, fields separated by tabs, for `awk` and `cut`. No header.

A field is empty where there is no value. Every line has the same number of fields. Tabs, line
breaks and other control characters in texts are shown as \t, \n, \x1b.
"""

from kpitree.render import kinds
from kpitree.render.fields import field_text
from kpitree.render.style import Style
from kpitree.render.words import visible


def render(answer: kinds.Answer, style: Style) -> str:
    """One line a fact; empty when there is nothing to show."""
    lines = kinds.plain(answer, style)
    return "".join("\t".join(field_text(field, visible) for field in line) + "\n" for line in lines)
