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
from typing import Final

import polars as pl

from kpitree.analysis import arithmetic
from kpitree.analysis.arithmetic import Degrees, Numbers, Undefined, balanced
from kpitree.tree.expressions import Call, Expr, ExpressionError, Flag, Name, Number, Place, Text

__all__ = ["FUNCTIONS", "Crossing", "Function", "Undefined", "evaluate", "to_polars"]


class Crossing(StrEnum):
    """What happens where a function goes over from one regime to another."""

    KINK = "kink"  # the value is continuous, its slope is not
    THRESHOLD = "threshold"  # a condition changes: the value may leap
    JUMP = "jump"  # an operand comes or goes: the value may leap
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
    corners: positions of the operands by which there is no slope at these values, only one to
        each side; partials gives one of the two.
    degree: of the result as a polynomial, from the degrees and values of the operands (values
        only matter for operands of degree 0); None when it is none.
    """

    polars: Callable[[Sequence[pl.Expr]], pl.Expr]
    value: Callable[[Numbers], float]
    partials: Callable[[Numbers, float], Numbers]
    needed: Callable[[Numbers], Sequence[int]] | None = None
    regime: Callable[[Numbers], int] | None = None
    crossing: Crossing = Crossing.KINK
    corners: Callable[[Numbers], Sequence[int]] = lambda _args: ()
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


def first_lacking(expr: Expr, values: Mapping[str, float | None]) -> str | None:
    """The operand that evaluate() would name first, where that is seen without reckoning.

    It is in calls that are of names alone and settled by all of them: most sums and quotients.
    """
    if not isinstance(expr, Call) or expr.name not in FUNCTIONS:
        return None
    if FUNCTIONS[expr.name].needed is not None:
        return None
    operands = [arg.id for arg in expr.args if isinstance(arg, Name) and arg.at != expr.at]
    if len(operands) < len(expr.args):
        return None
    return next((name for name in operands if values.get(name) is None), None)


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
        partials=arithmetic.flat,
    )


FUNCTIONS: Final[dict[str, Function]] = {
    "+": Function(
        polars=lambda args: _finite_or_null(balanced(operator.add, args)),
        value=arithmetic.total,
        partials=lambda args, _value: [1.0] * len(args),
        degree=arithmetic.highest_degree,
    ),
    "*": Function(
        polars=lambda args: _finite_or_null(balanced(operator.mul, args)),
        value=arithmetic.product,
        partials=arithmetic.product_partials,
        degree=arithmetic.total_degree,
    ),
    "/": Function(
        polars=lambda args: _finite_or_null(args[0] / args[1]),
        value=arithmetic.quotient,
        partials=arithmetic.quotient_partials,
        regime=lambda args: arithmetic.sign(args[1]),
        crossing=Crossing.POLE,
        degree=arithmetic.quotient_degree,
    ),
    "**": Function(
        polars=lambda args: _finite_or_null(args[0].pow(args[1])),
        value=arithmetic.power,
        partials=arithmetic.power_partials,
        regime=lambda args: arithmetic.sign(args[0]) if args[1] < 0.0 else 1,
        crossing=Crossing.POLE,
        degree=arithmetic.power_degree,
    ),
    "neg": Function(
        polars=lambda args: args[0].neg(),
        value=lambda args: -args[0],
        partials=lambda _args, _value: (-1.0,),
        degree=arithmetic.highest_degree,
    ),
    "==": _comparison(operator.eq, operator.eq),
    "!=": _comparison(operator.ne, operator.ne),
    "<": _comparison(operator.lt, operator.lt),
    "<=": _comparison(operator.le, operator.le),
    ">": _comparison(operator.gt, operator.gt),
    ">=": _comparison(operator.ge, operator.ge),
    "and": Function(
        polars=lambda args: balanced(operator.and_, args),
        value=arithmetic.all_hold,
        partials=arithmetic.flat,
        needed=lambda args: range(len(args)),
    ),
    "or": Function(
        polars=lambda args: balanced(operator.or_, args),
        value=arithmetic.any_holds,
        partials=arithmetic.flat,
        needed=lambda args: range(len(args)),
    ),
    "not": Function(
        polars=lambda args: args[0].not_(),
        value=lambda args: 1.0 - args[0],
        partials=arithmetic.flat,
    ),
    "if_else": Function(
        polars=_chosen,
        value=arithmetic.choice,
        partials=lambda args, _value: arithmetic.one_hot(arithmetic.branch(args), 3),
        needed=arithmetic.choice_needs,
        regime=arithmetic.branch,
        crossing=Crossing.THRESHOLD,
    ),
    "min": Function(
        polars=lambda args: _extreme(args, largest=False),
        value=min,
        partials=arithmetic.extreme_partials,
        regime=lambda args: args.index(min(args)),
        corners=lambda args: arithmetic.ties(args, min(args)),
    ),
    "max": Function(
        polars=lambda args: _extreme(args, largest=True),
        value=max,
        partials=arithmetic.extreme_partials,
        regime=lambda args: args.index(max(args)),
        corners=lambda args: arithmetic.ties(args, max(args)),
    ),
    "abs": Function(
        polars=lambda args: args[0].abs(),
        value=lambda args: abs(args[0]),
        partials=lambda args, _value: (float(arithmetic.sign(args[0])),),
        regime=lambda args: arithmetic.sign(args[0]),
        corners=lambda args: () if args[0] else (0,),
    ),
    "sqrt": Function(
        polars=lambda args: _finite_or_null(args[0].sqrt()),
        value=arithmetic.square_root,
        partials=lambda _args, value: (0.5 / value if value else math.nan,),
    ),
    "log": Function(
        polars=lambda args: _finite_or_null(args[0].log()),
        value=arithmetic.logarithm,
        partials=lambda args, _value: (1.0 / args[0],),
    ),
    "exp": Function(
        polars=lambda args: _finite_or_null(args[0].exp()),
        value=arithmetic.exponential,
        partials=lambda _args, value: (value,),
    ),
    "coalesce": Function(
        polars=pl.coalesce,
        value=lambda args: args[arithmetic.first_known(args)],
        partials=lambda args, _value: arithmetic.one_hot(arithmetic.first_known(args), len(args)),
        needed=lambda args: range(arithmetic.first_known(args) + 1),
        regime=arithmetic.first_known,
        crossing=Crossing.JUMP,
    ),
}
