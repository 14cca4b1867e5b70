r"""`csv`: the long table (render/long.py) as RFC 4180 has it, with a header.

Lines end in a bare line feed, as Unix tools expect. Texts are quoted where they must be;
numbers never are, and are never changed. Null is an empty field. A text that a spreadsheet
would run as a formula has an apostrophe before it; control characters other than line breaks
and tabs are shown as \x1b.
"""

import csv
from io import StringIO

from kpitree.analysis.result import Evaluation
from kpitree.render.long import Field, columns, field_text, rows
from kpitree.render.style import Style
from kpitree.render.words import spreadsheet_safe, visible


def render(evaluation: Evaluation, style: Style) -> str:
    """The header, and one line a row."""
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([_safe(name) for name in columns(evaluation.dimensions)])
    writer.writerows([_field(field) for field in row] for row in rows(evaluation, style))
    return file.getvalue()


def _field(field: Field) -> str:
    return _safe(field) if isinstance(field, str) else field_text(field)


def _safe(text: str) -> str:
    return visible(spreadsheet_safe(text), keep="\n\t")
