"""What was planted is what the search finds, whatever luck is mixed in."""

import math

import polars as pl
import pytest

from analysis.slicing import Cell, as_set, cuts_of, found_in, searched, told, totals, whole_of
from kpitree.analysis.slices import Cut, Total, adds_up, most_telling
from kpitree.tables import SEGMENT

SEEDS = range(6)


def in_cell(region: str, channel: str) -> dict[str, str]:
    return {"region": region, "channel": channel}


# --- totals: what was planted --------------------------------------------------------------------


@pytest.mark.parametrize("noise", [0.0, 0.03, 0.1])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_region_falls(seed: int, noise: float) -> None:
    rows = totals(lambda cell: 0.7 if cell["region"] == "region0" else 1, seed=seed, noise=noise)
    assert found_in(rows) == [{"region": "region0"}]


@pytest.mark.parametrize("noise", [0.0, 0.03, 0.1])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_cell_of_a_region_and_a_channel_falls(seed: int, noise: float) -> None:
    cell = in_cell("region0", "channel2")
    rows = totals(lambda one: 0.4 if cell.items() <= one.items() else 1, seed=seed, noise=noise)
    assert found_in(rows) == [cell]


@pytest.mark.parametrize("noise", [0.0, 0.03])
@pytest.mark.parametrize("seed", SEEDS)
def test_two_unrelated_causes(seed: int, noise: float) -> None:
    first, second = in_cell("region0", "channel2"), in_cell("region1", "channel1")

    def fate(cell: Cell) -> float:
        return (
            0.4 if first.items() <= cell.items() else 0.7 if second.items() <= cell.items() else 1
        )

    assert found_in(totals(fate, seed=seed, noise=noise)) == [first, second]


def test_causes_that_offset_each_other_are_both_told_without_percentages() -> None:
    """Region 0 loses what region 2 gains: the change is 0, the slices are not."""
    rows = totals(lambda _: 1).with_columns(pl.lit(100.0).alias("before"), after=pl.lit(100.0))
    fates = {"region0": 80.0, "region1": 100.0, "region2": 120.0}
    rows = rows.with_columns(pl.col("region").replace_strict(fates).alias("after"))
    found = searched(rows)
    assert as_set(told(found)) == as_set([{"region": "region0"}, {"region": "region2"}])
    assert found["line"].to_list() == pytest.approx([-1200, 1200, 0])
    assert found["share"].null_count() == 3


@pytest.mark.parametrize("noise", [0.0, 0.03, 0.1, 0.2])
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_stands_out_where_everything_falls_alike(seed: int, noise: float) -> None:
    rows = totals(lambda _: 0.8, seed=seed, noise=noise)
    found = searched(rows)
    assert told(found) == []
    only = found.row(0, named=True)
    whole = whole_of(rows)
    assert (only["from"], only["to"]) == (whole.before, whole.after)
    assert only["line"] == whole.after - whole.before
    assert (only["share"], only["size"], only["excess"]) == (1.0, 1.0, 0.0)


@pytest.mark.parametrize("seed", SEEDS)
def test_luck_is_told_only_when_asked_for(seed: int) -> None:
    rows = totals(lambda _: 1, seed=seed, noise=0.1)
    assert found_in(rows) == []
    assert len(found_in(rows, noise=True)) == 5


def test_a_channel_vanishes() -> None:
    found = searched(totals(lambda cell: 0 if cell["channel"] == "channel2" else 1.1, noise=0.03))
    assert told(found) == [{"channel": "channel2"}]
    lost = found.row(0, named=True)
    assert lost["to"] == 0
    assert lost["line"] == -lost["from"]
    assert lost["surprise"] == pytest.approx(lost["size"] / 2)  # p log2(2p / p) / 2


def test_a_segment_appears() -> None:
    rows = totals(lambda _: 1, noise=0.03)
    new = pl.DataFrame(
        {"region": "region9", "channel": "channel0", "rep": "rep0", "before": 0.0, "after": 900.0}
    )
    found = searched(pl.concat([rows, new]))
    assert told(found) == [{"region": "region9"}]
    assert found.row(0, named=True)["size"] == 0
    assert found.row(0, named=True)["excess"] == 900


def test_a_small_slice_that_vanishes_does_not_win_over_what_fell() -> None:
    """All of a slice of 0.3 % is little beside a third of a region."""

    def fate(cell: Cell) -> float:
        tiny = (cell["region"], cell["channel"], cell["rep"]) == ("region1", "channel0", "rep0")
        return 0 if tiny else 0.67 if cell["region"] == "region0" else 1

    assert found_in(totals(fate)) == [{"region": "region0"}]


def test_a_large_slice_that_fell_by_its_size_does_not_win() -> None:
    rows = pl.DataFrame(
        {
            "shop": ["large", "small", "other"],
            "before": [800.0, 100.0, 100.0],
            "after": [720.0, 45.0, 90.0],
        }
    )
    assert found_in(rows) == [{"shop": "small"}]


def test_a_slice_that_stands_still_while_others_fall_is_not_a_cause() -> None:
    rows = pl.DataFrame({"shop": ["a", "b"], "before": [100.0, 100.0], "after": [100.0, 50.0]})
    assert found_in(rows) == [{"shop": "b"}]


def test_one_dimension_deep_only_when_asked() -> None:
    cell = in_cell("region0", "channel2")
    rows = totals(lambda one: 0.4 if cell.items() <= one.items() else 1)
    for slices in found_in(rows, deep=1):
        assert len(slices) == 1


def test_top_limits_the_slices_and_the_rest_takes_the_others() -> None:
    fates = {f"channel{at}": fate for at, fate in enumerate([0.2, 0.5, 1.5, 1, 1])}
    rows = totals(lambda cell: fates[cell["channel"]], noise=0.01)
    everything = searched(rows)
    assert len(told(everything)) == 3
    for top in (1, 2, 3):
        few = searched(rows, top=top)
        assert len(told(few)) == top
        assert set(few["line"][:top]) <= set(everything["line"])


def test_slices_stand_by_their_lines() -> None:
    fates = {f"channel{at}": fate for at, fate in enumerate([0.5, 0.2, 1.5, 1, 1])}
    found = searched(totals(lambda cell: fates[cell["channel"]], noise=0.01))
    lines = found["line"].abs().to_list()[:-1]
    assert len(lines) == 3
    assert lines == sorted(lines, reverse=True)


def test_a_nested_dimension_is_told_once() -> None:
    """Each rep is in one region: region1 x rep4 has the rows of rep4, which says it shorter."""
    rows = totals(lambda cell: 0.3 if cell["rep"] == "rep4" else 1, noise=0.01)
    rows = rows.filter(
        pl.col("region").str.tail(1).cast(pl.Int32) == pl.col("rep").str.slice(3).cast(pl.Int32) % 3
    )
    assert found_in(rows) == [{"rep": "rep4"}]


def test_the_rest_may_be_nothing() -> None:
    rows = pl.DataFrame({"shop": ["a", "b"], "before": [100.0, 0.0], "after": [0.0, 40.0]})
    found = searched(rows)
    assert told(found) == [{"shop": "a"}]
    rest = found.row(-1, named=True)
    assert (rest["from"], rest["to"], rest["line"], rest["size"]) == (0, 40, 40, 0)


def test_from_nothing_there_are_no_sizes() -> None:
    rows = pl.DataFrame({"shop": ["a", "b", "c"], "before": [0.0] * 3, "after": [90.0, 5.0, 5.0]})
    found = searched(rows)
    assert told(found) == [{"shop": "a"}]
    assert found.select("size", "excess", "surprise").null_count().row(0) == (2, 2, 2)
    assert found["line"].to_list() == [90, 10]


def test_values_of_both_signs() -> None:
    """A loss that doubles beside profits that stay."""
    rows = pl.DataFrame(
        {
            "product": ["a", "b", "c", "d"],
            "before": [500.0, 400.0, 300.0, -300.0],
            "after": [500.0, 400.0, 300.0, -600.0],
        }
    )
    found = searched(rows)
    assert told(found) == [{"product": "d"}]
    assert found["line"].to_list() == [-300, 0]
    assert found["size"][0] == pytest.approx(300 / 1500)


# --- rates ---------------------------------------------------------------------------------------


def rates(*rows: tuple[str, float, float, float, float]) -> pl.DataFrame:
    """segment, numerator before and after, base before and after."""
    names = ["segment", "above_before", "above_after", "base_before", "base_after"]
    return pl.DataFrame(rows, schema=names, orient="row")


def test_a_rate_falls_in_one_segment() -> None:
    found = searched(
        rates(("a", 60, 40, 100, 100), ("b", 60, 60, 100, 100), ("c", 60, 60, 100, 100))
    )
    assert told(found) == [{"segment": "a"}]
    kept, rest = found.iter_rows(named=True)
    assert (kept["from"], kept["to"]) == (0.6, 0.4)
    assert kept["line"] == pytest.approx(-0.2 / 3)
    assert kept["size"] == pytest.approx(1 / 3)
    assert (rest["from"], rest["to"]) == (0.6, 0.6)
    assert rest["line"] == pytest.approx(0, abs=1e-15)


def test_a_mix_that_shifts_to_what_is_worse() -> None:
    """All rates stay; half of `good` goes over to `bad`: 0.8 x 0.5 + 0.2 x 0.5 falls to 0.35."""
    found = searched(rates(("good", 40, 20, 50, 25), ("bad", 10, 15, 50, 75)))
    # R* = 0.375 x 0.8 + 0.625 x 0.2 = 0.425; mix of good: -0.25 x (0.8 - 0.425), of bad:
    # 0.25 x (0.2 - 0.425).
    assert found["line"].to_list() == pytest.approx([-0.09375, -0.05625])
    assert told(found) == [{"segment": "good"}]
    assert math.fsum(found["line"]) == pytest.approx(-0.15)


def test_a_new_and_a_lost_segment_of_a_rate() -> None:
    """Their rates are carried: no rate effect, and what their shares bring is mix."""
    rows = rates(("old", 10, 0, 50, 0), ("new", 0, 45, 0, 50), ("same", 25, 25, 50, 50))
    found = searched(rows, noise=True)
    # R* = 0.25 x 0.2 + 0.25 x 0.9 + 0.5 x 0.5 = 0.525; old: -0.5 x (0.2 - 0.525).
    lines = dict(zip((one.get("segment") for one in told(found)), found["line"], strict=False))
    assert lines == pytest.approx({"new": 0.1875, "old": 0.1625})
    states = {
        row[0]: (row[1], row[2]) for row in found.select(SEGMENT + "segment", "from", "to").rows()
    }
    assert states == {"new": (None, 0.9), "old": (0.2, None), None: (0.5, 0.5)}
    assert math.fsum(found["line"]) == pytest.approx(0.35)


def test_a_rate_that_falls_everywhere_alike_has_no_slices_however_the_mix_shifts() -> None:
    rows = rates(("a", 60, 100, 100, 200), ("b", 60, 25, 100, 50), ("c", 60, 50, 100, 100))
    found = searched(rows)
    assert told(found) == []
    assert found["line"].to_list() == pytest.approx([-0.1])


def test_a_numerator_without_a_base_is_told_as_it_is() -> None:
    found = searched(rates(("a", 50, 50, 100, 100), ("b", 50, 50, 100, 100), ("x", 0, 30, 0, 0)))
    assert told(found) == [{"segment": "x"}]
    assert found["line"][0] == pytest.approx(30 / 200)
    assert (found["from"][0], found["to"][0]) == (None, None)


# --- cuts ----------------------------------------------------------------------------------------


def cut_by_shop(before: list[float | None], after: list[float | None]) -> Cut:
    shops = [f"shop{at}" for at in range(len(before))]
    frame = pl.DataFrame({SEGMENT + "shop": shops, "before": before, "after": after})
    return Cut(dimensions=("shop",), frame=frame.cast({"before": pl.Float64, "after": pl.Float64}))


def test_what_adds_up() -> None:
    whole = Total(before=0.3, after=10)
    assert adds_up(cut_by_shop([0.1, 0.2], [4, 6]), whole)  # to rounding
    assert adds_up(cut_by_shop([0.1, 0.2, None], [4, None, 6]), whole)
    assert not adds_up(cut_by_shop([0.1, 0.1], [4, 6]), whole)
    assert not adds_up(cut_by_shop([0.1, 0.2], [4, 7]), whole)


def test_a_value_that_is_not_there_is_told_as_none_and_adds_nothing() -> None:
    cut = cut_by_shop([None, 50, 50], [60, 50, 50])
    found = most_telling((cut,), Total(before=100, after=160)).rows
    assert found.row(0, named=True) | {"share": 1.0} == {
        SEGMENT + "shop": "shop0",
        "from": None,
        "to": 60.0,
        "line": 60.0,
        "share": 1.0,
        "size": 0.0,
        "excess": 60.0,
        "surprise": pytest.approx(60 / 160 / 2),
    }


def test_every_slice_is_counted() -> None:
    rows = totals(lambda _: 1)
    found = most_telling(cuts_of(rows), whole_of(rows))
    assert found.examined == 3 + 5 + 12 + 3 * 5 + 3 * 12 + 5 * 12
