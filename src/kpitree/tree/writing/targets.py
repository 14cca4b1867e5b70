"""A target as a tree file has it: a number, numbers by period, or the table of one form."""

from typing import Any

from kpitree.calendar import Grain
from kpitree.numbers import machine
from kpitree.tree.model import (
    DataTarget,
    GrowthTarget,
    PathTarget,
    PeriodTargets,
    PlainTarget,
    SpreadTarget,
    Target,
)
from kpitree.tree.unparsing import spelled


def target_value(target: Target, grain: Grain) -> int | float | dict[str, Any]:
    """The value of the key `target`. grain: the tree's, for which plans are meant anyway."""
    match target:
        case PlainTarget(value=value):
            return machine(value)
        case PeriodTargets(values=values):
            return {period: machine(value) for period, value in values.items()}
        case SpreadTarget(value=value, per=per):
            return {"value": machine(value), "per": per.value}
        case GrowthTarget(growth=growth, over=over):
            return {"growth": machine(growth), "over": over}
        case PathTarget():
            return _path(target)
        case DataTarget():
            return _plan(target, grain)


def _path(target: PathTarget) -> dict[str, Any]:
    """The first point but the last is where the way begins; it may have been a milestone."""
    table: dict[str, Any] = {"value": machine(target.value), "by": target.by}
    before = target.points[:-1]
    if before:
        day, value = before[0]
        table |= {"from": machine(value), "since": day}
    if before[1:]:
        table["milestones"] = {day.isoformat(): machine(value) for day, value in before[1:]}
    return table


def _plan(target: DataTarget, grain: Grain) -> dict[str, Any]:
    plan = target.plan
    return {
        "source": plan.source,
        "measure": spelled(plan.measure),
        **({} if plan.where is None else {"where": spelled(plan.where)}),
        **({} if plan.time is None else {"time": plan.time}),
        **({} if target.per is grain else {"per": target.per.value}),
    }
