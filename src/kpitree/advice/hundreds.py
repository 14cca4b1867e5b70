"""Percentages that were written as hundreds: kpitree shows 0.62 as 62 %, and 62 as 6,200 %."""

from collections.abc import Iterator
from typing import Final

from kpitree.advice.contract import Finding
from kpitree.tree.expressions import Call, Expr, Number
from kpitree.tree.model import (
    Branch,
    Constant,
    Kpi,
    Leaf,
    Node,
    PathTarget,
    PeriodTargets,
    PlainTarget,
    SpreadTarget,
    Tree,
)

MOST: Final = 5.0  # 500 %: what is more was hardly meant
WORDS: Final = frozenset({"%", "pct", "percents", "percentage"})
HUNDRED: Final = Number(100.0)


def percent_as_hundred(tree: Tree) -> Iterator[Finding]:
    """A share is 0.62, which its unit shows as 62 %."""
    for kpi in tree.kpis.values():
        for message, key in _in(kpi):
            yield Finding(code="KT110", message=message, key=("kpi", kpi.id, key), kpi=kpi.id)


def _in(kpi: Node) -> Iterator[tuple[str, str]]:
    unit = kpi.unit.strip().casefold()
    if unit in WORDS or (unit == "percent" and kpi.unit != "percent"):
        yield (
            f"the unit of {kpi.id} is {kpi.unit!r}, a word like any other: 0.62 stays 0.62",
            "unit",
        )
    if kpi.unit != "percent":
        return
    for key, values in _numbers(kpi):
        if (most := max(values, key=abs, default=0.0)) and abs(most) > MOST:
            said = f"{most:,.6g}, is {most * 100:,.6g} %"
            yield f"{kpi.id} is in percent, and its {key}, {said}", key
    match kpi:
        case Branch(formula=expr):
            key = "formula"
        case Leaf(measure=expr):
            key = "measure"
        case _:
            return
    if _times_hundred(expr):
        yield f"{kpi.id} is in percent, and its {key} multiplies by 100", key


def _numbers(kpi: Node) -> Iterator[tuple[str, tuple[float, ...]]]:
    """The key and what stands there, in the KPI's unit."""
    yield "target", _of_target(kpi)
    yield "range", kpi.good_range or ()
    yield "benchmark", () if kpi.benchmark is None else (kpi.benchmark.value,)
    if isinstance(kpi, Constant):
        value = kpi.value
        yield "value", tuple(value.values()) if isinstance(value, dict) else (value,)


def _of_target(kpi: Kpi) -> tuple[float, ...]:
    match kpi.target:
        case PlainTarget(value=value) | SpreadTarget(value=value):
            return (value,)
        case PeriodTargets(values=values):
            return tuple(values.values())
        case PathTarget(points=points):
            return tuple(value for _, value in points)
        case _:
            return ()


def _times_hundred(expr: Expr) -> bool:
    """Whether a product anywhere in it has the factor 100; conditions aside."""
    if not isinstance(expr, Call):
        return False
    return (expr.name == "*" and HUNDRED in expr.args) or any(map(_times_hundred, expr.args))
