"""KPIs in one line each, for tests that need no file."""

from typing import Any

from kpitree.tree.model import Branch, Constant, Leaf, Node, Threshold, Thresholds
from kpitree.tree.parsing import parse_formula, parse_measure


def leaf(kpi: str, measure: str = "count()", **about: Any) -> Leaf:
    about.setdefault("label", kpi.capitalize())
    about.setdefault("source", "sales")
    return Leaf(id=kpi, measure=parse_measure(measure), **about)


def branch(kpi: str, formula: str, **about: Any) -> Branch:
    about.setdefault("label", kpi.capitalize())
    return Branch(id=kpi, formula=parse_formula(formula), **about)


def constant(kpi: str, value: float | dict[str, float], **about: Any) -> Constant:
    about.setdefault("label", kpi.capitalize())
    return Constant(id=kpi, value=value, **about)


def by_id(*kpis: Node) -> dict[str, Node]:
    return {kpi.id: kpi for kpi in kpis}


def relative(at_risk: float, off_track: float) -> Thresholds:
    """Thresholds in fractions of the target."""
    return Thresholds(
        at_risk=Threshold(amount=at_risk, relative=True),
        off_track=Threshold(amount=off_track, relative=True),
    )


def absolute(at_risk: float, off_track: float) -> Thresholds:
    """Thresholds in the KPI's own unit; "2pp" of a rate is 0.02."""
    return Thresholds(
        at_risk=Threshold(amount=at_risk, relative=False),
        off_track=Threshold(amount=off_track, relative=False),
    )
