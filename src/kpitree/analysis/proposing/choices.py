"""What was chosen, as the tables of a tree file."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from kpitree.analysis.proposing.columns import Column
from kpitree.analysis.proposing.elements import Breakdown, Element, formula, names_of
from kpitree.analysis.proposing.goals import Goal
from kpitree.analysis.proposing.naming import identifier
from kpitree.analysis.proposing.reading import Reading
from kpitree.calendar import Grain
from kpitree.tree.expressions import Call, Expr, Name, Number, Text
from kpitree.tree.measures import both
from kpitree.tree.unparsing import spelled

SOURCE: Final = "data"


@dataclass(frozen=True, slots=True)
class Only:
    """The rows of one currency: the column of currencies, and which."""

    column: str
    value: str

    @property
    def condition(self) -> Expr:
        """The row condition."""
        return Call("==", (Name(self.column), Text(self.value)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """All that a new tree needs to know.

    path: of the data, as the file is to say it. time: the column, and `time_format` if one is
    needed. label: of the goal. levers: places in the breakdown. target: of the goal, by its grain;
    by: the day by which it is to be reached. covers: the days that the rows speak for, where they
    do not say it themselves. only: the rows that count. turned: how
    many rows end before they start. lever_targets: by place in the breakdown.
    """

    name: str
    path: str
    encoding: str | None
    reading: Reading
    time: Column
    time_format: str | None
    goal: Goal
    label: str
    currency: str | None
    breakdown: Breakdown
    levers: tuple[int, ...]
    dimensions: tuple[str, ...]
    grain: Grain
    review: str
    owner: str
    down: bool
    covers: tuple[date, date] | None = None
    only: Only | None = None
    turned: int = 0
    target: float | None = None
    by: date | None = None
    lever_targets: dict[int, float] = field(default_factory=dict)

    @property
    def root(self) -> str:
        return identifier(self.label, "goal")

    @property
    def source(self) -> str:
        return identifier(self.path.replace("\\", "/").rpartition("/")[2].partition(".")[0], SOURCE)

    @property
    def elements(self) -> dict[str, Element]:
        """By the name of their KPI."""
        names = names_of(self.breakdown, [self.root])
        return dict(zip(names, self.breakdown.elements, strict=True))


def tables_of(choices: Choices) -> dict[str, Any]:
    """The tables of the tree file, in the order in which a reader wants them."""
    tree: dict[str, Any] = {"name": choices.name, "root": choices.root}
    if choices.currency:
        tree["currency"] = choices.currency
    elements = choices.elements
    kpis = {choices.root: _goal(choices, list(elements))}
    for at, (name, element) in enumerate(elements.items()):
        kpis[name] = _element(choices, at, element)
    return {
        "tree": tree,
        "calendar": {"grain": str(choices.grain)},
        "sources": {choices.source: _source(choices)},
        "kpi": kpis,
    }


def _source(choices: Choices) -> dict[str, Any]:
    source: dict[str, Any] = {"path": choices.path, **_placed(choices)}
    if choices.time_format:
        source["time_format"] = choices.time_format
    if choices.encoding:
        source["encoding"] = choices.encoding
    if choices.time.computed is not None:
        source["columns"] = {choices.time.name: spelled(choices.time.computed)}
    if choices.covers is not None:
        source["covers"] = list(choices.covers)
    if (where := _where(choices)) is not None:
        source["where"] = spelled(where)
    source |= choices.reading.keys(choices.goal.numbers)
    dimensions: dict[str, str] = {}
    for column in choices.dimensions:
        dimensions[identifier(column, "by", dimensions)] = column
    if dimensions:
        source["dimensions"] = dimensions
    return source


def _placed(choices: Choices) -> dict[str, Any]:
    """The columns that place rows in time."""
    if choices.goal.until is not None:
        return {"from": choices.time.name, "to": choices.goal.until}
    return {"time": choices.time.name}


def _where(choices: Choices) -> Expr | None:
    """The condition that all rows of the source fulfil."""
    condition = None if choices.only is None else choices.only.condition
    if choices.turned and choices.goal.until is not None:
        start, end = Name(choices.time.name), Name(choices.goal.until)
        lasts = Call(">=", (Call("days_between", (start, end)), Number(0)))
        condition = both(condition, Call("or", (Call("is_null", (end,)), lasts)))
    outcome = choices.goal.outcome
    if outcome is not None and choices.time.nulls:
        return both(outcome.is_decided, condition)  # the others have no day yet
    return condition


def _goal(choices: Choices, names: list[str]) -> dict[str, Any]:
    goal, breakdown = choices.goal, choices.breakdown
    kpi: dict[str, Any] = {
        "label": choices.label,
        "description": f"{goal.said[:1].upper()}{goal.said[1:]}",
    }
    if not names:
        kpi |= {"measure": spelled(goal.measure), "source": choices.source}
    elif breakdown.measured:
        kpi |= {
            "formula": spelled(formula(breakdown, names)),
            "measured": spelled(goal.measure),
            "source": choices.source,
        }
    else:
        kpi["formula"] = spelled(formula(breakdown, names))
    if goal.unit != "number":
        kpi["unit"] = goal.unit
    kpi["role"] = "kgi"
    if choices.down:
        kpi["direction"] = "down"
    if choices.target is not None and choices.by is not None:
        kpi["target"] = {"value": choices.target, "by": choices.by}
        kpi["deadline"] = choices.by
    elif choices.target is not None:
        kpi["target"] = choices.target
    return kpi | _care(choices)


def _care(choices: Choices) -> dict[str, Any]:
    """Who answers for a KPI, and how often it is looked at."""
    care = {"review": choices.review}
    return {"owner": choices.owner} | care if choices.owner else care


def _element(choices: Choices, at: int, element: Element) -> dict[str, Any]:
    kpi: dict[str, Any] = {
        "label": element.label,
        "description": element.said,
        "measure": spelled(element.measure),
        "source": choices.source,
    }
    if element.unit != "number":
        kpi["unit"] = element.unit
    if element.decimals is not None and not element.adds:
        kpi["decimals"] = element.decimals
    if at not in choices.levers:
        return kpi | {"role": "metric"}
    if choices.down is not _divides(choices, at):
        kpi["direction"] = "down"
    kpi["controllable"] = True
    if at in choices.lever_targets:
        kpi["target"] = choices.lever_targets[at]
    return kpi | _care(choices)


def _divides(choices: Choices, at: int) -> bool:
    """Whether more of the element makes the goal less."""
    return choices.breakdown.sign == "/" and at > 0


def columns_used(choices: Choices) -> list[str]:
    """Columns whose words for nothing matter: those used as numbers, and the time."""
    return [choices.time.name, *choices.goal.numbers]
