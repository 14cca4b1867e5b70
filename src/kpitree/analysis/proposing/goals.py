"""Which number a tree may explain, made of the columns of a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kpitree.analysis.proposing.columns import (
    Column,
    Seems,
    is_better_low,
    is_cost,
    is_price,
    is_total,
    words_of,
)
from kpitree.analysis.proposing.labels import lowered, rows_label, stock_label, things, title
from kpitree.analysis.proposing.likeliest import amounts, currency_column, ids_of_orders, spans_of
from kpitree.analysis.proposing.outcomes import Outcome, outcome_of
from kpitree.tree.expressions import Call, Expr, Name

MOST_GOALS: Final = 12
_CLOSED: Final = frozenset({"closed", "close", "decided", "won", "abgeschlossen", "ende", "end"})
_SHORT: Final = frozenset({"mrr", "arr"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A number that a tree may explain.

    kind: "sum" of `value` (a row expression), "count" of rows (or of different values of `id`),
    or "mean" of `value`. said: what it is, in words. numbers: the columns used as numbers.
    unit: as in a tree file. down: whether less of it is likely to be better; sure: whether that
    need not be asked. outcome: it is about rows that ended well.
    quantity: how many pieces a row is.
    id: the column that tells orders apart, if rows are parts of such.
    until: of rows that last, the column with their end: it is what is there at the end of a period.
    time: what it should be placed in time by, rather than by the likeliest column.
    """

    label: str
    said: str
    kind: str
    value: Expr | None = None
    id: str | None = None
    quantity: str | None = None
    numbers: tuple[str, ...] = ()
    unit: str = "number"
    down: bool = False
    sure: bool = True
    outcome: Outcome | None = None
    time: str | None = None
    until: str | None = None
    price: bool = False

    @property
    def measure(self) -> Expr:
        where = None if self.outcome is None else self.outcome.is_won
        match self.kind, self.value:
            case "count", _:
                unique = Call("n_unique", (Name(self.id),)) if self.id is not None else None
                return unique or Call("count", (), where)
            case _, value:
                assert value is not None
                return Call(self.kind, (value,), where)


def goals_of(columns: Sequence[Column], unread: Sequence[str] = ()) -> list[Goal]:
    """What a tree may be about, the likeliest first; at least the number of rows.

    unread: columns of numbers that cannot be read.
    """
    known = [one for one in columns if one.name not in unread]
    flows = [*_won(known), *_sales(known), *_sums(known), *_counts(known), *_others(known)]
    spans = spans_of(known)
    found = flows if spans is None else [*_stocks(known, *spans), *map(_started, flows)]
    once = {goal.said: goal for goal in reversed(found)}
    return [goal for goal in found if once.pop(goal.said, None) is not None][:MOST_GOALS]


def goal_of(columns: Sequence[Column], name: str) -> Goal | None:
    """The sum of a column of numbers, or the mean of a rate; None for other columns."""
    column = next((one for one in columns if one.name == name and one.is_number), None)
    if column is None:
        return None
    mean = column.seems is Seems.RATE
    return _mean(column) if mean else _sum(column, _id_of(columns))


def several_currencies(columns: Sequence[Column], goal: Goal) -> tuple[str, ...]:
    """Those that stand in one column of the goal, or in one of currencies."""
    for column in columns:
        if column.name in goal.numbers and len(column.currencies) > 1:
            return column.currencies
    beside = currency_column(columns)
    return (beside.members or ()) if beside is not None and beside.unique > 1 else ()


def _won(columns: Sequence[Column]) -> Iterator[Goal]:
    money = [one for one in amounts(columns) if not is_cost(one)]
    outcome = next(filter(None, map(outcome_of, columns)), None)
    if not money or outcome is None:
        return
    closed = (
        one.name for one in columns if one.seems is Seems.TIME and not _CLOSED.isdisjoint(one.words)
    )
    amount = money[0]
    yield Goal(
        label="Revenue",
        said=f"sum of {amount.name} where {outcome.column} is {outcome.won}",
        kind="sum",
        value=Name(amount.name),
        numbers=(amount.name,),
        unit="currency",
        outcome=outcome,
        time=next(closed, None),
    )


def _stocks(columns: Sequence[Column], start: Column, end: Column) -> Iterator[Goal]:
    """What is there at the end of a period: amounts, and how many."""
    for column in amounts(columns):
        label = column.name.upper() if column.name.lower() in _SHORT else title(column.name)
        said = f"sum of {column.name} of the rows that last, at the end of the period"
        yield replace(_sum(column, None), label=label, said=said, time=start.name, until=end.name)
    label = stock_label(columns, start)
    said = "number of rows that last, at the end of the period"
    yield replace(_count(label, said), time=start.name, until=end.name)


def _started(goal: Goal) -> Goal:
    """A goal by the day on which rows began is no level: what is new."""
    if goal.kind == "mean":
        return goal
    return replace(goal, label=f"New {lowered(goal.label)}", said=f"{goal.said} that began")


def _id_of(columns: Sequence[Column]) -> str | None:
    return next((one.name for one in ids_of_orders(columns)), None)


def _sales(columns: Sequence[Column]) -> Iterator[Goal]:
    """Pieces times their price, where no column has the product."""
    money = [one for one in columns if one.seems is Seems.MONEY]
    price = next((one for one in money if is_price(one)), None)
    pieces = next((one for one in columns if one.seems is Seems.QUANTITY), None)
    if price is None or pieces is None or any(map(is_total, money)):
        return
    yield Goal(
        label="Revenue",
        said=f"sum of {pieces.name} × {price.name}",
        kind="sum",
        value=Call("*", (Name(pieces.name), Name(price.name))),
        id=_id_of(columns),
        quantity=pieces.name,
        numbers=(pieces.name, price.name),
        unit="currency",
        price=True,
    )


def _sums(columns: Sequence[Column]) -> Iterator[Goal]:
    order = _id_of(columns)
    for column in amounts(columns):
        yield _sum(column, order)


def _sum(column: Column, order: str | None) -> Goal:
    money = column.seems is Seems.MONEY
    return Goal(
        label="Revenue" if is_price(column) else title(column.name),
        said=f"sum of {column.name}",
        kind="sum",
        value=Name(column.name),
        id=order,
        numbers=(column.name,),
        unit="currency" if money else "number",
        down=is_better_low(column.words),
        sure=money and not is_better_low(column.words),
        price=is_price(column),
    )


def _counts(columns: Sequence[Column]) -> Iterator[Goal]:
    order = _id_of(columns)
    if order is not None:
        label = things(order)
        yield _count(label, f"different values of {order}", order)
    yield _count(rows_label(columns), "number of rows")


def _count(label: str, said: str, order: str | None = None) -> Goal:
    down = is_better_low(words_of(label))
    return Goal(label=label, said=said, kind="count", id=order, down=down, sure=False)


def _others(columns: Sequence[Column]) -> Iterator[Goal]:
    order = _id_of(columns)
    for column in columns:
        if column.seems in (Seems.NUMBER, Seems.QUANTITY):
            if column.low is not None and column.low >= 0:
                yield _sum(column, order)
            yield _mean(column)
        elif column.seems is Seems.RATE:
            yield _mean(column)


def _mean(column: Column) -> Goal:
    return Goal(
        label=f"Average {lowered(title(column.name))}",
        said=f"mean of {column.name}",
        kind="mean",
        value=Name(column.name),
        numbers=(column.name,),
        unit="percent" if column.percent else "number",
        down=is_better_low(column.words),
        sure=False,
    )
