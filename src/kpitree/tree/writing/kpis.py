"""A KPI as its [kpi.NAME] table."""

from decimal import Decimal
from math import inf, nextafter
from typing import Any

from kpitree.calendar import Grain
from kpitree.numbers import machine
from kpitree.tree.model import (
    Branch,
    Constant,
    Kpi,
    Leaf,
    Node,
    Threshold,
    Thresholds,
)
from kpitree.tree.naming import label_of
from kpitree.tree.unparsing import spelled
from kpitree.tree.writing.targets import target_value


def kpi_table(node: Node, grain: Grain) -> dict[str, Any]:
    """The keys of a KPI, without those that say what holds anyway. grain: the tree's."""
    keys = {
        "label": None if node.label == label_of(node.id) else node.label,
        "description": node.description or None,
        **_made_of(node),
        "unit": None if node.unit == "number" else node.unit,
        "decimals": node.decimals,
        "role": node.role,
        **_good(node),
        "target": None if node.target is None else target_value(node.target, grain),
        "thresholds": _thresholds(node.thresholds, node.unit) or None,
        "benchmark": _benchmark(node),
        "owner": node.owner,
        "department": node.department,
        "review": node.review,
        "deadline": node.deadline,
        "indicator": node.indicator,
        "leads": list(node.leads) or None,
        "level": node.level,
        "tags": list(node.tags) or None,
        "controllable": node.controllable or None,
        "driver": node.driver or None,
        "missing": node.missing,
        "counterweight": node.counterweight,
        "rebaseline": list(node.rebaseline) or None,
        "ignore": list(node.ignore) or None,
    }
    return {key: value for key, value in keys.items() if value is not None}


def _made_of(node: Node) -> dict[str, Any]:
    match node:
        case Branch(formula=formula, measured=None):
            return {"formula": spelled(formula)}
        case Branch(formula=formula, measured=Leaf() as measured):
            return {"formula": spelled(formula), **_rows("measured", measured)}
        case Leaf():
            return _rows("measure", node)
        case Constant(value=value):
            if isinstance(value, dict):
                return {"value": {period: machine(one) for period, one in value.items()}}
            return {"value": machine(value)}
    raise AssertionError(f"{type(node).__name__} is no kind of KPI")


def _rows(key: str, leaf: Leaf) -> dict[str, Any]:
    return {
        key: spelled(leaf.measure),
        "source": leaf.source,
        "where": None if leaf.where is None else spelled(leaf.where),
        "time": leaf.time,
        "at": None if leaf.at == "end" else leaf.at,
        "count_when": leaf.count_when,
        "carry": leaf.carry or None,
    }


def _good(node: Kpi) -> dict[str, Any]:
    """Which values are good ones."""
    if node.good_range is not None:
        return {"range": [machine(end) for end in node.good_range]}
    return {} if node.direction == "up" else {"direction": node.direction}


def _thresholds(thresholds: Thresholds, unit: str) -> dict[str, Any]:
    standard = Thresholds()
    pairs = {
        "at_risk": (thresholds.at_risk, standard.at_risk),
        "off_track": (thresholds.off_track, standard.off_track),
    }
    return {
        key: threshold_value(value, unit) for key, (value, usual) in pairs.items() if value != usual
    }


def threshold_value(threshold: Threshold, unit: str) -> str | int | float:
    """A threshold as it is read again: "5%" of the target, "2pp" of a rate, or a number."""
    if threshold.relative or unit == "percent":
        number = _hundredfold(threshold.amount)
        if number is not None:
            return f"{number}{'%' if threshold.relative else 'pp'}"
    assert not threshold.relative, "a relative one was read from such a text"
    return machine(threshold.amount)


def _hundredfold(amount: float) -> str | None:
    """A decimal number that, divided by 100, is just this amount."""
    near = float(Decimal(repr(amount)) * 100)
    for number in (near, nextafter(near, inf), nextafter(near, -inf)):
        text = f"{Decimal(repr(machine(number))):f}"
        if float(text) / 100 == amount and len(text.split(".", 1)[0]) <= 9:
            return text
    return None


def _benchmark(node: Kpi) -> dict[str, Any] | None:
    if node.benchmark is None:
        return None
    source = {"source": node.benchmark.source} if node.benchmark.source else {}
    return {"value": machine(node.benchmark.value), **source}
