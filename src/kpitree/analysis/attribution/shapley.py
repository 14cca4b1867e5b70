"""The average over all orders in which drivers may move one after another (Shapley).

What is only added up is taken apart term by term (terms.py). Terms that are multilinear in their
drivers take the straight line, which gives the same lines at any size (Owen's multilinear
extension, slopes.py); others take all 2^n corners of their n moved drivers (corners.py), and
beyond EXACT of them a fixed sample of orders, with a standard error (permutations.py).
Source: Shapley, "A value for n-person games", Contributions to the Theory of Games II (1953).
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from kpitree.analysis.attribution.contract import Problem
from kpitree.analysis.attribution.corners import exact_lines
from kpitree.analysis.attribution.division import Sides, take_apart
from kpitree.analysis.attribution.flows import flows_over_orders
from kpitree.analysis.attribution.games import Game
from kpitree.analysis.attribution.permutations import sampled_lines
from kpitree.analysis.attribution.scope import Ends, Solution
from kpitree.analysis.attribution.slopes import along_the_line, over_orders
from kpitree.analysis.attribution.terms import split_up
from kpitree.errors import Notice
from kpitree.tree.model import Tree

EXACT: Final = 20  # moved drivers of one term
TINY: Final = 1e-6  # of a driver's size: a line over a smaller change is mostly rounding


def solve(problem: Problem) -> Solution:
    """Average over all orders; a KPI without a value in some order is one driver.

    Gradients are line / change, or where a driver (nearly) stands still its mean slope over the
    orders of the others. Flows as in flows.py.

    Raises WithheldError where a driver or an end has no value.
    """
    return take_apart(problem, _attempt)


def _attempt(sides: Sides) -> Solution:
    found = split(sides, sides.scope.drivers if sides.problem.gradients else ())
    start, finish = sides.root_values
    kpi, errors = sides.scope.kpi, found.errors
    return Solution(
        scope=sides.scope,
        before=start,
        after=finish,
        lines=found.lines,
        flows=flows_over_orders(sides, found.lines, found.degree),
        gradients=found.gradients,
        errors=errors,
        warnings=(sample_notice(sides.tree, kpi, found.sampled, errors),) if found.sampled else (),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """lines, gradients, errors as in Solution.

    degree: of the change as a polynomial, None where not all of it is multilinear.
    sampled: (players, orders drawn) of the largest term that took a sample, else None.
    """

    lines: dict[str, float]
    gradients: dict[str, float]
    errors: dict[str, float]
    degree: int | None
    sampled: tuple[int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What one game gives."""

    lines: dict[str, float]
    errors: dict[str, float]
    sampled: tuple[int, int] | None = None


def split(sides: Sides, wanted: Collection[str]) -> Split:
    """Take the change of a scope's KPI apart by its drivers.

    wanted: the drivers whose gradients are asked for.

    Raises IndivisibleError where a formula has no value in some order.
    """
    drivers = sides.scope.drivers
    games = split_up(sides, keep_fixed=False)
    parts = [_tangled(game) for game in games.tangled]
    if games.straight is not None:
        parts.append(_straight(games.straight, games.degree))
    lines = {one: _total(one, [part.lines for part in parts]) for one in drivers}
    errors = {one: math.hypot(*_of(one, [part.errors for part in parts])) for one in drivers}
    slopes = _slopes(sides, {one for one in wanted if hardly_moves(drivers[one])})
    for one in wanted:
        if one not in slopes:
            slopes[one] = lines[one] / (drivers[one].after - drivers[one].before)
    sampled = [part.sampled for part in parts if part.sampled]
    return Split(
        lines=lines,
        gradients={one: slopes[one] for one in wanted if math.isfinite(slopes[one])},
        errors=errors if sampled else {},
        degree=None if games.tangled else games.degree,
        sampled=max(sampled, default=None),
    )


def hardly_moves(ends: Ends) -> bool:
    """Whether a line over this change would be mostly rounding."""
    return abs(ends.after - ends.before) <= TINY * max(abs(ends.before), abs(ends.after))


def _straight(game: Game, degree: int) -> _Part:
    means = along_the_line(game, degree)
    lines = {one: means[one] * (after - before) for one, (before, after) in game.players.items()}
    return _Part(lines=lines, errors={})


def _tangled(game: Game) -> _Part:
    if len(game.players) <= EXACT:
        return _Part(lines=exact_lines(game), errors={})
    found = sampled_lines(game)
    sampled = (len(game.players), found.orders)
    return _Part(lines=found.lines, errors=found.errors, sampled=sampled)


def _slopes(sides: Sides, still: set[str]) -> dict[str, float]:
    """Mean slopes by drivers that (nearly) stand still; NaN where there is none."""
    if not still:
        return {}
    games = split_up(sides, keep_fixed=True)
    parts: list[dict[str, float]] = []
    if games.straight is not None:
        parts.append(along_the_line(games.straight, games.degree))
    for game in games.tangled:
        wanted = still.intersection((*game.players, *game.fixed))
        parts.append(over_orders(game, wanted) if wanted else {})
    return {one: _total(one, parts) for one in still}


def _total(one: str, parts: list[dict[str, float]]) -> float:
    return math.fsum(_of(one, parts)) + 0.0  # no -0.0


def _of(one: str, parts: list[dict[str, float]]) -> list[float]:
    return [part[one] for part in parts if one in part]


def sample_notice(
    tree: Tree, kpi: str, sampled: tuple[int, int], errors: dict[str, float]
) -> Notice:
    """Says that lines are averages over a sample of orders, and how far off they may be."""
    players, orders = sampled
    worst = max(errors, key=errors.__getitem__)
    message = (
        f"{tree.kpis[kpi].label}: {players} drivers act on each other, too many for all of their"
        f" orders; lines are averages over {orders} of them, drawn with a fixed seed (largest"
        f" standard error {errors[worst]:.3g}, of {tree.kpis[worst].label})"
    )
    return Notice(code="sampled", kpi=kpi, message=message)
