"""The exact drivers of what was missed, and where a formula does not give what is measured."""

from collections.abc import Iterator, Sequence

import polars as pl

from kpitree.analysis.answer import Asked
from kpitree.analysis.attribution import attribute
from kpitree.analysis.attribution.contract import CLOSING, Attribution, State
from kpitree.analysis.promise import Held, Reference
from kpitree.analysis.recompute import value_or_none
from kpitree.errors import Notice
from kpitree.pipeline.held import in_words
from kpitree.pipeline.plan import Plan
from kpitree.pipeline.promised import targets
from kpitree.pipeline.question import Question
from kpitree.tables import MISSED, MOMENT, SEGMENT
from kpitree.tree.model import Branch, Tree


def attributions(
    plan: Plan,
    question: Question,
    kpis: pl.DataFrame,
    asked: Asked,
    span: int,
    references: Sequence[Reference],
    held: Held,
) -> list[Attribution]:
    """One for each missed KPI with a formula (or each asked for) x reference, in file order."""
    actual = State(label=_label(kpis), values=_row(plan, asked, span))
    befores = [
        (reference.vs, *before)
        for reference in references
        if (before := _before(plan, asked, reference, held)) is not None
    ]
    return [
        attribute(tree, kpi, before, actual, vs=vs)
        for kpi in _to_explain(plan, question, kpis)
        for vs, tree, before in befores
    ]


def _before(
    plan: Plan, asked: Asked, reference: Reference, held: Held
) -> tuple[Tree, State] | None:
    """The tree to explain by and the state to start from; None where there is none."""
    if reference.vs == "target":
        return targets(plan, held)
    if reference.span is None:
        return None
    return plan.tree, State(label=reference.label, values=_row(plan, asked, reference.span))


def _label(kpis: pl.DataFrame) -> str:
    label: str = kpis["period"][-1]
    return label


def _to_explain(plan: Plan, question: Question, kpis: pl.DataFrame) -> list[str]:
    """KPIs of the main period's whole that missed, and those asked for."""
    last = _label(kpis)
    segments = [pl.col(name).is_null() for name in kpis.columns if name.startswith(SEGMENT)]
    whole = kpis.filter(pl.col("period") == last, *segments)
    missed = set(whole.filter(pl.col("status").is_in(MISSED))["kpi"])
    return [
        kpi
        for kpi in plan.kpis
        if kpi in question.explain or (kpi in missed and isinstance(plan.tree.kpis[kpi], Branch))
    ]


def _row(plan: Plan, asked: Asked, span: int) -> dict[str, float | None]:
    """The whole's values at one moment."""
    frame = asked.views[0].frame.filter(pl.col(MOMENT) == span).select(list(plan.nodes))
    return dict(frame.row(0, named=True))


def unexplained(plan: Plan, asked: Asked, span: int) -> Iterator[Notice]:
    """Formulas that do not give what is measured beside them.

    The KPI has the measured value; where its formula has none, there is nothing to compare.
    """
    row = asked.views[0].frame.filter(pl.col(MOMENT) == span).row(0, named=True)
    for kpi in plan.nodes.values():
        if not isinstance(kpi, Branch) or kpi.measured is None:
            continue
        formula, measured = value_or_none(kpi, row), row[kpi.id]
        if formula is None or measured is None:
            continue
        gap = measured - formula
        if abs(gap) > CLOSING * max(abs(formula), abs(measured)):
            yield Notice(
                code="unexplained",
                kpi=kpi.id,
                message=f"{kpi.label} is measured as {in_words(kpi, measured)}, its"
                f" formula gives {in_words(kpi, formula)}:"
                f" {in_words(kpi, gap)} unexplained",
            )
