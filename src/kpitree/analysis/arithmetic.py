"""What the functions of formulas do to Python floats: values, slopes, pieces and degrees.

Values raise Undefined where the mathematics has none. functions.py puts each beside its polars
expression.
"""

import math
import operator
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from kpitree.tree.expressions import Place

Item = TypeVar("Item")
Numbers = Sequence[float]
Degrees = Sequence[int | None]

DIVISION_BY_ZERO: Final = "division by zero"
TOO_LARGE: Final = "too large"


class Undefined(ArithmeticError):  # noqa: N818 - a value without a value is no mistake
    """There is no value here.

    reason: "division by zero", "no value of close_rate", ...
    at: the first and one-past-last character of the culprit in the formula's text.
    """

    def __init__(self, reason: str, at: Place = (0, 0)) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


def balanced(combine: Callable[[Item, Item], Item], items: Sequence[Item]) -> Item:
    """Combine neighbours, then neighbours of those: 2,000 items nest 11 deep, not 2,000."""
    while len(items) > 1:
        pairs = [combine(items[i], items[i + 1]) for i in range(0, len(items) - 1, 2)]
        items = [*pairs, items[-1]] if len(items) % 2 else pairs
    return items[0]


# --- values ----------------------------------------------------------------------------------


def _finite(value: float) -> float:
    # The operands are finite, so only size can have made it infinite (or inf - inf, inf * 0).
    if not math.isfinite(value):
        raise Undefined(TOO_LARGE)
    return value


def total(args: Numbers) -> float:
    """The sum of all, or Undefined when it is too large."""
    return _finite(balanced(operator.add, args))


def product(args: Numbers) -> float:
    """The product of all, or Undefined when it is too large."""
    return _finite(balanced(operator.mul, args))


def quotient(args: Numbers) -> float:
    """The first by the second; 0 / 0 is Undefined like any x / 0."""
    if args[1] == 0.0:
        raise Undefined(DIVISION_BY_ZERO)
    return _finite(args[0] / args[1])


def power(args: Numbers) -> float:
    """The first to the power of the second; 0 ** 0 is 1, as in Python and polars."""
    base, exponent = args
    try:
        return math.pow(base, exponent)
    except OverflowError:
        raise Undefined(TOO_LARGE) from None
    except ValueError:
        reason = DIVISION_BY_ZERO if base == 0.0 else "fractional power of a negative number"
        raise Undefined(reason) from None


def square_root(args: Numbers) -> float:
    """Undefined below 0."""
    if args[0] < 0.0:
        raise Undefined("square root of a negative number")
    return math.sqrt(args[0])


def logarithm(args: Numbers) -> float:
    """The natural logarithm, Undefined at 0 and below."""
    if args[0] <= 0.0:
        raise Undefined("logarithm of zero or a negative number")
    return math.log(args[0])


def exponential(args: Numbers) -> float:
    """Undefined from about 710 on, where it is too large."""
    try:
        return math.exp(args[0])
    except OverflowError:
        raise Undefined(TOO_LARGE) from None


def all_hold(args: Numbers) -> float:
    """Kleene's `and`: one that fails settles it, else an unknown (NaN) stays unknown."""
    return 0.0 if 0.0 in args else balanced(operator.mul, args)


def any_holds(args: Numbers) -> float:
    """Kleene's `or`: one that holds settles it, else an unknown (NaN) stays unknown."""
    return 1.0 if 1.0 in args else balanced(operator.add, args)


def branch(args: Numbers) -> int:
    """Which operand of if_else the condition (1.0 or 0.0) chooses."""
    return 1 if args[0] else 2


def choice(args: Numbers) -> float:
    """The value of if_else: unknown (NaN) when the condition is."""
    return math.nan if math.isnan(args[0]) else args[branch(args)]


def choice_needs(args: Numbers) -> Sequence[int]:
    """The condition, and the branch that it chooses."""
    return (0,) if math.isnan(args[0]) else (0, branch(args))


def first_known(args: Numbers) -> int:
    """The position of the first operand that is not NaN; the last one when all are."""
    known = (position for position, arg in enumerate(args) if not math.isnan(arg))
    return next(known, len(args) - 1)


# --- partial derivatives -----------------------------------------------------------------------


def product_partials(args: Numbers, _value: float) -> Numbers:
    """Products of all the others, without dividing by an operand that may be 0."""
    before = [1.0]
    for arg in args[:-1]:
        before.append(before[-1] * arg)
    after = 1.0
    for position in range(len(args) - 1, -1, -1):
        before[position] *= after
        after *= args[position]
    return before


def quotient_partials(args: Numbers, value: float) -> Numbers:
    """NaN at 0 / 0, which may have a limit for a value but has no slope."""
    if args[1] == 0.0:
        return math.nan, math.nan
    return 1.0 / args[1], -value / args[1]


def power_partials(args: Numbers, value: float) -> Numbers:
    """NaN where the slope is infinite, or a moving exponent leaves the real numbers."""
    base, exponent = args
    by_exponent = value * math.log(base) if base > 0.0 else math.nan
    try:
        by_base = exponent * math.pow(base, exponent - 1.0) if exponent else 0.0
    except (ValueError, OverflowError):
        by_base = math.nan
    return by_base, by_exponent


def one_hot(position: int, size: int) -> Numbers:
    """The slopes of a function that hands one operand through."""
    return [1.0 if i == position else 0.0 for i in range(size)]


def extreme_partials(args: Numbers, value: float) -> Numbers:
    """Of max and min: operands that are equal have equal parts, so that their order is nothing."""
    reached = [1.0 if arg == value else 0.0 for arg in args]
    share = 1.0 / sum(reached)
    return [share * one for one in reached]


def ties(args: Numbers, value: float) -> Sequence[int]:
    """The operands that have the same value, if there are several."""
    found = [position for position, arg in enumerate(args) if arg == value]
    return found if len(found) > 1 else ()


def flat(args: Numbers, _value: float) -> Numbers:
    """The slopes of a condition."""
    return [0.0] * len(args)


# --- pieces and degrees ------------------------------------------------------------------------


def sign(value: float) -> int:
    """-1, 0 or 1."""
    return (value > 0.0) - (value < 0.0)


def highest_degree(degrees: Degrees, _args: Numbers) -> int | None:
    """The degree of a sum."""
    known = [degree for degree in degrees if degree is not None]
    return max(known) if len(known) == len(degrees) else None


def total_degree(degrees: Degrees, _args: Numbers) -> int | None:
    """The degree of a product."""
    known = [degree for degree in degrees if degree is not None]
    return sum(known) if len(known) == len(degrees) else None


def quotient_degree(degrees: Degrees, _args: Numbers) -> int | None:
    """A quotient is a polynomial only over something that stands still."""
    return degrees[0] if degrees[1] == 0 else None


def power_degree(degrees: Degrees, args: Numbers) -> int | None:
    """A power is a polynomial only for a whole, unmoved exponent of at least 0."""
    whole = degrees[1] == 0 and args[1] >= 0.0 and args[1] == int(args[1])
    return None if degrees[0] is None or not whole else degrees[0] * int(args[1])
