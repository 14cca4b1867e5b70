"""Whatever the method of attribution, segment lines refine its lines."""

import math
from collections.abc import Mapping

import polars as pl
import pytest

from analysis.kpis import branch, leaf
from analysis.splitting import columns_of, in_segments, tree_of
from kpitree.analysis.attribution import METHODS, attribute
from kpitree.analysis.attribution.contract import Attribution, State
from kpitree.analysis.segments import Convention, Weights, shapes_of, split

TREE = tree_of(
    branch("revenue", "buyers * frequency * value"),
    leaf("buyers", "n_unique(buyer)", time="day"),
    leaf("frequency", "count() / n_unique(buyer)", time="day"),
    leaf("value", "mean(amount)", time="day"),
)
ORDER = ("buyers", "frequency", "value")
WEIGHTS = {"log": Weights.LOGARITHMIC, "sequential": Weights.MIX_FIRST}
BEFORE = {
    "n_unique(buyer)": {"north": 40.0, "south": 60.0, "west": 10.0},
    "count()": {"north": 80.0, "south": 90.0, "west": 10.0},
    "sum(amount)": {"north": 800.0, "south": 2250.0, "west": 50.0},
    "count(amount)": {"north": 80.0, "south": 90.0, "west": 10.0},
}
AFTER = {
    "n_unique(buyer)": {"north": 50.0, "south": 30.0, "east": 20.0},
    "count()": {"north": 150.0, "south": 60.0, "east": 20.0},
    "sum(amount)": {"north": 1800.0, "south": 1500.0, "east": 100.0},
    "count(amount)": {"north": 150.0, "south": 60.0, "east": 20.0},
}
Figures = Mapping[str, Mapping[str, float]]


def state(label: str, figures: Figures) -> State:
    whole = {measure: math.fsum(by.values()) for measure, by in figures.items()}
    values: dict[str, float | None] = {
        "buyers": whole["n_unique(buyer)"],
        "frequency": whole["count()"] / whole["n_unique(buyer)"],
        "value": whole["sum(amount)"] / whole["count(amount)"],
    }
    return State(label=label, values=values)


def explained(method: str, before: Figures, after: Figures) -> tuple[Attribution, pl.DataFrame]:
    attribution = attribute(
        TREE,
        "revenue",
        state("before", before),
        state("after", after),
        vs="previous",
        method=method,
        order=ORDER if method == "sequential" else (),
        gradients=True,
    )
    assert attribution.reason is None
    lines = split(
        attribution,
        shapes_of(TREE, ORDER, ["region"]),
        in_segments(before, ["region"]),
        in_segments(after, ["region"]),
        columns=columns_of(before),
        dimensions=["region"],
        convention=Convention(weights=WEIGHTS.get(method, Weights.AVERAGE)),
    )
    return attribution, lines


def must_refine(attribution: Attribution, lines: pl.DataFrame) -> None:
    gross = math.fsum(lines["line"].abs())
    for line in attribution.lines:
        own = lines.filter(pl.col("driver") == line.kpi)
        assert math.fsum(own["line"]) == pytest.approx(line.line, rel=0, abs=1e-9 * gross)
    assert set(lines["effect"]) == {"driver", "rate", "mix"}
    assert lines["reason"].null_count() == len(lines)


@pytest.mark.parametrize("method", METHODS)
def test_segments_refine_the_drivers_lines(method: str) -> None:
    must_refine(*explained(method, BEFORE, AFTER))


@pytest.mark.parametrize("method", METHODS)
def test_drivers_that_stand_still_have_segments_that_move(method: str) -> None:
    """As many buyers in all and as many purchases, but others."""
    swapped = {
        measure: {"north": by["south"], "south": by["north"], "west": by["west"]}
        for measure, by in BEFORE.items()
    }
    attribution, lines = explained(method, BEFORE, swapped)
    must_refine(attribution, lines)
    assert [line.line for line in attribution.lines] == [0.0, 0.0, 0.0]
    buyers = lines.filter(pl.col("driver") == "buyers")
    moved = 20.0 * (3100.0 / 110.0)  # what a buyer spends: revenue's gradient by buyers
    assert buyers["line"].to_list() == pytest.approx([moved, -moved, 0.0], rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_a_driver_that_moves_by_rounding_alone(method: str) -> None:
    """The last digit of a mean is no change to divide by; its segments move and offset."""
    nearly = {
        **BEFORE,
        "sum(amount)": {"north": 2250.0, "south": 800.0 * (1.0 + 2.0**-49), "west": 50.0},
    }
    values = [state("", figures).values["value"] for figures in (BEFORE, nearly)]
    assert values[0] != values[1]
    attribution, lines = explained(method, BEFORE, nearly)
    must_refine(attribution, lines)
    value = lines.filter(pl.col("driver") == "value", pl.col("effect") == "rate")
    per_unit = value["line"] / (value["to"] - value["from"])
    shares = [80 / 180, 90 / 180]
    assert (per_unit[:2] / pl.Series(shares)).to_list() == pytest.approx([180.0, 180.0], rel=1e-9)
