"""The long table: one row a KPI x segment x period x comparison.

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

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from kpitree.analysis.results.evaluation import Evaluation
from kpitree.render.evaluation.facts import Comparison, Fact, facts
from kpitree.render.fields import Field
from kpitree.render.segment import column_names
from kpitree.render.style import Style

Columns = Mapping[str, type[pl.DataType]]

ABOUT: Final[Columns] = {
    **dict.fromkeys(("kpi", "label", "role", "unit", "owner"), pl.String),
    "depth": pl.Int64,
}
FIGURES: Final[Columns] = {
    "period": pl.String,
    "value": pl.Float64,
    "reason": pl.String,
    "target": pl.Float64,
    "target_implied": pl.Float64,
    "target_reason": pl.String,
    "attainment": pl.Float64,
    "status": pl.String,
}
COMPARED: Final[Columns] = {
    "vs": pl.String,
    "vs_label": pl.String,
    "reference": pl.Float64,
    "change": pl.Float64,
    "percent": pl.Float64,
    "favourable": pl.Boolean,
    "signal": pl.String,
    "vs_reason": pl.String,
}


def long(evaluation: Evaluation, style: Style) -> pl.DataFrame:
    """The frame; without rows when no KPI is left to show."""
    names = column_names(evaluation.dimensions, {*ABOUT, *FIGURES, *COMPARED})
    schema: dict[str, type[pl.DataType]] = {**ABOUT, **dict.fromkeys(names.values(), pl.String)}
    schema |= {**FIGURES, **COMPARED}
    return pl.DataFrame(list(_rows(evaluation, style)), schema=schema, orient="row")


def _rows(evaluation: Evaluation, style: Style) -> Iterator[list[Field]]:
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
        fact.value,
        fact.reason,
        fact.target,
        fact.target_implied,
        fact.target_reason,
        fact.attainment,
        fact.status,
    ]


def _compared(found: Comparison | None) -> list[Field]:
    if found is None:
        return [None] * len(COMPARED)
    return [
        found.vs,
        found.label,
        found.reference,
        found.change,
        found.percent,
        found.favourable,
        found.signal,
        found.reason,
    ]
