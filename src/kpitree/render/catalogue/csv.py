"""`csv`: the same lines under a header, as RFC 4180 has it; harmless in a spreadsheet."""

from kpitree.catalogue.answers import Answer, Departments
from kpitree.render.catalogue.facts import FIELDS, entries_of, fields_of
from kpitree.render.fields import Field, field_text
from kpitree.render.style import Style
from kpitree.render.words import spreadsheet_safe, visible


def render(answer: Answer, style: Style) -> str:
    """The header, and one line a KPI or a department."""
    del style
    rows: list[tuple[Field, ...]]
    if isinstance(answer, Departments):
        rows = [("department", "kpis"), *answer.counts.items()]
    else:
        rows = [FIELDS, *(fields_of(answer.catalogue, one) for one in entries_of(answer))]
    return "".join(",".join(field_text(field, _safe) for field in row) + "\n" for row in rows)


def _safe(text: str) -> str:
    field = visible(spreadsheet_safe(text))
    return '"' + field.replace('"', '""') + '"' if any(char in field for char in ',"') else field
