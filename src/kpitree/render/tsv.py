r"""`tsv`: the long table (render/long.py), fields separated by tabs, with a header.

Nothing is quoted: tabs, line breaks and other control characters in texts are shown as \t,
\n, \x1b, so that a line is always a row. A text that a spreadsheet would run as a formula has
an apostrophe before it. Null is an empty field.
"""

from kpitree.analysis.result import Evaluation
from kpitree.render.long import Field, columns, field_text, rows
from kpitree.render.style import Style
from kpitree.render.words import spreadsheet_safe, visible


def render(evaluation: Evaluation, style: Style) -> str:
    """The header, and one line a row."""
    names: list[Field] = [*columns(evaluation.dimensions)]
    lines = [names, *rows(evaluation, style)]
    return "".join("\t".join(map(_field, line)) + "\n" for line in lines)


def _field(field: Field) -> str:
    return visible(spreadsheet_safe(field)) if isinstance(field, str) else field_text(field)
