"""Which values add up over time: twelve months of deals are a year's, twelve close rates are not.

Money and counts add up; rates, durations, prices, averages and stocks (headcount) do not. What a
factor is, formulas tell: of the factors of a product one can add up, and an amount of money beside
a count is a price.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from kpitree.tree.expressions import Call, Expr, Name, names_in
from kpitree.tree.naming import name_of
from kpitree.tree.parsing import parse_formula
from kpitree.tree.sheets.cells import flag_of
from kpitree.tree.sheets.numbers import CellError
from kpitree.tree.sheets.sheet import Notes, Row

RATES: Final = ("percent", "days", "hours")  # units of such values
_NAMED: Final = re.compile(
    r"(?:^|_)(price|prices|average|avg|mean|median|rate|ratio|per|share|score|nps|index)(?:_|$)"
)
_STOCK: Final = re.compile(  # what is there at one time: three months of it are not its sum
    r"(?:^|_)(?:arr|mrr|headcount|head_count|backlog|pipeline|coverage|balance|stock|inventory"
    r"|(?:number|no|count)_of_(?:customers|employees)|(?:open|active)_\w+)(?:_|$)"
)
_START: Final = re.compile(r"(?:^|_)(?:opening|starting|beginning|start)(?:_|$)")
_MOVES: Final = re.compile(  # what such a thing gains or loses adds up, in spite of its name
    r"(?:^|_)(?:new|added|won|gained|lost|churn|churned|expansion|contraction|upsell|upgrades?"
    r"|downgrades?|reactivated|cancell?ed|growth|change|created|generated|hired|hires|joined|left)"
    r"(?:_|$)"
)
_FOR_EACH: Final = re.compile(r"\w\s*/\s*\w|[€$£]\s*/|\bper\b")
Keys = Mapping[str, dict[str, Any]]


def without_sums(rows: Sequence[Row], keys: Keys, notes: Notes) -> Collection[str]:
    """The KPIs whose values do not add up over time, as the table of actuals reads them."""
    return _Tree(rows, keys, notes).without_sums()


class _Tree:
    def __init__(self, rows: Sequence[Row], keys: Keys, notes: Notes) -> None:
        self.keys = keys
        self.said = dict(_said(rows, notes))
        self.formulas = {
            name: parse_formula(known["formula"])
            for name, known in keys.items()
            if "formula" in known
        }
        self.known: dict[str, bool] = {}  # KPI -> whether its values add up
        self.rates: set[str] = set()

    def without_sums(self) -> Collection[str]:
        leaves = [name for name in self.keys if name not in self.formulas]
        for name in (*leaves, *_from_below(self.formulas)):
            self.known[name] = self._adds(name)
        for name in self.keys:
            self._mark(name)
        return {
            name
            for name in self.keys
            if not self.said.get(name, self._sums(name) and name not in self.rates)
        }

    def _sums(self, name: str) -> bool:
        """Whether its own values, apart from those that it is made of, are summed."""
        return self.known.get(name, True) and not self._is_stock(name)

    def _is_stock(self, name: str) -> bool:
        text = f"{name.lower()}_{name_of(str(self.keys[name].get('label', '')))}"
        return bool(_STOCK.search(text)) and not _MOVES.search(text)

    def _is_walk(self, name: str) -> bool:
        """Whether a stock is made of an earlier one and what came and went, which adds up."""
        operands = names_in(self.formulas[name])
        return any(_START.search(one.lower()) or _MOVES.search(one.lower()) for one in operands)

    def _mark(self, goal: str) -> None:
        """Whatever enters the KPI as a price, and what that is the sum of, is a price too."""
        formula = self.formulas.get(goal)
        adds = self.known.get(goal, True) and goal not in self.rates
        waiting = [] if formula is None else [(formula, adds)]
        while waiting:
            expr, adds = waiting.pop()
            match expr:
                case Name(id=name):
                    if adds or name in self.rates:
                        continue
                    self.rates.add(name)
                    if name in self.formulas and not (self._is_stock(name) and self._is_walk(name)):
                        waiting.append((self.formulas[name], False))
                case Call(name="*", args=args):
                    waiting += zip(args, self._factors(args, adds=adds), strict=True)
                case Call(name="/", args=(above, below)):
                    free = adds or self._adding(below)
                    waiting += [(above, free), (below, free)]
                case Call(args=args):
                    waiting += [(one, adds) for one in args]

    def _factors(self, args: Sequence[Expr], *, adds: bool) -> list[bool]:
        """Which factor adds up: a count before money, the first before the others."""
        able = [at for at, one in enumerate(args) if adds and self._adding(one)]
        able.sort(key=lambda at: self._is_money(args[at]))
        return [bool(able) and at == able[0] for at in range(len(args))]

    def _adding(self, expr: Expr) -> bool:
        """Whether values of the expression can add up over time."""
        match expr:
            case Name(id=name):
                return self.known.get(name, True) and name not in self.rates
            case Call(name="/", args=(above, below)):
                return self._adding(above) and not self._adding(below)
            case Call(name="**"):
                return False
            case Call(args=args):
                return any(map(self._adding, args))
            case _:
                return False

    def _adds(self, name: str) -> bool:
        known = self.keys[name]
        if name in self.said:
            return self.said[name]
        unit = str(known.get("unit", ""))
        if unit in RATES or _FOR_EACH.search(unit):
            return False
        if "value" in known or _NAMED.search(name.lower()):
            return False
        formula = self.formulas.get(name)
        if self._is_stock(name) and (formula is None or not self._is_walk(name)):
            return False
        return True if formula is None else self._adding(formula)

    def _is_money(self, expr: Expr) -> bool:
        match expr:
            case Name(id=name):
                return self.keys[name].get("unit") == "currency"
            case Call(args=args):
                return any(map(self._is_money, args))
            case _:
                return False


def _said(rows: Sequence[Row], notes: Notes) -> Iterator[tuple[str, bool]]:
    for row in rows:
        if "adds_up" in row.cells:
            try:
                yield row.name, flag_of(row.cells["adds_up"])
            except CellError as error:
                notes.mistake(row, "adds_up", error.message, error.hint)


def _from_below(formulas: Mapping[str, Expr]) -> list[str]:
    """Each KPI with a formula after those that it is made of; circles are found elsewhere."""
    order: dict[str, None] = {}
    seen: set[str] = set()
    for top in formulas:
        waiting = [(top, False)]
        while waiting:
            name, done = waiting.pop()
            if done:
                order[name] = None
            elif name in formulas and name not in seen:
                seen.add(name)
                waiting.append((name, True))
                waiting += [(one, False) for one in names_in(formulas[name])]
    return list(order)
