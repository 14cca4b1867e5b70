"""A change as a sum of small games, each played only by the drivers that its own terms mention.

The Shapley value of a sum of games is the sum of their values, so what a tree only adds up is
taken apart term by term, however many drivers it has in all.
"""

import math
from dataclasses import dataclass, field
from typing import Final

from kpitree.analysis.attribution.division import Sides, formulas_of, value_of
from kpitree.analysis.attribution.games import COEFFICIENT, TERM, Game
from kpitree.tree.expressions import Call, Expr, Name, Number, names_in

FEW: Final = 10  # players beside a long sum that may be multiplied into each of its addends
ONE: Final = Number(1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Games:
    """straight: all terms together that are multilinear in their players, or None; degree: of
    the highest of them. tangled: the other terms.
    """

    straight: Game | None
    degree: int
    tangled: tuple[Game, ...]


def split_up(sides: Sides, *, keep_fixed: bool) -> Games:
    """Split the root into games.

    keep_fixed: keep drivers that did not move in the formulas, as their slopes need it.
    """
    terms = _Terms(sides, keep_fixed=keep_fixed)
    straight, tangled, highest = [], [], 0
    for term, (coefficients, owner) in terms.found.items():
        expr = _times(_sum(coefficients), (term,))
        degree = terms.degree(expr)
        if degree is None:
            tangled.append(terms.game(expr, owner))
        else:
            straight.append(expr)
            highest = max(highest, degree)
    return Games(
        straight=terms.game(_sum(straight), sides.scope.kpi) if straight else None,
        degree=highest,
        tangled=tuple(tangled),
    )


@dataclass(slots=True)
class _Terms:
    """found: term -> what it is multiplied by (in all), and the KPI whose formula holds it.

    formulas: by KPI, operands first; after them the coefficients of KPIs that are more than
    numbers, each under a name of its own, so that no expression grows with the depth of the tree.
    players: name -> the moved drivers under it. degrees: of what is multilinear in them.
    """

    sides: Sides
    keep_fixed: bool
    formulas: dict[str, Expr] = field(init=False, default_factory=dict)
    players: dict[str, frozenset[str]] = field(init=False)
    degrees: dict[str, int] = field(init=False)
    found: dict[Expr, tuple[list[Expr], str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        drivers = self.sides.scope.drivers
        self.players = {
            one: frozenset([one] if ends.before != ends.after else ())
            for one, ends in drivers.items()
        }
        self.degrees = {one: len(self.players[one]) for one in drivers}
        formulas = formulas_of(self.sides.tree, self.sides.scope)
        for kpi, formula in formulas.items():
            self.add(kpi, formula)
        coefficients: dict[str, list[Expr]] = {self.sides.scope.kpi: [ONE]}
        for kpi, formula in reversed(formulas.items()):  # once each, with all that multiplies it
            if kpi in coefficients:
                by = self.named(kpi, _sum(coefficients.pop(kpi)))
                self.spread(formula, by, kpi, coefficients)

    def add(self, name: str, formula: Expr) -> None:
        self.formulas[name] = formula
        self.players[name] = self.playing(formula)
        degree = self.degree(formula)
        if degree is not None:
            self.degrees[name] = degree

    def named(self, kpi: str, coefficient: Expr) -> Expr:
        if isinstance(coefficient, Number | Name):
            return coefficient
        name = f"{COEFFICIENT}{kpi}"
        self.add(name, coefficient)
        return Name(name)

    def spread(self, expr: Expr, by: Expr, owner: str, coefficients: dict[str, list[Expr]]) -> None:
        """Take an expression apart into terms and the KPIs that it only adds up."""
        match expr:
            case Number():
                return
            case _ if not self.playing(expr) and not self.keep_fixed:
                return
            case Name(id=name) if name in self.formulas:
                coefficients.setdefault(name, []).append(by)
            case Call(name="+", args=args):
                for arg in args:
                    self.spread(arg, by, owner, coefficients)
            case Call(name="neg", args=(arg,)):
                self.spread(arg, _times(by, (Number(-1.0),)), owner, coefficients)
            case Call(name="*" | "/") as call if (inner := self.linear_in(call)) is not None:
                outer = tuple(self.held(arg) for i, arg in enumerate(call.args) if i != inner)
                by = _times(by, outer) if call.name == "*" else _over(by, outer[0])
                self.spread(call.args[inner], by, owner, coefficients)
            case _:
                self.found.setdefault(expr, ([], owner))[0].append(by)

    def linear_in(self, call: Call) -> int | None:
        """The argument to look into, with the others as its coefficient, if there is one."""
        sizes = [len(self.playing(arg)) for arg in call.args]
        moving = [i for i, size in enumerate(sizes) if size]
        candidates = [i for i in moving if i == 0 or call.name == "*"]
        if len(moving) < 2 or not candidates:
            return candidates[0] if candidates else None
        # A long sum times, or over, a few others that move: each addend is a game with those few.
        longest = max(candidates, key=sizes.__getitem__)
        others = frozenset().union(*(self.playing(call.args[i]) for i in moving if i != longest))
        long = len(others) <= FEW and len(self.playing(call)) > 2 * FEW
        return longest if long and self.adds(call.args[longest]) else None

    def adds(self, expr: Expr) -> bool:
        """Whether an expression is a sum, however deep within KPIs."""
        while True:
            match expr:
                case Name(id=name) if name in self.formulas:
                    expr = self.formulas[name]
                case Call(name="neg", args=(arg,)):
                    expr = arg
                case Call(name="+", args=args):
                    return sum(map(bool, map(self.playing, args))) > 1
                case _:
                    return False

    def held(self, expr: Expr) -> Expr:
        """An expression that stands still as the number it is."""
        if self.keep_fixed or self.playing(expr):
            return expr
        value = value_of(expr, self.sides.before)
        return expr if value is None else Number(value)

    def playing(self, expr: Expr) -> frozenset[str]:
        match expr:
            case Name(id=name):
                return self.players[name]
            case Number():
                return frozenset()
        return frozenset().union(*(self.players[name] for name in names_in(expr)))

    def degree(self, expr: Expr) -> int | None:
        """The degree of an expression in its players; None where it is not multilinear."""
        playing = self.playing(expr)
        if not playing:
            return 0
        match expr:
            case Name(id=name):
                return self.degrees.get(name)
            case Call(name="+" | "neg", args=args):
                found = self.all_degrees(args)
                return max(found) if found else None
            case Call(name="*", args=args):
                found = self.all_degrees(args)
                apart = sum(len(self.playing(arg)) for arg in args) == len(playing)
                return sum(found) if found and apart else None
            case Call(name="/", args=(above, below)) if not self.playing(below):
                return self.degree(above)
        return None

    def all_degrees(self, exprs: tuple[Expr, ...]) -> list[int]:
        """Empty where one of them is not multilinear."""
        found = [degree for expr in exprs if (degree := self.degree(expr)) is not None]
        return found if len(found) == len(exprs) else []

    def game(self, expr: Expr, owner: str) -> Game:
        needed = set(names_in(expr))
        for kpi, formula in reversed(self.formulas.items()):
            if kpi in needed:
                needed.update(names_in(formula))
        drivers, before = self.sides.scope.drivers, self.sides.before
        moving = {one for one in needed if self.players[one]}
        fixed = set() if self.keep_fixed else needed - moving
        return Game(
            owner=owner,
            players={
                one: (drivers[one].before, drivers[one].after) for one in drivers if one in moving
            },
            formulas={
                **{
                    kpi: formula
                    for kpi, formula in self.formulas.items()
                    if kpi in needed and (kpi not in fixed or kpi not in before)
                },
                TERM: expr,
            },
            fixed={one: before[one] for one in self.sides.scope.order if one in needed - moving},
        )


def _times(by: Expr, others: tuple[Expr, ...]) -> Expr:
    """A product, with its numbers made one."""
    number = math.prod(one.value for one in (by, *others) if isinstance(one, Number))
    rest: list[Expr] = [one for one in (by, *others) if not isinstance(one, Number)]
    if number != 1.0 or not rest:
        rest = [Number(number), *rest]
    return rest[0] if len(rest) == 1 else Call("*", tuple(rest))


def _over(by: Expr, below: Expr) -> Expr:
    match by, below:
        case Number(value=above), Number(value=value):
            return Number(above / value)
    return Call("/", (by, below))


def _sum(parts: list[Expr]) -> Expr:
    if all(isinstance(one, Number) for one in parts):
        return Number(math.fsum(one.value for one in parts if isinstance(one, Number)))
    return parts[0] if len(parts) == 1 else Call("+", tuple(parts))
