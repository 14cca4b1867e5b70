"""Made-up KPIs by region, channel and rep, cut in every way, and what a search finds in them."""

import itertools
import random
from collections.abc import Callable, Mapping, Sequence

import polars as pl

from kpitree.analysis.slices import Cut, Rate, Total, Whole, adds_up, most_telling
from kpitree.tables import SEGMENT

Cell = Mapping[str, str]
Fate = Callable[[Cell], float]  # what a cell's value is multiplied by

TOTAL = ("before", "after")
RATE = ("above_before", "above_after", "base_before", "base_after")
WORLD = {"region": 3, "channel": 5, "rep": 12}


def cells_of(dimensions: Mapping[str, int]) -> list[dict[str, str]]:
    """Every combination: {"region": "region0", "channel": "channel3", ...}."""
    return [
        {name: f"{name}{number}" for name, number in zip(dimensions, numbers, strict=True)}
        for numbers in itertools.product(*map(range, dimensions.values()))
    ]


def totals(fate: Fate, *, seed: int = 1, noise: float = 0.0, **dimensions: int) -> pl.DataFrame:
    """Rows of a KPI that adds up: cells of different size, each with its fate and some luck."""
    luck = random.Random(seed)  # noqa: S311 - made-up rows need no secrecy
    rows = []
    for cell in cells_of(dimensions or WORLD):
        before = luck.uniform(50, 150)
        rows.append(cell | {"before": before, "after": before * fate(cell) * luck.gauss(1, noise)})
    return pl.DataFrame(rows)


def cuts_of(rows: pl.DataFrame, *, deep: int = 2) -> tuple[Cut, ...]:
    """Every cut by one dimension and, two deep, by each pair."""
    figures = [name for name in rows.columns if name in (*TOTAL, *RATE)]
    dimensions = [name for name in rows.columns if name not in figures]
    found = []
    for count in range(1, deep + 1):
        for by in itertools.combinations(dimensions, count):
            frame = rows.group_by(by).agg(pl.col(figures).sum())
            found.append(Cut(dimensions=by, frame=frame.rename({one: SEGMENT + one for one in by})))
    return tuple(found)


def whole_of(rows: pl.DataFrame) -> Whole:
    sums = {name: float(rows[name].sum()) for name in rows.columns if name in (*TOTAL, *RATE)}
    if "before" in sums:
        return Total(**sums)
    return Rate(
        before=sums["above_before"] / sums["base_before"],
        after=sums["above_after"] / sums["base_after"],
        **sums,
    )


def searched(
    rows: pl.DataFrame, *, top: int = 5, deep: int = 2, noise: bool = False
) -> pl.DataFrame:
    """SLICES of a search over every cut of the rows."""
    cuts, whole = cuts_of(rows, deep=deep), whole_of(rows)
    assert all(adds_up(cut, whole) for cut in cuts)
    return most_telling(cuts, whole, top=top, noise=noise).rows


def told(rows: pl.DataFrame) -> list[dict[str, str]]:
    """The slices kept, without the rest, which must stand last."""
    keys = [name for name in rows.columns if name.startswith(SEGMENT)]
    found = [
        {key.removeprefix(SEGMENT): value for key, value in row.items() if value is not None}
        for row in rows.select(keys).iter_rows(named=True)
    ]
    assert found.pop() == {}
    assert {} not in found
    return found


def found_in(rows: pl.DataFrame, **options: bool | int) -> list[dict[str, str]]:
    return told(searched(rows, **options))  # type: ignore[arg-type]  # the options of searched()


def as_set(slices: Sequence[Mapping[str, str]]) -> set[tuple[tuple[str, str], ...]]:
    return {tuple(sorted(one.items())) for one in slices}
