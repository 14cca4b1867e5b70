"""Lines as averages over some orders in which drivers may move, where all are too many."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from kpitree.analysis.attribution.corners import evaluated
from kpitree.analysis.attribution.games import Game

SEED: Final = 20_240_229
MOST_PAIRS: Final = 1_024  # of an order and its reverse
LEAST_PAIRS: Final = 32
EVALUATIONS: Final = 1 << 17  # beyond, fewer pairs are drawn
CELLS: Final = 1 << 22  # of one frame
STEP: Final = "step:"  # how many players have moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """lines, and the standard errors of their means; orders: how many were drawn."""

    lines: dict[str, float]
    errors: dict[str, float]
    orders: int


def sampled_lines(game: Game) -> Sampled:
    """Shapley values by antithetic permutations, always the same ones.

    In each order every player adds what its turn changes, so the lines of every order, and thus
    their means, add up to the change. An order and its reverse are one draw: what the first
    mover lacks in one it has in the other. Source: Mitchell et al., "Sampling permutations for
    Shapley value estimation", Journal of Machine Learning Research 23 (2022).

    Raises IndivisibleError where the game has no value at a corner that is met.
    """
    pairs = max(LEAST_PAIRS, min(MOST_PAIRS, EVALUATIONS // (2 * len(game.players))))
    found: dict[str, list[pl.Series]] = {one: [] for one in game.players}
    for places in _batches(game, pairs):
        for one, parts in _means_of_pairs(game, places).items():
            found[one].append(parts)
    means = {one: pl.concat(parts) for one, parts in found.items()}
    return Sampled(
        lines={one: math.fsum(parts) / pairs for one, parts in means.items()},
        errors={one: _deviation(parts) / math.sqrt(pairs) for one, parts in means.items()},
        orders=2 * pairs,
    )


def _deviation(parts: pl.Series) -> float:
    spread = parts.std()
    assert isinstance(spread, float)
    return spread


def _batches(game: Game, pairs: int) -> Iterator[pl.DataFrame]:
    """Frames with a row for each order (its reverse next), and every player's place in it."""
    chance = random.Random(SEED)  # noqa: S311 - the same orders every time are what is wanted
    size = len(game.players)
    at_once = max(1, CELLS // (2 * (size + 1) * size))
    for start in range(0, pairs, at_once):
        rows: list[list[int]] = []
        for _ in range(min(at_once, pairs - start)):
            places = chance.sample(range(size), size)
            rows += [places, [size - 1 - place for place in places]]
        yield pl.DataFrame(rows, schema=dict.fromkeys(game.players, pl.Int32), orient="row")


def _means_of_pairs(game: Game, places: pl.DataFrame) -> dict[str, pl.Series]:
    """What each player adds when its turn comes, on average over an order and its reverse."""
    size = len(game.players)
    steps = pl.DataFrame({STEP: range(size + 1)}, schema={STEP: pl.Int32})
    corners = places.join(steps, how="cross", maintain_order="left_right").select(
        pl.when(pl.col(STEP) > pl.col(one)).then(after).otherwise(before).alias(one)
        for one, (before, after) in game.players.items()
    )
    values = evaluated(game, corners)
    adds = values.shift(-1) - values
    turns = pl.int_range(places.height, dtype=pl.Int64) * (size + 1)
    added = places.select(
        pl.lit(adds).gather(turns + pl.col(one)).alias(one) for one in game.players
    )
    first, second = added.gather_every(2), added.gather_every(2, offset=1)
    return {one: (first[one] + second[one]) / 2.0 for one in game.players}
