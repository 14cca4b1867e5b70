"""The functions of formulas, each written once for frames, for single values and for gradients.

Everywhere the same rules: without an operand there is no value, nor where the mathematics has
none (x / 0, the logarithm of 0, a result too large for a float). A frame holds null there,
`evaluate` says why; neither ever gives NaN or an infinity.

The expressions for polars mention every operand exactly once. polars copies an expression for
each mention before it looks for common parts, so `when(x.is_finite()).then(x)` (which is also
what `fill_nan` does inside) would double the work with every level of nesting.
"""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

import polars as pl

from kpitree.tree.expressions import Call, Expr, ExpressionError, Flag, Name, Number, Place, Text

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


class Crossing(StrEnum):
    """What happens where a function goes over from one regime to another."""

    KINK = "kink"  # the value is continuous, its slope is not
    JUMP = "jump"  # the value may leap
    POLE = "pole"  # the value grows beyond all bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function or operator; conditions count as 1.0 and 0.0.

    polars: the expression over the operands' expressions; null in, null out.
    value: of known operands; raises Undefined. Where `needed` is given, NaN stands for an
        operand without a value, and for a result without one.
    partials: the derivative by each operand, from the operands and the value; a derivative that
        does not exist is NaN.
    needed: positions of the operands that settle the value, in the order in which they are
        looked at; None when every operand is.
    regime, crossing: which piece of a function made of pieces the operands are in, and what
        lies between two pieces.
    degree: of the result as a polynomial, from the degrees and values of the operands (values
        only matter for operands of degree 0); None when it is none.
    """

    polars: Callable[[Sequence[pl.Expr]], pl.Expr]
    value: Callable[[Numbers], float]
    partials: Callable[[Numbers, float], Numbers]
    needed: Callable[[Numbers], Sequence[int]] | None = None
    regime: Callable[[Numbers], int] | None = None
    crossing: Crossing = Crossing.KINK
    degree: Callable[[Degrees, Numbers], int | None] = lambda _degrees, _args: None


def to_polars(
    expr: Expr,
    column: Callable[[str], pl.Expr],
    over_time: Callable[[Call], pl.Expr] | None = None,
) -> pl.Expr:
    """The polars expression of a formula, or of a measure's arithmetic over its parts.

    column: name -> Float64 expression, null where there is no value, never NaN or infinite.
    over_time: gives prev, rolling_sum, rolling_mean and year_to_date; without it they raise
        KeyError.

    The result is Float64 (Boolean for a condition), null where an operand is null or the value
    does not exist. Only coalesce, if_else (the branch not chosen), `and` and `or` can do
    without an operand.
    """
    match expr:
        case Number(value=value):
            return pl.lit(value, dtype=pl.Float64)
        case Flag(value=flag):
            return pl.lit(flag)
        case Name(id=name):
            return column(name)
        case Call() if over_time is not None and expr.name not in FUNCTIONS:
            return over_time(expr)
        case Call(name=name, args=args):
            return FUNCTIONS[name].polars([to_polars(arg, column, over_time) for arg in args])
        case Text():
            raise _no_place_for(expr)


def evaluate(
    expr: Expr,
    values: Mapping[str, float | None],
    over_time: Callable[[Call], float | None] | None = None,
) -> float:
    """The value of a formula at one place, by the same rules and in the same order as to_polars.

    values: name -> value in its own unit, None or absent where there is none.
    Raises Undefined with the reason and its place in the formula. A condition gives 1.0 or 0.0.
    """
    match expr:
        case Number(value=value):
            return value
        case Flag(value=flag):
            return float(flag)
        case Name(id=name, at=at):
            return _known(values.get(name), name, at)
        case Call() if over_time is not None and expr.name not in FUNCTIONS:
            return _known(over_time(expr), expr.name, expr.at)
        case Call(name=name, args=args):
            outcomes = [_outcome(arg, values, over_time) for arg in args]
            return _settle(expr, FUNCTIONS[name], outcomes)
        case Text():
            raise _no_place_for(expr)


def _known(value: float | None, name: str, at: Place) -> float:
    if value is None:
        raise Undefined(f"no value of {name}", at)
    return value


def _outcome(
    expr: Expr,
    values: Mapping[str, float | None],
    over_time: Callable[[Call], float | None] | None,
) -> float | Undefined:
    try:
        return evaluate(expr, values, over_time)
    except Undefined as undefined:
        return undefined


def _settle(call: Call, function: Function, outcomes: Sequence[float | Undefined]) -> float:
    """The value of one call, or the first reason among the operands that settle it."""
    args = [math.nan if isinstance(outcome, Undefined) else outcome for outcome in outcomes]
    needed = range(len(args)) if function.needed is None else function.needed(args)
    lacking = [found for i in needed if isinstance(found := outcomes[i], Undefined)]
    if lacking and function.needed is None:
        raise lacking[0]
    try:
        value = function.value(args)
    except Undefined as undefined:
        raise Undefined(undefined.reason, call.at) from None
    if math.isnan(value):
        raise lacking[0]
    return value


def _no_place_for(text: Text) -> ExpressionError:
    return ExpressionError(f"the text {text.value!r} has no place among numbers", text.at)


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


def _sum(args: Numbers) -> float:
    return _finite(balanced(operator.add, args))


def _product(args: Numbers) -> float:
    return _finite(balanced(operator.mul, args))


def _quotient(args: Numbers) -> float:
    if args[1] == 0.0:
        raise Undefined(DIVISION_BY_ZERO)
    return _finite(args[0] / args[1])


def _power(args: Numbers) -> float:
    base, exponent = args
    try:
        return math.pow(base, exponent)
    except OverflowError:
        raise Undefined(TOO_LARGE) from None
    except ValueError:
        reason = DIVISION_BY_ZERO if base == 0.0 else "fractional power of a negative number"
        raise Undefined(reason) from None


def _square_root(args: Numbers) -> float:
    if args[0] < 0.0:
        raise Undefined("square root of a negative number")
    return math.sqrt(args[0])


def _logarithm(args: Numbers) -> float:
    if args[0] <= 0.0:
        raise Undefined("logarithm of zero or a negative number")
    return math.log(args[0])


def _exponential(args: Numbers) -> float:
    try:
        return math.exp(args[0])
    except OverflowError:
        raise Undefined(TOO_LARGE) from None


def _all(args: Numbers) -> float:
    return 0.0 if 0.0 in args else balanced(operator.mul, args)  # an unknown (NaN) stays unknown


def _any(args: Numbers) -> float:
    return 1.0 if 1.0 in args else balanced(operator.add, args)


def _branch(args: Numbers) -> int:
    return 1 if args[0] else 2


def _choice(args: Numbers) -> float:
    return math.nan if math.isnan(args[0]) else args[_branch(args)]


def _choice_needs(args: Numbers) -> Sequence[int]:
    return (0,) if math.isnan(args[0]) else (0, _branch(args))


def _first_known(args: Numbers) -> int:
    known = (position for position, arg in enumerate(args) if not math.isnan(arg))
    return next(known, len(args) - 1)


# --- partial derivatives -----------------------------------------------------------------------


def _product_partials(args: Numbers, _value: float) -> Numbers:
    """Products of all the others, without dividing by an operand that may be 0."""
    before = [1.0]
    for arg in args[:-1]:
        before.append(before[-1] * arg)
    after = 1.0
    for position in range(len(args) - 1, -1, -1):
        before[position] *= after
        after *= args[position]
    return before


def _power_partials(args: Numbers, value: float) -> Numbers:
    base, exponent = args
    by_exponent = value * math.log(base) if base > 0.0 else math.nan
    try:
        by_base = exponent * math.pow(base, exponent - 1.0) if exponent else 0.0
    except (ValueError, OverflowError):
        by_base = math.nan
    return by_base, by_exponent


def _one_hot(position: int, size: int) -> Numbers:
    return [1.0 if i == position else 0.0 for i in range(size)]


def _none(args: Numbers, _value: float) -> Numbers:
    return [0.0] * len(args)


# --- pieces and degrees ------------------------------------------------------------------------


def _sign(value: float) -> int:
    return (value > 0.0) - (value < 0.0)


def _highest(degrees: Degrees, _args: Numbers) -> int | None:
    known = [degree for degree in degrees if degree is not None]
    return max(known) if len(known) == len(degrees) else None


def _total(degrees: Degrees, _args: Numbers) -> int | None:
    known = [degree for degree in degrees if degree is not None]
    return sum(known) if len(known) == len(degrees) else None


def _quotient_degree(degrees: Degrees, _args: Numbers) -> int | None:
    return degrees[0] if degrees[1] == 0 else None


def _power_degree(degrees: Degrees, args: Numbers) -> int | None:
    whole = degrees[1] == 0 and args[1] >= 0.0 and args[1] == int(args[1])
    return None if degrees[0] is None or not whole else degrees[0] * int(args[1])


# --- expressions for polars -----------------------------------------------------------------------


def _finite_or_null(expr: pl.Expr) -> pl.Expr:
    return expr.replace([math.inf, -math.inf, math.nan], None)


def _extreme(args: Sequence[pl.Expr], *, largest: bool) -> pl.Expr:
    """Unlike min_horizontal, null where any operand is: sorted, nulls come first."""
    ordered = pl.concat_list(args).list.sort(descending=largest, nulls_last=False)
    return ordered.list.first()


def _chosen(args: Sequence[pl.Expr]) -> pl.Expr:
    """Unlike when/then/otherwise, null where the condition is."""
    condition, yes, no = args
    return pl.concat_list([no, yes]).list.get(condition.cast(pl.Int8), null_on_oob=True)


def _comparison(
    polars: Callable[[pl.Expr, pl.Expr], pl.Expr], value: Callable[[float, float], bool]
) -> Function:
    return Function(
        polars=lambda args: polars(args[0], args[1]),
        value=lambda args: float(value(args[0], args[1])),
        partials=_none,
    )


FUNCTIONS: Final[dict[str, Function]] = {
    "+": Function(
        polars=lambda args: _finite_or_null(balanced(operator.add, args)),
        value=_sum,
        partials=lambda args, _value: [1.0] * len(args),
        degree=_highest,
    ),
    "*": Function(
        polars=lambda args: _finite_or_null(balanced(operator.mul, args)),
        value=_product,
        partials=_product_partials,
        degree=_total,
    ),
    "/": Function(
        polars=lambda args: _finite_or_null(args[0] / args[1]),
        value=_quotient,
        partials=lambda args, value: (1.0 / args[1], -value / args[1]),
        regime=lambda args: _sign(args[1]),
        crossing=Crossing.POLE,
        degree=_quotient_degree,
    ),
    "**": Function(
        polars=lambda args: _finite_or_null(args[0].pow(args[1])),
        value=_power,
        partials=_power_partials,
        regime=lambda args: _sign(args[0]) if args[1] < 0.0 else 1,
        crossing=Crossing.POLE,
        degree=_power_degree,
    ),
    "neg": Function(
        polars=lambda args: args[0].neg(),
        value=lambda args: -args[0],
        partials=lambda _args, _value: (-1.0,),
        degree=_highest,
    ),
    "==": _comparison(operator.eq, operator.eq),
    "!=": _comparison(operator.ne, operator.ne),
    "<": _comparison(operator.lt, operator.lt),
    "<=": _comparison(operator.le, operator.le),
    ">": _comparison(operator.gt, operator.gt),
    ">=": _comparison(operator.ge, operator.ge),
    "and": Function(
        polars=lambda args: balanced(operator.and_, args),
        value=_all,
        partials=_none,
        needed=lambda args: range(len(args)),
    ),
    "or": Function(
        polars=lambda args: balanced(operator.or_, args),
        value=_any,
        partials=_none,
        needed=lambda args: range(len(args)),
    ),
    "not": Function(
        polars=lambda args: args[0].not_(),
        value=lambda args: 1.0 - args[0],
        partials=_none,
    ),
    "if_else": Function(
        polars=_chosen,
        value=_choice,
        partials=lambda args, _value: _one_hot(_branch(args), 3),
        needed=_choice_needs,
        regime=_branch,
        crossing=Crossing.JUMP,
    ),
    "min": Function(
        polars=lambda args: _extreme(args, largest=False),
        value=min,
        partials=lambda args, value: _one_hot(args.index(value), len(args)),
        regime=lambda args: args.index(min(args)),
    ),
    "max": Function(
        polars=lambda args: _extreme(args, largest=True),
        value=max,
        partials=lambda args, value: _one_hot(args.index(value), len(args)),
        regime=lambda args: args.index(max(args)),
    ),
    "abs": Function(
        polars=lambda args: args[0].abs(),
        value=lambda args: abs(args[0]),
        partials=lambda args, _value: (float(_sign(args[0])),),
        regime=lambda args: _sign(args[0]),
    ),
    "sqrt": Function(
        polars=lambda args: _finite_or_null(args[0].sqrt()),
        value=_square_root,
        partials=lambda _args, value: (0.5 / value if value else math.nan,),
    ),
    "log": Function(
        polars=lambda args: _finite_or_null(args[0].log()),
        value=_logarithm,
        partials=lambda args, _value: (1.0 / args[0],),
    ),
    "exp": Function(
        polars=lambda args: _finite_or_null(args[0].exp()),
        value=_exponential,
        partials=lambda _args, value: (value,),
    ),
    "coalesce": Function(
        polars=pl.coalesce,
        value=lambda args: args[_first_known(args)],
        partials=lambda args, _value: _one_hot(_first_known(args), len(args)),
        needed=lambda args: range(_first_known(args) + 1),
        regime=_first_known,
        crossing=Crossing.JUMP,
    ),
}
