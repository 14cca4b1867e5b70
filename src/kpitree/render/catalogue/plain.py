"""`plain`: one KPI a line (FIELDS of facts.py), or one department, separated by tabs."""

from kpitree.catalogue.answers import Answer, Departments
from kpitree.numbers import machine_text
from kpitree.render.catalogue.facts import entries_of, fields_of
from kpitree.render.fields import field_text
from kpitree.render.style import Style
from kpitree.render.words import visible


def render(answer: Answer, style: Style) -> str:
    """As many fields on every line."""
    del style
    if isinstance(answer, Departments):
        lines = [f"{name}\t{machine_text(count)}" for name, count in answer.counts.items()]
    else:
        rows = (fields_of(answer.catalogue, entry) for entry in entries_of(answer))
        lines = ["\t".join(field_text(field, visible) for field in row) for row in rows]
    return "".join(f"{line}\n" for line in lines)
