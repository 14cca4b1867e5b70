"""The long table behind jsonl, csv and tsv: one row a KPI x segment x period x comparison.

A KPI without comparisons still has one row, with the comparison's columns null. The columns:

    kpi, label, role, unit, owner, depth
    (one column a dimension of --by, by its name; null for the whole)
    period            the period's label, such as 2026-10
    value, reason     reason: null, or why there is no value
    target, target_implied, target_reason
    attainment        a fraction: 1 = target met
    status            on_track | at_risk | off_track | no_target | no_data
    vs                target | previous | last-year | benchmark | period
    vs_label          the reference by name: 2026-09
    reference, change, percent
    favourable        whether the change is in the KPI's good direction; null for no change
    signal            signal | noise; null with too little history
    vs_reason         why there is no reference or change, else null

Numbers are unrounded and in the KPI's unit (a ratio is 0.25); percent is a fraction too.
A dimension that is called like another column has `segment_` before its name.
"""

from collections.abc import Iterator

from kpitree.analysis.result import Evaluation
from kpitree.numbers import machine
from kpitree.render.facts import Comparison, Fact, facts
from kpitree.render.style import Style

Field = str | int | float | bool | None

ABOUT = ("kpi", "label", "role", "unit", "owner", "depth")
FIGURES = (
    "period",
    "value",
    "reason",
    "target",
    "target_implied",
    "target_reason",
    "attainment",
    "status",
)
COMPARED = (
    "vs",
    "vs_label",
    "reference",
    "change",
    "percent",
    "favourable",
    "signal",
    "vs_reason",
)


def columns(dimensions: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the columns, each once."""
    taken = {*ABOUT, *FIGURES, *COMPARED}
    names: list[str] = []
    for dimension in dimensions:
        name = dimension
        while name in taken:
            name = f"segment_{name}"
        taken.add(name)
        names.append(name)
    return (*ABOUT, *names, *FIGURES, *COMPARED)


def rows(evaluation: Evaluation, style: Style) -> Iterator[list[Field]]:
    """The rows, their fields in the order of columns()."""
    for fact in facts(evaluation, depth=style.depth):
        about = _about(evaluation, fact)
        for comparison in fact.comparisons or (None,):
            yield [*about, *_compared(comparison)]


def _about(evaluation: Evaluation, fact: Fact) -> list[Field]:
    kpi = fact.kpi
    segment = dict(fact.segment)
    return [
        kpi.id,
        kpi.label,
        kpi.role,
        kpi.unit,
        kpi.owner,
        evaluation.depths.get(kpi.id),
        *(segment.get(dimension) for dimension in evaluation.dimensions),
        fact.period,
        number(fact.value),
        fact.reason,
        number(fact.target),
        number(fact.target_implied),
        fact.target_reason,
        number(fact.attainment),
        fact.status,
    ]


def _compared(found: Comparison | None) -> list[Field]:
    if found is None:
        return [None] * len(COMPARED)
    return [
        found.vs,
        found.label,
        number(found.reference),
        number(found.change),
        number(found.percent),
        found.favourable,
        found.signal,
        found.reason,
    ]


def number(value: float | None) -> int | float | None:
    """The machine form of a number that may be missing."""
    return None if value is None else machine(value)


def field_text(field: Field) -> str:
    """A number, flag or null as csv and tsv write it; texts as they are."""
    match field:
        case None:
            return ""
        case bool():
            return "true" if field else "false"
        case str():
            return field
        case _:
            return repr(field)
