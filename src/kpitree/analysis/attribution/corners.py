"""Every state in which some drivers are as before and the others as after, as rows of a frame."""

import math
from collections.abc import Iterator
from typing import Final

import polars as pl

from kpitree.analysis.attribution.division import culprit
from kpitree.analysis.attribution.games import COEFFICIENT, TERM, Game
from kpitree.analysis.attribution.scope import IndivisibleError
from kpitree.analysis.functions import to_polars

CORNER: Final = "corner:"  # bit i is set where the i-th player has moved
SIZE: Final = "size:"  # how many have
CHUNK: Final = 16  # players whose corners make one frame; the others stand still in it


def exact_lines(game: Game) -> dict[str, float]:
    """The Shapley value of every player: 2^n corners, each evaluated once.

    A line is the sum over all S without the player of |S|! (n - |S| - 1)! / n! times what it adds
    to S. Source: Shapley, "A value for n-person games" (1953).

    Raises IndivisibleError where the game has no value at a corner.
    """
    size = len(game.players)
    weights = [order_share(size, moved) for moved in range(size)]
    frame = pl.DataFrame({TERM: _corner_values(game)}).with_columns(
        pl.int_range(1 << size, dtype=pl.UInt32).alias(CORNER)
    )
    frame = frame.with_columns(
        pl.col(CORNER)
        .bitwise_count_ones()
        .replace_strict(list(range(size)), weights, default=0.0, return_dtype=pl.Float64)
        .alias(SIZE)
    )
    return {one: _line(frame, 1 << place) for place, one in enumerate(game.players)}


def order_share(players: int, moved: int) -> float:
    """The share of orders in which just these players, so many, move before a given other."""
    return 1.0 / (players * math.comb(players - 1, moved))


def _line(frame: pl.DataFrame, bit: int) -> float:
    adds = pl.col(TERM).shift(-bit) - pl.col(TERM)
    before = pl.col(CORNER) & bit == 0
    return float(frame.select((adds * pl.col(SIZE)).filter(before).sum()).item())


def _corner_values(game: Game) -> pl.Series:
    """The game's value at every corner, by number."""
    return pl.concat([evaluated(game, frame) for frame in _corner_frames(game)])


def _corner_frames(game: Game) -> Iterator[pl.DataFrame]:
    players = list(game.players.items())
    low, high = players[:CHUNK], players[CHUNK:]
    corner = pl.int_range(1 << len(low), dtype=pl.UInt32)
    frame = pl.select(
        pl.when(corner & (1 << place) == 0).then(before).otherwise(after).alias(one)
        for place, (one, (before, after)) in enumerate(low)
    )
    for mask in range(1 << len(high)):
        yield frame.with_columns(
            pl.lit(pair[mask >> place & 1], dtype=pl.Float64).alias(one)
            for place, (one, pair) in enumerate(high)
        )


def evaluated(game: Game, players: pl.DataFrame) -> pl.Series:
    """The game's value in every row.

    players: a Float64 column for each player.

    Raises IndivisibleError for the KPI for want of which the first row without a value has none.
    """

    def column(name: str) -> pl.Expr:
        known = name in game.players or name in game.formulas
        return pl.col(name) if known else pl.lit(game.fixed[name], dtype=pl.Float64)

    values = players
    for kpi, formula in game.formulas.items():
        one = to_polars(formula, column).cast(pl.Float64).alias(kpi)
        values = values.with_columns(one)
    found = values.get_column(TERM)
    if found.null_count():
        row = found.is_null().arg_max()
        assert row is not None
        raise _no_value(game, values.row(row, named=True))
    return found


def _no_value(game: Game, row: dict[str, float | None]) -> IndivisibleError:
    kpi, reason = culprit(game.formulas, TERM, {**game.fixed, **row})
    inside = kpi.startswith((TERM, COEFFICIENT))
    return IndivisibleError(game.owner if inside else kpi, f"{reason} in some orders")
