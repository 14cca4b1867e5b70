"""What the levers say, in a sentence or two fit for a mail.

Revenue is 325.8 k short of its target of 3,000,000.00. Close rate alone would have to rise by
6.8 pp to 62.8 %; its best was 64.6 % in 2025-07.
"""

from typing import Final

from kpitree.analysis.results.levers import Levers
from kpitree.numbers import Numbers
from kpitree.render.kpis import numbers_of
from kpitree.render.levers.rows import Row, easiest
from kpitree.render.style import Style
from kpitree.render.words import in_running_text, visible

GOALS: Final = {
    "target": "its target of",
    "target (implied)": "its implied target of",
    "goal": "the goal of",
}


def sentence(levers: Levers, style: Style) -> str:
    """How far away the goal is, and the lever that is nearest to reaching it."""
    kpi = levers.tree.kpis[levers.kpi]
    label = visible(kpi.label)
    if levers.value is None:
        return f"{label} has no value: {visible(levers.reason or 'no value')}."
    goal = levers.goal.value
    if goal is None:
        return f"{label} has nothing to reach: {visible(levers.goal.reason or 'no target')}."
    numbers = numbers_of(kpi, style)
    told = f"{label} {_stands(levers, levers.value, goal, numbers)}."
    if levers.value == goal or not any(levers.rows["controllable"]):
        return told
    return f"{told} {_nearest(levers, style)}."


def _stands(levers: Levers, value: float, goal: float, numbers: Numbers) -> str:
    end = "begins" if value < goal else "ends"
    name = GOALS.get(levers.goal.label, f"its good range, which {end} at")
    named = f"{name} {numbers.value(goal, word=True)}"
    if value == goal:
        return f"is at {named}"
    scale = numbers.compact_scale(goal - value)
    gap = numbers.compact(abs(scale.of(goal - value)), scale, signed=False)
    return f"is {gap} {'short of' if value < goal else 'above'} {named}"


def _nearest(levers: Levers, style: Style) -> str:
    row, was_there = easiest(levers)
    if row is None:
        return "No lever reaches it alone"
    if levers.goal.reached and not was_there:  # there is room below what it ever was
        return _would_have_to(levers, row, style)
    if was_there or row.best is None:
        return f"{_would_have_to(levers, row, style)}{_before(row, style)}"
    numbers = numbers_of(row.kpi, style)
    best = f"{numbers.value(row.best, word=True)} in {visible(row.best_period or '')}"
    what = _would_have_to(levers, row, style, first=False)
    told = f"No lever was ever where it would have to be; {what}"
    return f"{told}, and its best was {best}"


def _would_have_to(levers: Levers, row: Row, style: Style, *, first: bool = True) -> str:
    """first: the words begin a sentence."""
    numbers = numbers_of(row.kpi, style)
    change, needed = row.change or 0.0, row.needed or 0.0
    label = visible(row.kpi.label if first else in_running_text(row.kpi.label, row.kpi.id))
    wanted = numbers.value(needed, word=True)
    amount = numbers.change(abs(change)).removeprefix("+")
    if levers.goal.reached:
        moved = "rise" if change > 0 else "fall"
        return f"{label} alone could {moved} by {amount} to {wanted} before it is missed"
    return f"{label} alone would have to {'rise' if change > 0 else 'fall'} by {amount} to {wanted}"


def _before(row: Row, style: Style) -> str:
    """Where the lever was; its best value where that is as far or farther."""
    if row.best is None or row.needed is None or row.change is None:
        return ""
    if (row.best - row.needed) * row.change < 0:
        return f"; it was as {'high' if row.change > 0 else 'low'} before"
    best = numbers_of(row.kpi, style).value(row.best, word=True)
    return f"; its best was {best} in {visible(row.best_period or '')}"
