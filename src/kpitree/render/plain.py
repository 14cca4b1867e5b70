r"""`plain`: one KPI x segment x period a line, fields separated by tabs, for `awk` and `cut`.

No header. The fields, in order:

    1     kpi          its name in the tree file
    ...   segment      one field a dimension of --by, in the order asked for; empty for the whole
    +1    period       2026-10
    +2    value        in the KPI's unit, unrounded (a ratio is 0.25)
    +3    target       its own, else the one its operands' targets imply
    +4    attainment   1 = target met
    +5    status       on_track | at_risk | off_track | no_target | no_data
    ...   change, percent   two fields for each reference of the whole answer, in the order
                       asked for (by default target, previous, last-year); percent is a fraction

A field is empty where there is no value. Every line has the same number of fields. Tabs, line
breaks and other control characters in names are shown as \t, \n, \x1b.
"""

from kpitree.analysis.result import Evaluation
from kpitree.numbers import machine_text
from kpitree.render.facts import Fact, facts, reference_keys
from kpitree.render.style import Style
from kpitree.render.words import visible


def render(evaluation: Evaluation, style: Style) -> str:
    """The evaluation as lines; empty when no KPI is left to show."""
    rows = facts(evaluation, depth=style.depth)
    keys = reference_keys(rows)
    return "".join("\t".join(_fields(fact, evaluation.dimensions, keys)) + "\n" for fact in rows)


def _fields(fact: Fact, dimensions: tuple[str, ...], keys: list[str]) -> list[str]:
    segment = dict(fact.segment)
    fields = [
        visible(fact.kpi.id),
        *(visible(segment.get(dimension, "")) for dimension in dimensions),
        visible(fact.period),
        machine_text(fact.value),
        machine_text(fact.goal),
        machine_text(fact.attainment),
        fact.status,
    ]
    for key in keys:
        found = fact.against(key)
        fields.append(machine_text(found.change if found else None))
        fields.append(machine_text(found.percent if found else None))
    return fields
