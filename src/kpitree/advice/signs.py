"""Whether more of a KPI means more or less of the goal, by the formulas between them.

Amounts and rates are taken to be no less than zero, as they are nearly always.
"""

from collections import defaultdict
from typing import Final

from kpitree.advice.rates import is_rate
from kpitree.tree.expressions import Call, Expr, Name, Number
from kpitree.tree.graph import operands_first
from kpitree.tree.model import Branch, Tree

UP, DOWN = frozenset({1}), frozenset({-1})
BOTH: Final = frozenset({1, -1})
Signs = dict[str, frozenset[int]]


def signs_to_root(tree: Tree) -> dict[str, int]:
    """KPI -> 1 where more of it is surely more of the root, -1 where it is less, else 0.

    Only of KPIs that the root is computed from, in file order. What a count or an amount is divided
    by does not decide: with more visits there are more orders, whatever orders / visits says.
    """
    found: dict[str, set[int]] = defaultdict(set)
    found[tree.root] = {1}
    for generation in reversed(operands_first(tree)):
        for kpi_id in generation:
            kpi = tree.kpis[kpi_id]
            if kpi_id in found and isinstance(kpi, Branch):
                for name, signs in _signs(tree, kpi.formula).items():
                    found[name].update(a * b for a in found[kpi_id] for b in signs)
    decided = {name: sum(signs) for name, signs in found.items() if name != tree.root}
    return {kpi: decided[kpi] for kpi in tree.kpis if kpi in decided}


def _signs(tree: Tree, expr: Expr) -> Signs:
    """How each KPI in an expression moves it: up, down, or not known."""
    match expr:
        case Name(id=name):
            return {name: UP}
        case Call(name="+" | "min" | "max" | "coalesce", args=args):
            return _merged([_signs(tree, arg) for arg in args])
        case Call(name="neg", args=(inside,)):
            return _turned(_signs(tree, inside))
        case Call(name="*", args=factors):
            sure = [_is_positive(factor) for factor in factors]
            return _merged(
                [
                    _signs(tree, factor) if all(sure[:at] + sure[at + 1 :]) else _lost(factor)
                    for at, factor in enumerate(factors)
                ]
            )
        case Call(name="/", args=(above, below)):
            return _merged(
                [
                    _signs(tree, above) if _is_positive(below) else _lost(above),
                    _turned(_signs(tree, below))
                    if _is_positive(above) and _is_rate_of_its_own(tree, below)
                    else _lost(below),
                ]
            )
        case Call(name="sqrt" | "log" | "exp", args=(inside,)):
            return _signs(tree, inside)
        case Call(name="rolling_sum" | "rolling_mean" | "year_to_date", args=(inside, *_)):
            return _signs(tree, inside)
        case _:
            return _lost(expr)


def _is_positive(expr: Expr) -> bool:
    """No KPI is taken away from another in it; 1 - rate is what is left of a whole."""
    match expr:
        case Number(value=value):
            return value > 0
        case Name():
            return True
        case Call(name="+", args=(Number(value=1), *rest)):
            return all(
                isinstance(one, Call) and one.name == "neg" and isinstance(one.args[0], Name)
                for one in rest
            ) or all(map(_is_positive, rest))
        case Call(name="+" | "*" | "/" | "min" | "max" | "coalesce" | "sqrt" | "abs", args=args):
            return all(map(_is_positive, args))
        case Call(name="exp"):
            return True
        case _:
            return False


def _is_rate_of_its_own(tree: Tree, expr: Expr) -> bool:
    return isinstance(expr, Name) and is_rate(tree, expr.id)


def _merged(parts: list[Signs]) -> Signs:
    found: Signs = {}
    for part in parts:
        for name, signs in part.items():
            found[name] = found.get(name, frozenset()) | signs
    return found


def _turned(signs: Signs) -> Signs:
    return {name: frozenset(-sign for sign in one) for name, one in signs.items()}


def _lost(expr: Expr) -> Signs:
    match expr:
        case Name(id=name):
            return {name: BOTH}
        case Call():
            return dict.fromkeys(expr.names, BOTH)
        case _:
            return {}
