"""The geometric method: lines by logarithmic means (LMDI-I), for factors that are not negative.

Every expression has a multiplier: its line per unit of its own change. The explained KPI has 1;
a sum hands its own on to each addend; and a factor x to the power e of a product p takes

    line of x = multiplier of p x L(p1, p0) x e x ln(x1 / x0),

which is a multiplier of e L(p1, p0) / L(x1, x0); L(a, b) = (a - b) / ln(a / b), L(a, a) = a.
So a sum of products is split at the level of its terms, and formulas over formulas are split
all the way down. Source: Ang & Liu, "A new energy decomposition method: perfect in decomposition
and consistent in aggregation", Energy 26 (2001).

Zeros have their analytical limits (Ang, Zhang & Choi, Energy 23 (1998); Wood & Lenzen, Energy
Policy 34 (2006)): a factor that is 0 in one state only takes the whole change of its product,
several of them share it in proportion to their exponents; all other factors get 0.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from kpitree.analysis.attribution.contract import CLOSING, Problem
from kpitree.analysis.attribution.division import Sides, formulas_of, take_apart, value_of
from kpitree.analysis.attribution.factors import Factor, Pair, weight
from kpitree.analysis.attribution.quadrature import total
from kpitree.analysis.attribution.scope import IndivisibleError, Solution
from kpitree.analysis.functions import FUNCTIONS
from kpitree.errors import UsageError
from kpitree.tree.expressions import Call, Expr, Name, names_in


def solve(problem: Problem) -> Solution:
    """Split by logarithmic means; a KPI whose formula is not sums and products is one driver.

    Drivers that are only added may be negative. Gradients are the multipliers, those of drivers
    that did not move included (the limit of L(p1, p0) / x).

    Raises UsageError where a factor that moves is negative, and WithheldError where a driver or
    an end has no value.
    """
    return take_apart(problem, _attempt)


def _attempt(sides: Sides) -> Solution:
    spread = _Spread(sides)
    scope = sides.scope
    flows: dict[tuple[str, str], float] = {}
    multipliers: dict[str, list[float]] = {one: [] for one in scope.order}
    multipliers[scope.kpi].append(1.0)
    for kpi, formula in reversed(formulas_of(sides.tree, scope).items()):
        reached: dict[str, list[float]] = {one: [] for one in names_in(formula)}
        spread(_Mention(kpi, formula, total(multipliers[kpi])), reached)
        for child, found in reached.items():
            before, after = spread.pair(Name(child))
            moved = after - before if before != after else 0.0
            flows[kpi, child] = total(found) * moved + 0.0  # no -0.0
            multipliers[child] += found
    start, finish = sides.root_values
    into: dict[str, list[float]] = {driver: [] for driver in scope.drivers}
    for (_, child), flow in flows.items():
        if child in into:
            into[child].append(flow)
    return Solution(
        scope=scope,
        before=start,
        after=finish,
        lines={driver: total(found) for driver, found in into.items()},
        flows=flows,
        gradients={
            driver: total(multipliers[driver])
            for driver in scope.drivers
            if driver not in spread.without_slope
        },
    )


@dataclass(frozen=True, slots=True)
class _Mention:
    """An expression in a KPI's formula, and its line per unit of its own change."""

    owner: str
    expr: Expr
    multiplier: float


@dataclass(slots=True)
class _Spread:
    """Hands multipliers on from expressions to what they mention.

    moving: KPIs with a driver under them (or themselves one) that moved.
    without_slope: drivers that did not move, where the method has no limit to give.
    """

    sides: Sides
    moving: set[str] = field(init=False)
    without_slope: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self.moving = set(self.sides.moved)
        for kpi, formula in formulas_of(self.sides.tree, self.sides.scope).items():
            if self.moves(formula):
                self.moving.add(kpi)

    def moves(self, expr: Expr) -> bool:
        return any(name in self.moving for name in names_in(expr))

    def pair(self, expr: Expr) -> Pair:
        """The values before and after; NaN where the explained KPI needs none."""
        found = (value_of(expr, self.sides.before), value_of(expr, self.sides.after))
        before, after = (math.nan if value is None else value for value in found)
        return before, after

    def __call__(self, mention: _Mention, reached: Mapping[str, list[float]]) -> None:
        owner, multiplier = mention.owner, mention.multiplier
        match mention.expr:
            case Name(id=name):
                reached[name].append(multiplier)
            case Call(name="+", args=args):
                for arg in args:
                    self(_Mention(owner, arg, multiplier), reached)
            case Call(name="neg", args=(arg,)):
                self(_Mention(owner, arg, -multiplier), reached)
            case Call() as call if not self.moves(call):
                self.at_rest(mention, call, reached)
            case Call() as call if self.is_product(call):
                self.product(mention, reached)
            case Call(name=name):
                raise IndivisibleError(owner, f"logarithms do not split {name}()")

    def is_product(self, call: Call) -> bool:
        match call:
            case Call(name="*" | "/" | "sqrt"):
                return True
            case Call(name="**", args=(_, exponent)):
                return not self.moves(exponent)
        return False

    def product(self, mention: _Mention, reached: Mapping[str, list[float]]) -> None:
        factors, sign = self.factors(mention.expr, 1.0)
        values = self.pair(mention.expr)
        parts: list[float] = []
        for factor in factors:
            if factor.moves:
                self.must_not_be_negative(mention.owner, factor)
            part = weight(factor, factors, sign, values)
            parts.append(part * (factor.values[1] - factor.values[0]) if factor.moves else 0.0)
            if math.isfinite(part):
                inner = _Mention(mention.owner, factor.expr, mention.multiplier * part)
                self(inner, reached)
            elif self.moves(factor.expr):
                raise IndivisibleError(mention.owner, "its lines grow beyond all bounds")
            else:
                self.give_no_slope(factor.expr)
        if not _closes(parts, values):  # it was too small for a float in one of the states
            raise IndivisibleError(mention.owner, "its lines do not add up to its change")

    def factors(self, expr: Expr, exponent: float) -> tuple[list[Factor], float]:
        """The factors of a product within products, and the sign of all that is negated."""
        match expr:
            case _ if not self.moves(expr):
                return [Factor(expr, exponent, self.pair(expr))], 1.0
            case Call(name="*", args=args):
                parts = [self.factors(arg, exponent) for arg in args]
            case Call(name="/", args=(above, below)):
                parts = [self.factors(above, exponent), self.factors(below, -exponent)]
            case Call(name="sqrt", args=(arg,)):
                parts = [self.factors(arg, exponent / 2.0)]
            case Call(name="**", args=(base, power)) if not self.moves(power):
                self.give_no_slope(power)
                parts = [self.factors(base, exponent * self.pair(power)[0])]
            case Call(name="neg", args=(arg,)):
                found, sign = self.factors(arg, exponent)
                return found, sign if exponent % 2.0 == 0.0 else -sign
            case _:
                return [Factor(expr, exponent, self.pair(expr))], 1.0
        return [one for found, _ in parts for one in found], math.prod(sign for _, sign in parts)

    def must_not_be_negative(self, owner: str, factor: Factor) -> None:
        kpis, problem = self.sides.tree.kpis, self.sides.problem
        for value, state in zip(factor.values, (problem.before, problem.after), strict=True):
            if value < 0.0:
                match factor.expr:
                    case Name(id=name):
                        what = kpis[name].label
                    case _:
                        what = f"a factor in the formula of {kpis[owner].label}"
                raise UsageError(
                    f"the method log takes no negative factors: {what} is {value:.6g}"
                    f" in {state.label}",
                    hint="use --method path",
                )

    def at_rest(self, mention: _Mention, call: Call, reached: Mapping[str, list[float]]) -> None:
        """A function of what does not move: its slope where it stands."""
        args = [self.pair(arg)[0] for arg in call.args]
        value = self.pair(call)[0]
        if math.isnan(value):
            self.give_no_slope(call)
            return
        slopes = FUNCTIONS[call.name].partials(args, value)
        for arg, slope in zip(call.args, slopes, strict=True):
            if math.isnan(slope):
                self.give_no_slope(arg)
            else:
                self(_Mention(mention.owner, arg, mention.multiplier * slope), reached)

    def give_no_slope(self, expr: Expr) -> None:
        pending = list(names_in(expr))
        while pending:
            one = pending.pop()
            if one not in self.without_slope:
                self.without_slope.add(one)
                pending += self.sides.tree.operands(one) if one in self.sides.scope.opened else ()


def _closes(parts: list[float], product: Pair) -> bool:
    residual = (product[1] - product[0]) - total(parts)
    return abs(residual) <= CLOSING * total((abs(product[0]), abs(product[1]), *map(abs, parts)))
