"""What a goal is made of: identities, so that the tree gives the goal to the cent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kpitree.analysis.proposing.columns import Column, Seems
from kpitree.analysis.proposing.goals import Goal
from kpitree.analysis.proposing.labels import rows_label, stock_label, things
from kpitree.analysis.proposing.naming import identifier
from kpitree.tree.expressions import Call, Expr, Flag, Name, Number, Text

_MOST: Final = 6  # members that become elements of a sum


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A leaf under the goal. counts: whether it is a plain count; adds: whether periods add up."""

    label: str
    said: str
    measure: Expr
    unit: str = "number"
    decimals: int | None = None
    counts: bool = False
    adds: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """A goal as an exact formula. sign: "*", "+" or "/" between the elements; "" for none.

    measured: whether the goal should also be measured, as members may come that are no elements.
    """

    sign: str
    elements: tuple[Element, ...] = ()
    measured: bool = False

    @property
    def said(self) -> str:
        sign = {"*": " × ", "/": " ÷ "}.get(self.sign, f" {self.sign} ")
        return sign.join(one.label for one in self.elements) or "leave it whole for now"


def breakdowns_of(goal: Goal, columns: Sequence[Column], time: Column) -> list[Breakdown]:
    """The ways to take a goal apart, the most telling first; the last is not to."""
    match goal.kind:
        case "sum" if goal.outcome is not None:
            found = [_funnel(goal, columns)]
        case "sum":
            found = [*_by_order(goal), _by_row(goal, columns), *_by_member(goal, columns)]
        case "count":
            found = [*_by_day(goal, time), *_by_member(goal, columns)]
        case _:
            found = [_ratio(goal, columns)]
    return [*found, Breakdown(sign="")]


def formula(breakdown: Breakdown, names: Sequence[str]) -> Expr:
    """Over the KPIs that the elements have become."""
    return Call(breakdown.sign, tuple(map(Name, names)))


def names_of(breakdown: Breakdown, taken: Sequence[str]) -> list[str]:
    """A KPI's name for each element, none of them taken."""
    names: list[str] = []
    for one in breakdown.elements:
        names.append(identifier(one.label, "part", [*taken, *names]))
    return names


# --- the ways ------------------------------------------------------------------------------------


def _value(goal: Goal) -> Expr:
    assert goal.value is not None
    return goal.value


def _sum_of(expr: Expr, where: Expr | None = None) -> Call:
    return Call("sum", (expr,), where)


def one_of(label: str) -> str:
    """One of several: Orders, order; Rows, row."""
    low = label[:1].lower() + label[1:] if label[1:] == label[1:].lower() else label
    if low.endswith("ies") and len(low) > 4:
        return f"{low[:-3]}y"
    return low[:-1] if low.endswith("s") and not low.endswith("ss") else low


def _by_order(goal: Goal) -> Iterator[Breakdown]:
    if goal.id is None:
        return
    label = things(goal.id)
    order = one_of(label)
    number = Call("n_unique", (Name(goal.id),))
    orders = Element(
        label=label, said=f"Different values of {goal.id}", measure=number, counts=True, adds=True
    )
    pieces: Expr = Call("count", ()) if goal.quantity is None else _sum_of(Name(goal.quantity))
    per_order = Element(
        label=f"Items per {order}",
        said=f"Rows for each {order}" if goal.quantity is None else f"{goal.quantity} per {order}",
        measure=Call("/", (pieces, number)),
        unit="number" if goal.quantity is None else "items",
        decimals=2,
    )
    price = _price(goal, pieces, "item")
    yield Breakdown(sign="*", elements=(orders, per_order, price))
    whole = _price(goal, number, order)
    yield Breakdown(sign="*", elements=(orders, whole))


def _price(goal: Goal, per: Expr, word: str) -> Element:
    label = f"Price per {word}" if goal.price and word == "item" else f"{goal.label} per {word}"
    return Element(
        label=label,
        said=f"{goal.said[:1].upper()}{goal.said[1:]}, for each {word}",
        measure=Call("/", (_sum_of(_value(goal)), per)),
        unit=goal.unit,
        decimals=2,
    )


def _by_row(goal: Goal, columns: Sequence[Column]) -> Breakdown:
    """Pieces and their price where a row is several, else rows and what each is worth."""
    if goal.quantity is not None:
        pieces = _sum_of(Name(goal.quantity))
        items = Element(
            label="Items", said=f"Sum of {goal.quantity}", measure=pieces, unit="items",
            counts=True, adds=True,
        )  # fmt: skip
        return Breakdown(sign="*", elements=(items, _price(goal, pieces, "item")))
    kind, label, said = rows_label(columns), rows_label(columns), "Number of rows"
    if goal.until is not None:
        label = stock_label(columns, next(one for one in columns if one.name == goal.time))
        said = "Rows that last, at the end of the period"
    count = Call("count", ())
    rows = Element(label=label, said=said, measure=count, counts=True, adds=True)
    return Breakdown(sign="*", elements=(rows, _price(goal, count, one_of(kind))))


def _funnel(goal: Goal, columns: Sequence[Column]) -> Breakdown:
    assert goal.outcome is not None
    outcome, label = goal.outcome, rows_label(columns)
    won = Call("count", (), outcome.is_won)
    decided = Call("count", (), outcome.is_decided)
    one = one_of(label)
    return Breakdown(
        sign="*",
        elements=(
            Element(
                label=f"{label} decided",
                said=f"Rows whose {outcome.column} is {outcome.won} or {outcome.lost}",
                measure=decided,
                counts=True,
                adds=True,
            ),
            Element(
                label="Close rate",
                said=f"The share of them that is {outcome.won}",
                measure=Call("/", (won, decided)),
                unit="percent",
            ),
            Element(
                label=f"{goal.label} per {one} {outcome.won}",
                said=f"What a {one} that is {outcome.won} is worth",
                measure=Call("/", (_sum_of(_value(goal), outcome.is_won), won)),
                unit=goal.unit,
                decimals=2,
            ),
        ),
    )


def _by_member(goal: Goal, columns: Sequence[Column]) -> Iterator[Breakdown]:
    """The goal as the sum over the members of a dimension with few."""
    if goal.kind == "count" and goal.id is not None:
        return  # an order may have rows of several members
    for column in columns:
        if column.seems is not Seems.DIMENSION or column.members is None:
            continue
        if not 2 <= len(column.members) <= _MOST:
            continue
        elements = [_member(goal, column, member) for member in column.members]
        if column.nulls:
            elements.append(_without(goal, column))
        yield Breakdown(sign="+", elements=tuple(elements), measured=True)
        return


def _literal(column: Column, member: str) -> Expr:
    match column.kind:
        case "number":
            return Number(float(member))
        case "boolean":
            return Flag(member == "true")
        case _:
            return Text(member)


def _within(goal: Goal, where: Expr) -> Call:
    return Call("count", (), where) if goal.kind == "count" else _sum_of(_value(goal), where)


def _member(goal: Goal, column: Column, member: str) -> Element:
    return Element(
        label=member.strip() if not member.isdigit() else f"{column.name} {member}",
        said=f"{goal.label} where {column.name} is {member}",
        measure=_within(goal, Call("==", (Name(column.name), _literal(column, member)))),
        unit=goal.unit,
        counts=goal.kind == "count",
        adds=True,
    )


def _without(goal: Goal, column: Column) -> Element:
    return Element(
        label=f"Without {column.name}",
        said=f"{goal.label} where {column.name} is empty",
        measure=_within(goal, _is_empty(column)),
        unit=goal.unit,
        counts=goal.kind == "count",
        adds=True,
    )


def _is_empty(column: Column) -> Expr:
    name = Name(column.name)
    if column.kind != "text":
        return Call("is_null", (name,))
    text = Call("strip", (Call("coalesce", (name, Text(""))),))  # spaces alone say nothing, too
    return Call("==", (text, Text("")))


def _by_day(goal: Goal, time: Column) -> Iterator[Breakdown]:
    """Days on which there is something, times how much there is on such a day."""
    if goal.until is not None:
        return
    if time.days < 2 or time.unique != time.days or time.nulls or time.null_words:
        return  # other texts than days
    days = Call("n_unique", (Name(time.name),))
    per_day = Element(
        label=f"{goal.label} per day",
        said=f"{goal.label} for each day with rows",
        measure=Call("/", (goal.measure, days)),
        decimals=1,
    )
    open_days = Element(
        label="Days with rows", said=f"Different values of {time.name}", measure=days, unit="days",
        counts=True, adds=True,
    )  # fmt: skip
    yield Breakdown(sign="*", elements=(open_days, per_day))


def _ratio(goal: Goal, columns: Sequence[Column]) -> Breakdown:
    (number,) = goal.numbers
    total = Element(
        label=f"Sum of {number}",
        said=f"Sum of {number}",
        measure=_sum_of(Name(number)),
        unit="number" if goal.unit == "percent" else goal.unit,
        adds=True,
    )
    filled = Element(
        label=f"{rows_label(columns)} with {number}",
        said=f"Rows that have a value in {number}",
        measure=Call("count", (Name(number),)),
        counts=True,
        adds=True,
    )
    return Breakdown(sign="/", elements=(total, filled))
