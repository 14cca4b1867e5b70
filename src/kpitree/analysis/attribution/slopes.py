"""Slopes of formulas at one place, and their averages over the ways that drivers may move."""

import math
import random
from collections.abc import Iterator, Mapping
from typing import Final

from kpitree.analysis.attribution.corners import order_share
from kpitree.analysis.attribution.division import Values, value_of
from kpitree.analysis.attribution.games import Game
from kpitree.analysis.attribution.quadrature import gauss_legendre
from kpitree.analysis.functions import FUNCTIONS
from kpitree.tree.expressions import Call, Expr, Name, names_in

ALL_CORNERS: Final = 11  # players up to which slopes are taken at every corner
DRAWN: Final = 2_048  # corners beyond
SEED: Final = 20_240_229

Slopes = dict[str, float]


def slopes_in(formula: Expr, values: Values) -> Slopes:
    """The derivative of a formula by each name in it; NaN where there is none.

    An operand that does not count (its slope is 0) may be without a value of its own.
    """
    found: Slopes = dict.fromkeys(names_in(formula), 0.0)
    pending: list[tuple[Expr, float]] = [(formula, 1.0)]
    while pending:
        expr, outer = pending.pop()
        match expr:
            case Name(id=name):
                found[name] += outer
            case Call():
                partials = _partials(expr, values)
                pending += [
                    (arg, outer * slope)
                    for arg, slope in zip(expr.args, partials, strict=True)
                    if slope
                ]
    return found


def _partials(call: Call, values: Values) -> list[float]:
    value = value_of(call, values)
    if value is None:
        return [math.nan] * len(call.args)
    args = [value_of(arg, values) for arg in call.args]
    known = [math.nan if arg is None else arg for arg in args]
    function = FUNCTIONS[call.name]
    corners = function.corners(known)
    found = function.partials(known, value)
    return [math.nan if i in corners else slope for i, slope in enumerate(found)]


def slopes_under(formulas: dict[str, Expr], values: Values) -> Slopes:
    """The derivative of the last formula by every name under it; NaN where there is none.

    formulas: KPI -> formula, operands first.
    """
    return _down(formulas, {kpi: slopes_in(one, values) for kpi, one in formulas.items()})


def _down(formulas: dict[str, Expr], local: Mapping[str, Slopes]) -> Slopes:
    """The chain rule, from the last formula down."""
    found: Slopes = {next(reversed(formulas)): 1.0}
    for kpi in reversed(formulas):
        outer = found.get(kpi, 0.0)
        for name, slope in local[kpi].items():
            part = outer * slope if outer and slope else 0.0
            found[name] = found.get(name, 0.0) + part
    return found


def along_the_line(game: Game, degree: int) -> Slopes:
    """Mean slopes on the straight line between the states, exact for a polynomial of this degree.

    Where that is multilinear, the mean slope over all orders is the same: Owen, "Multilinear
    extensions of games", Management Science 18 (1972). NaN where it does not exist.
    """
    found: dict[str, list[float]] = {}
    for weight, values in _on_the_line(game, degree):
        for one, slope in slopes_under(game.formulas, values).items():
            found.setdefault(one, []).append(weight * slope)
    return {one: _total(parts) for one, parts in found.items()}


def flows_along_the_line(game: Game, degree: int) -> dict[tuple[str, str], float]:
    """What reaches the last formula through each mention (parent, child) on the same line."""
    moves = {one: after - before for one, (before, after) in game.players.items()}
    found: dict[tuple[str, str], list[float]] = {}
    for weight, values in _on_the_line(game, degree):
        local = {kpi: slopes_in(formula, values) for kpi, formula in game.formulas.items()}
        outer = _down(game.formulas, local)
        passing = dict(moves)
        for parent, inner in local.items():
            # What stands still sends nothing, also where it has no slope.
            speeds = {child: passing.get(child, 0.0) for child in inner}
            parts = {
                child: slope * speeds[child] if speeds[child] else 0.0
                for child, slope in inner.items()
            }
            passing[parent] = math.fsum(parts.values())
            for child, part in parts.items():
                flow = weight * outer[parent] * part if part else 0.0
                found.setdefault((parent, child), []).append(flow)
    return {edge: math.fsum(parts) for edge, parts in found.items()}


def _on_the_line(game: Game, degree: int) -> Iterator[tuple[float, Values]]:
    for node, weight in gauss_legendre(degree // 2 + 1):
        t = (1.0 + node) / 2.0
        yield (
            weight / 2.0,
            game.values(
                {
                    one: before * (1.0 - t) + after * t
                    for one, (before, after) in game.players.items()
                }
            ),
        )


def over_orders(game: Game, wanted: set[str]) -> Slopes:
    """Mean slopes of drivers that stand still (or nearly so), over all orders of the players.

    NaN where one of them does not exist. A driver that stands still takes its turn at any place
    among the players. Of more than ALL_CORNERS players some corners are drawn, always the same
    ones.
    """
    sums: dict[str, list[float]] = {one: [] for one in wanted}
    for values, weights in _weighted_corners(game, wanted):
        found = slopes_under(game.formulas, values)
        for one, weight in weights.items():
            sums[one].append(weight * found.get(one, 0.0))
    return {one: _total(found) for one, found in sums.items()}


def _total(parts: list[float]) -> float:
    return math.fsum(parts) if all(map(math.isfinite, parts)) else math.nan


def _weighted_corners(game: Game, wanted: set[str]) -> Iterator[tuple[Values, Slopes]]:
    players = list(game.players)
    if len(players) > ALL_CORNERS:
        for moved in _drawn(players):
            yield _at(game, moved), dict.fromkeys(wanted, 1.0 / DRAWN)
        return
    for mask in range(1 << len(players)):
        moved = {one for i, one in enumerate(players) if mask >> i & 1}
        yield _at(game, moved), {one: _weight(moved, players, one) for one in wanted}


def _weight(moved: set[str], players: list[str], one: str) -> float:
    """Of this corner: a player that hardly moves counts half as before and half as after."""
    if one in players:
        return order_share(len(players), len(moved) - (one in moved)) / 2.0
    return order_share(len(players) + 1, len(moved))


def _drawn(players: list[str]) -> Iterator[set[str]]:
    """Beginnings of orders, each with its counterpart in which all others move."""
    chance = random.Random(SEED)  # noqa: S311 - the same corners every time are what is wanted
    order = list(players)
    for _ in range(DRAWN // 2):
        chance.shuffle(order)
        first = chance.randint(0, len(order))
        yield set(order[:first])
        yield set(order[first:])


def _at(game: Game, moved: set[str]) -> Values:
    return game.values({one: pair[one in moved] for one, pair in game.players.items()})
