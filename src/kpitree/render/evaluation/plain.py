"""`plain`: one KPI x segment x period a line, fields separated by tabs, for `awk` and `cut`.

No header. The fields, in order:

    1     kpi          its name in the tree file
    ...   segment      one field a dimension of --by, in the order asked for; empty for the whole
    +1    period       2026-10
    +2    value        in the KPI's unit, unrounded (a ratio is 0.25)
    +3    target       its own, else the one its operands' targets imply
    +4    attainment   1 = target met
    +5    status       on_track | at_risk | off_track | no_target | no_data
    +6    partial      12/30: how many of its days a running period has; empty for a whole one
    ...   change, percent   two fields for each reference of the whole answer, in the order
                       asked for (by default target, previous, last-year); percent is a fraction

A field is empty where there is no value. Every line has the same number of fields.
"""

from collections.abc import Iterator

from kpitree.analysis.results.evaluation import Evaluation
from kpitree.render.evaluation.facts import Fact, facts, reference_keys
from kpitree.render.fields import Field
from kpitree.render.style import Style


def plain(evaluation: Evaluation, style: Style) -> Iterator[list[Field]]:
    """The fields of each line."""
    rows = facts(evaluation, depth=style.depth)
    keys = reference_keys(rows)
    partial = {
        one.span.label: f"{one.covered_days}/{one.days}"
        for one in evaluation.periods
        if not one.complete
    }
    return (_fields(fact, evaluation.dimensions, partial, keys) for fact in rows)


def _fields(
    fact: Fact, dimensions: tuple[str, ...], partial: dict[str, str], keys: list[str]
) -> list[Field]:
    segment = dict(fact.segment)
    fields: list[Field] = [
        fact.kpi.id,
        *(segment.get(dimension) for dimension in dimensions),
        fact.period,
        fact.value,
        fact.goal,
        fact.attainment,
        fact.status,
        partial.get(fact.period),
    ]
    for key in keys:
        found = fact.against(key)
        fields += [found.change, found.percent] if found else [None, None]
    return fields
