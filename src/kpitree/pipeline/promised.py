"""States that nobody measured: what the targets promise, and what others reach."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from kpitree.analysis.attribution.contract import State
from kpitree.analysis.promise import Held
from kpitree.pipeline.plan import Plan
from kpitree.tree.model import Branch, Tree

LATER: Final = "due later in the period"


def targets(plan: Plan, held: Held) -> tuple[Tree, State]:
    """The targets, and the tree as far down as they go.

    A KPI with a target, under which targets are lacking, is one driver: orders with a target of
    1,800 explain a missed revenue though nobody set one for orders per day.
    """
    # What is made of assumptions alone is its own target, unless it was promised otherwise.
    values = dict(held.constants) | {
        one: target for one in plan.nodes if (target := held.counts(one)) is not None
    }
    lacking = [
        name
        for name, kpi in plan.tree.kpis.items()
        if isinstance(kpi, Branch)
        and held.counts(name) is not None
        and held.upward.get(name) is None
    ]
    state = State(
        label="target",
        values=values,
        absent="has no target",
        measured=False,
        gaps=dict.fromkeys(held.later, LATER),
    )
    return _as_drivers(plan.tree, lacking), state


def benchmarks(plan: Plan, held: Held) -> tuple[Tree, State]:
    """The benchmarks, and the tree as far down as they go: as with targets."""
    values = dict(held.constants) | dict(held.benchmarks)
    lacking = _without_benchmarks_below(plan, values)
    state = State(label="benchmark", values=values, absent="has no benchmark", measured=False)
    return _as_drivers(plan.tree, lacking), state


def _without_benchmarks_below(plan: Plan, known: Mapping[str, float | None]) -> list[str]:
    told: dict[str, bool] = {}  # whether the drivers under a KPI, or itself, all have values
    lacking: list[str] = []
    for kpi in plan.nodes:  # operands first
        below = plan.tree.operands(kpi)
        all_below = all(told[one] for one in below)
        if known.get(kpi) is not None and not all_below:
            lacking.append(kpi)
        told[kpi] = known.get(kpi) is not None or (bool(below) and all_below)
    return lacking


def _as_drivers(tree: Tree, names: Sequence[str]) -> Tree:
    drivers = {name: replace(tree.kpis[name], driver=True) for name in names}
    return replace(tree, kpis=tree.kpis | drivers)
