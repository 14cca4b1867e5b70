"""Shapley values from their definition: every order, in exact fractions, one formula for all."""

import math
from collections.abc import Mapping
from fractions import Fraction
from itertools import permutations

from kpitree.tree.expressions import Call, Expr, Flag, Name, Number, replace_names
from kpitree.tree.parsing import parse_formula

Fractions = dict[str, Fraction]


def inlined(formulas: Mapping[str, str]) -> Expr:
    """The first formula with all others written out in it."""
    parsed = {name: parse_formula(text) for name, text in formulas.items()}

    def opened(expr: Expr) -> Expr:
        return replace_names(
            expr, lambda name: opened(parsed[name.id]) if name.id in parsed else name
        )

    return opened(next(iter(parsed.values())))


def value(expr: Expr, at: Mapping[str, Fraction]) -> Fraction:
    """Raises ZeroDivisionError."""
    match expr:
        case Number(value=number):
            return Fraction(number)
        case Flag(value=flag):
            return Fraction(int(flag))
        case Name(id=name):
            return at[name]
        case Call(name="if_else", args=(condition, yes, no)):
            return value(yes if value(condition, at) else no, at)
        case Call(name=name, args=args):
            return _applied(name, [value(arg, at) for arg in args])
    raise AssertionError(expr)


def _applied(name: str, args: list[Fraction]) -> Fraction:
    match name:
        case "+":
            return sum(args, Fraction(0))
        case "*":
            return math.prod(args, start=Fraction(1))
        case "neg":
            return -args[0]
        case "/":
            return args[0] / args[1]
        case "max":
            return max(args)
        case "min":
            return min(args)
        case "abs":
            return abs(args[0])
        case ">":
            return Fraction(int(args[0] > args[1]))
        case "<":
            return Fraction(int(args[0] < args[1]))
    raise AssertionError(name)


def shapley(
    expr: Expr, before: Mapping[str, float | Fraction], after: Mapping[str, float | Fraction]
) -> Fractions:
    """The average over all orders of what a driver's turn changes; exact."""
    first = {name: Fraction(number) for name, number in before.items()}
    names = [name for name in before if before[name] != after[name]]
    found = dict.fromkeys(before, Fraction(0))
    for order in permutations(names):
        here = dict(first)
        reached = value(expr, here)
        for name in order:
            here[name] = Fraction(after[name])
            next_one = value(expr, here)
            found[name] += next_one - reached
            reached = next_one
    return {name: line / math.factorial(len(names)) for name, line in found.items()}
