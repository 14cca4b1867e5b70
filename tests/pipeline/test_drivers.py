"""`kpitree drivers`: any two states, split by segment, cut and followed through."""

import math
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import kpitree
from kpitree.analysis.attribution import METHODS
from kpitree.analysis.results.change import Change
from kpitree.errors import SourceError, UsageError
from kpitree.tables import SEGMENT
from pipeline.shop import SOURCE as SALES
from pipeline.shop import write_csv

SOURCE = SALES.replace('time = "day"', 'time = "day"\ncovers = ["2026-01-01", "2026-03-31"]')

ROWS = [
    # day, region, channel, buyer, amount
    "2026-01-05,north,shop,ann,10",
    "2026-01-06,north,web,bob,20",
    "2026-01-07,south,web,ann,40",
    "2026-01-31,south,,cyd,15",
    "2026-02-02,north,shop,ann,12",
    "2026-02-03,north,shop,bob,18",
    "2026-02-04,east,web,dee,50",
    "2026-02-20,south,web,ann,44",
    "2026-02-28,south,shop,,9",
    "2026-03-01,north,shop,ann,30",
    "2026-03-31,east,web,dee,21",
]
SHOP = """
[kpi.revenue]
formula = "sales * basket * (1 + tax)"
target = 100
[kpi.sales]
measure = "count()"
source = "sales"
target = 5
[kpi.basket]
measure = "mean(amount)"
source = "sales"
target = 20
benchmark = { value = 25 }
[kpi.tax]
value = { "2026-01" = 0.1, "2026-02" = 0.2, "2026-03" = 0.2 }
[kpi.buyers]
measure = "n_unique(buyer)"
source = "sales"
[kpi.middle]
measure = "median(amount)"
source = "sales"
[kpi.loyalty]
formula = "sales / buyers"
"""


@pytest.fixture
def shop(tmp_path: Path) -> kpitree.LoadedTree:
    write_csv(tmp_path, ROWS)
    file = tmp_path / "tree.toml"
    top = '[tree]\nname = "Shop"\nroot = "revenue"\nsegments = ["region", "channel"]\n'
    file.write_text(top + SOURCE + SHOP, "utf-8")
    return kpitree.load(file)


def adds_up(found: Change) -> bool:
    attribution = found.attribution
    assert attribution.change is not None
    assert attribution.gross is not None
    scale = max(abs(attribution.before or 0), abs(attribution.after or 0), attribution.gross)
    return abs(attribution.change - math.fsum(found.lines["line"])) <= 1e-9 * scale


def line(found: Change, driver: str, effect: str = "driver", **segment: str | None) -> float:
    rows = found.lines.filter(
        pl.col("driver") == driver,
        pl.col("effect") == effect,
        *(pl.col(SEGMENT + name).eq_missing(value) for name, value in segment.items()),
    )
    assert rows.height == 1, (driver, effect, segment, found.lines)
    value: float = rows["line"][0]
    return value


# --- two states ----------------------------------------------------------------------------------


def test_against_the_period_before(shop: kpitree.LoadedTree) -> None:
    found = shop.drivers(period="2026-02")
    attribution = found.attribution
    assert (attribution.from_label, attribution.to_label) == ("2026-01", "2026-02")
    assert attribution.before == pytest.approx(85 * 1.1)
    assert attribution.after == pytest.approx(133 * 1.2)
    assert found.lines["driver"].to_list() == ["sales", "basket", "tax"]
    # sales 4 -> 5, basket 21.25 -> 26.6, 1 + tax 1.1 -> 1.2: a product of three.
    assert line(found, "sales") == pytest.approx(
        1 * ((21.25 * 1.1 + 26.6 * 1.2) / 3 + (21.25 * 1.2 + 26.6 * 1.1) / 6)
    )
    assert adds_up(found)


@pytest.mark.parametrize("by", [(), ("region",), ("region", "channel")])
def test_a_segment_against_the_rest(shop: kpitree.LoadedTree, by: tuple[str, ...]) -> None:
    condition = "channel == 'web' and amount > 20"
    found = shop.drivers(period="2026-02", vs=condition, by=by)
    inside = shop.evaluate(period="2026-02", where=condition)
    # A row without a channel fulfils no condition about it: it is of the rest.
    outside = shop.evaluate(
        period="2026-02", where="is_null(channel) or not (channel == 'web' and amount > 20)"
    )
    for side, evaluation in (
        (found.attribution.after, inside),
        (found.attribution.before, outside),
    ):
        assert side == evaluation.kpis.filter(kpi="revenue")["value"][0]
    assert found.attribution.vs == "rest"
    assert adds_up(found)


def test_distinct_counts_of_both_sides_are_counted_anew(shop: kpitree.LoadedTree) -> None:
    found = shop.drivers("loyalty", period="2026-02", vs="region == 'north'")
    assert found.attribution.after == 2 / 2
    assert found.attribution.before == 3 / 2  # ann and dee, and one sale to nobody


def test_against_the_target_as_far_as_targets_go(shop: kpitree.LoadedTree) -> None:
    found = shop.drivers(period="2026-02", vs="target")
    assert (found.attribution.before, found.attribution.from_label) == (100, "target")
    assert line(found, "revenue", "unexplained") == pytest.approx(5 * 20 * 1.2 - 100)
    assert adds_up(found)


def test_against_a_benchmark(shop: kpitree.LoadedTree) -> None:
    found = shop.drivers("basket", period="2026-02", vs="benchmark")
    assert found.attribution.before == 25
    assert found.attribution.change == pytest.approx(1.6)
    with pytest.raises(SourceError, match="Sales has no benchmark"):
        shop.drivers(period="2026-02", vs="benchmark")


def test_a_running_period_is_compared_with_as_many_days(shop: kpitree.LoadedTree) -> None:
    found = shop.drivers("sales", period="2026-02", as_of="2026-02-11")
    assert found.attribution.from_label == "2026-01 (first 10 of 31 d)"
    assert found.attribution.to_label == "2026-02 (first 10 of 28 d)"
    assert (found.attribution.before, found.attribution.after) == (3, 3)


# --- by segment ----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("by", [("region",), ("channel",), ("region", "channel")])
def test_segments_refine_the_lines_of_the_drivers(
    shop: kpitree.LoadedTree, method: str, by: tuple[str, ...]
) -> None:
    order = ("sales", "basket", "tax") if method == "sequential" else ()
    whole = shop.drivers(period="2026-02", method=method, order=order)
    split = shop.drivers(period="2026-02", method=method, order=order, by=by)
    assert split.attribution.lines == pytest.approx(whole.attribution.lines) or [
        one.line for one in split.attribution.lines
    ] == pytest.approx([one.line for one in whole.attribution.lines], rel=1e-12)
    by_driver = split.lines.group_by("driver").agg(pl.col("line").sum())
    for driver, amount in by_driver.iter_rows():
        assert amount == pytest.approx(line(whole, driver), rel=1e-12)
    assert adds_up(split)


def test_new_lost_and_nameless_segments(shop: kpitree.LoadedTree) -> None:
    by_region = shop.drivers("basket", period="2026-02", by=["region"])
    flags = {
        (row[SEGMENT + "region"], row["effect"]): row["flags"]
        for row in by_region.lines.iter_rows(named=True)
    }
    assert flags["east", "mix"] == ["new"]
    assert line(by_region, "basket", "rate", region="east") == 0.0
    by_channel = shop.drivers("basket", period="2026-02", by=["channel"])
    lost = by_channel.lines.filter(
        pl.col("effect") == "mix", pl.col(SEGMENT + "channel") == "(none)"
    )
    assert lost["flags"].to_list() == [["lost"]]
    assert by_channel.lines[SEGMENT + "channel"].to_list()[-1] == "(none)"


def test_rate_and_mix_by_hand(shop: kpitree.LoadedTree) -> None:
    found = shop.drivers("basket", period="2026-02", by=["region"])
    # north 2 of 4 at 15 -> 2 of 5 at 15; south 2 of 4 at 27.5 -> 2 of 5 at 26.5; east 1 of 5 at 50
    assert line(found, "basket", "rate", region="north") == 0.0
    assert line(found, "basket", "rate", region="south") == pytest.approx(0.45 * -1.0)
    average = (21.25 + 26.6) / 2
    assert line(found, "basket", "mix", region="north") == pytest.approx(-0.1 * (15 - average))
    assert line(found, "basket", "mix", region="east") == pytest.approx(0.2 * (50 - average))
    uncentred = shop.drivers("basket", period="2026-02", by=["region"], mix_reference="none")
    assert line(uncentred, "basket", "mix", region="east") == pytest.approx(0.2 * 50)
    over_segments = shop.drivers(
        "basket", period="2026-02", by=["region"], mix_reference="segments"
    )
    common = 0.45 * 15 + 0.45 * 27 + 0.1 * 50
    assert line(over_segments, "basket", "mix", region="east") == pytest.approx(0.2 * (50 - common))


def test_distinct_counts_have_an_overlap(shop: kpitree.LoadedTree) -> None:
    found = shop.drivers("buyers", period="2026-02", by=["region"])
    # January: ann and bob in the north, ann and cyd in the south: three people.
    # February: ann and bob, dee, ann (and nobody): three people.
    assert line(found, "buyers", "driver", region="east") == 1
    assert line(found, "buyers", "driver", region="south") == -1
    assert line(found, "buyers", "overlap", region=None) == 0
    assert found.attribution.change == 0


@pytest.mark.parametrize(("kpi", "reason"), [("middle", "median"), ("loyalty", "distinct")])
def test_what_does_not_add_up_stays_whole(shop: kpitree.LoadedTree, kpi: str, reason: str) -> None:
    found = shop.drivers(kpi, period="2026-02", by=["region"])
    rest = found.lines.filter(pl.col("effect") == "rest")
    assert rest.height == 1 if kpi == "middle" else rest.height >= 0
    assert adds_up(found)
    if kpi == "middle":
        assert reason in rest["reason"][0]


def test_assumptions_are_the_same_everywhere(shop: kpitree.LoadedTree) -> None:
    found = shop.drivers(period="2026-02", by=["region"])
    row = found.lines.filter(pl.col("driver") == "tax").row(0, named=True)
    assert (row["effect"], row[SEGMENT + "region"]) == ("rest", None)
    assert "every segment" in row["reason"] or "period to period" in row["reason"]


def test_a_source_without_the_dimension_is_not_split(tmp_path: Path) -> None:
    write_csv(tmp_path, ROWS)
    write_csv(tmp_path, ["2026-01-31,7", "2026-02-28,9"], "costs.csv", "day,cost")
    (tmp_path / "tree.toml").write_text(
        f"""
[tree]
name = "Shop"
root = "profit"
segments = ["region"]
{SOURCE}
[sources.costs]
path = "costs.csv"
time = "day"
covers = ["2026-01-01", "2026-02-28"]
[kpi.profit]
formula = "revenue - cost"
[kpi.revenue]
measure = "sum(amount)"
source = "sales"
[kpi.cost]
measure = "sum(cost)"
source = "costs"
""",
        "utf-8",
    )
    found = kpitree.load(tmp_path / "tree.toml").drivers(period="2026-02", by=["region"])
    assert line(found, "revenue", region="east") == 50
    assert line(found, "cost", "rest", region=None) == -2
    reasons = found.lines.filter(pl.col("driver") == "cost")["reason"].to_list()
    assert reasons == ["the source 'costs' has no dimension 'region'"]


def test_mix_is_measured_from_the_whole_also_where_a_segment_has_no_base(tmp_path: Path) -> None:
    rows = ["2025-01-01,A,10,10", "2025-01-31,B,5,0", "2025-02-01,A,10,5", "2025-02-28,C,2,5"]
    write_csv(tmp_path, rows, top="day,region,value,quantity")
    (tmp_path / "tree.toml").write_text(
        """
[tree]
name = "Prices"
root = "price"
segments = ["region"]
[sources.sales]
path = "sales.csv"
time = "day"
[sources.sales.dimensions]
region = "region"
[kpi.price]
measure = "sum(value) / sum(quantity)"
source = "sales"
[kpi.units]
measure = "sum(quantity)"
source = "sales"
[kpi.total]
formula = "units * price"
""",
        "utf-8",
    )
    tree = kpitree.load(tmp_path / "tree.toml")
    found = tree.drivers(period="2025-02", by=["region"])
    # From 1.5 to 1.2, half-way 1.35. A: share 1 -> 1/2, rate 1 -> 2; C is new at 0.4.
    assert line(found, "price", "mix", region="A") == pytest.approx(-0.5 * (1.5 - 1.35))
    assert line(found, "price", "mix", region="C") == pytest.approx(0.5 * (0.4 - 1.35))
    assert line(found, "price", "no_base", region="B") == pytest.approx(-0.5)
    assert adds_up(found)


def test_mix_stands_beside_its_own_driver(tmp_path: Path) -> None:
    rows = [
        "2025-01-01,A,10,10,5",
        "2025-01-31,B,5,9,6",
        "2025-02-01,A,10,5,7",
        "2025-02-28,B,2,5,1",
    ]
    write_csv(tmp_path, rows, top="day,region,value,quantity,weight")
    (tmp_path / "tree.toml").write_text(
        """
[tree]
name = "Two ratios"
root = "total"
segments = ["region"]
[sources.sales]
path = "sales.csv"
time = "day"
[sources.sales.dimensions]
region = "region"
[kpi.total]
formula = "units * price * dose"
[kpi.units]
measure = "sum(quantity)"
source = "sales"
[kpi.price]
measure = "sum(value) / sum(quantity)"
source = "sales"
[kpi.dose]
measure = "sum(weight) / sum(quantity)"
source = "sales"
""",
        "utf-8",
    )
    tree = kpitree.load(tmp_path / "tree.toml")

    def mixes(order: str) -> dict[str, float]:
        found = tree.drivers(
            period="2025-02", by="region", method="sequential", order=order, mix_reference="none"
        )
        mix = found.lines.filter(pl.col("effect") == "mix")
        return dict(mix.group_by("driver").agg(pl.col("line").sum()).iter_rows())

    plain = mixes("units,price,dose")
    assert mixes("units,mix,price,dose") == plain
    last = mixes("units,price,dose,mix")
    assert last["price"] == plain["price"]
    assert last["dose"] != pytest.approx(plain["dose"])


def test_a_segment_with_nothing_but_nulls_adds_nothing(tmp_path: Path) -> None:
    write_csv(
        tmp_path,
        ["2026-01-01,north,shop,ann,", "2026-01-31,south,shop,bob,7", "2026-02-28,north,web,cyd,4"],
    )
    (tmp_path / "tree.toml").write_text(
        '[tree]\nname = "Shop"\nroot = "total"\nsegments = ["region", "channel"]\n'
        + SOURCE
        + '[kpi.total]\nmeasure = "sum(amount)"\nsource = "sales"\n',
        "utf-8",
    )
    found = kpitree.load(tmp_path / "tree.toml").drivers(period="2026-02", by=["region"])
    assert line(found, "total", region="north") == 4
    assert line(found, "total", region="south") == -7


def test_assumptions_do_not_outweigh_a_target_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "tree.toml").write_text(
        """
[tree]
name = "Pay"
root = "pay"
[kpi.pay]
formula = "amount * price"
target = 500
[kpi.amount]
value = { "2025-02" = 70 }
target = 200
[kpi.price]
formula = "base * rate"
target = 2
[kpi.base]
value = 11
[kpi.rate]
value = 0.2
""",
        "utf-8",
    )
    found = kpitree.load(tmp_path / "tree.toml").drivers(period="2025-02", vs="target")
    assert line(found, "amount") == pytest.approx(-130 * (2 + 2.2) / 2)
    assert line(found, "pay", "unexplained") == pytest.approx(-100)
    assert adds_up(found)


def test_periods_of_another_kind_are_compared_with_a_warning(shop: kpitree.LoadedTree) -> None:
    found = shop.drivers("sales", period="2026-02", vs="2026-W05")
    assert [notice.code for notice in found.warnings] == ["unlike_periods"]


# --- how much is shown ---------------------------------------------------------------------------


def test_the_largest_lines_and_an_exact_rest(shop: kpitree.LoadedTree) -> None:
    every = shop.drivers(period="2026-02", by=["region"])
    found = shop.drivers(period="2026-02", by=["region"], top=2)
    assert found.lines.height == 3
    assert found.lines["effect"].to_list()[-1] == "rest"
    sizes = every.lines["line"].abs().sort(descending=True).to_list()
    assert found.lines["line"].abs().to_list()[:2] == sizes[:2]
    assert adds_up(found)


DEEP = {
    "root": "left + right * a",
    "left": "a * b",
    "right": "left / c",
}


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_lines_over_any_cut_add_up(tmp_path: Path, depth: int) -> None:
    values = {"a": (2.0, 3.0), "b": (5.0, 4.0), "c": (7.0, 9.0)}
    text = '[tree]\nname = "Deep"\nroot = "root"\n'
    text += "".join(f'[kpi.{name}]\nformula = "{formula}"\n' for name, formula in DEEP.items())
    for name, (before, after) in values.items():
        text += f'[kpi.{name}]\nvalue = {{ "2026-01" = {before}, "2026-02" = {after} }}\n'
    (tmp_path / "tree.toml").write_text(text, "utf-8")
    tree = kpitree.load(tmp_path / "tree.toml")
    found = tree.drivers(period="2026-02", depth=depth)
    whole = tree.drivers(period="2026-02")
    shown = found.lines["driver"].to_list()
    assert shown == {
        1: ["left", "right", "a"],
        2: ["left", "c", "a"],
        3: ["a", "b", "c"],
        4: ["a", "b", "c"],
    }[depth] or sorted(shown) == sorted(
        {1: ["left", "right", "a"], 2: ["left", "c", "a"]}.get(depth, ["a", "b", "c"])
    )
    assert adds_up(found)
    if depth >= 3:
        assert found.lines["line"].to_list() == whole.lines["line"].to_list()


# --- beside it -----------------------------------------------------------------------------------


def test_steps_add_up_to_the_change(shop: kpitree.LoadedTree) -> None:
    found = shop.drivers(period="2026-03", vs="2026-01", through=True)
    steps = [(one.from_label, one.to_label) for one in found.links]
    assert steps == [("2026-01", "2026-02"), ("2026-02", "2026-03")]
    change = math.fsum(line.line for one in found.links for line in one.lines)
    assert change == pytest.approx(found.attribution.change)


def test_whether_the_top_driver_is_steady(shop: kpitree.LoadedTree) -> None:
    found = shop.drivers(period="2026-03").steadiness
    assert found is not None
    assert (found.reference, found.top) == ("2026-01", "sales")
    other = shop.drivers(period="2026-03", vs="2026-01").attribution
    assert found.moved_top == max(other.lines, key=lambda one: abs(one.line)).kpi
    first = shop.drivers(period="2026-02").steadiness
    assert first is not None
    assert "2025-12" in (first.reason or "")
    assert shop.drivers(period="2026-02", vs="target").steadiness is None


MOVES = """
[tree]
name = "Moves"
root = "r"
[kpi.r]
formula = "a * b"
[kpi.a]
value = { "2025-01" = -4, "2025-02" = 5, "2025-03" = 7 }
[kpi.b]
value = { "2025-01" = 3, "2025-02" = 2, "2025-03" = 2 }
"""


@pytest.fixture
def moves(tmp_path: Path) -> kpitree.LoadedTree:
    (tmp_path / "moves.toml").write_text(MOVES, "utf-8")
    return kpitree.load(tmp_path / "moves.toml")


def test_a_side_note_never_withholds_the_answer(moves: kpitree.LoadedTree) -> None:
    found = moves.drivers(period="2025-03", method="log")
    assert line(found, "a") == 4
    assert found.steadiness is not None
    assert "A is -4 in 2025-01" in (found.steadiness.reason or "")


@pytest.mark.parametrize("order", ["a", "b,a", ["a", "b"]])
def test_an_order_is_completed_for_other_periods(
    moves: kpitree.LoadedTree, order: str | list[str]
) -> None:
    found = moves.drivers(period="2025-03", method="sequential", order=order)
    assert line(found, "a") == 4
    assert found.steadiness is not None
    assert found.steadiness.moved_top == "a"
    through = moves.drivers(
        period="2025-03", vs="2025-01", method="sequential", order="a,b", through=True
    )
    assert [len(one.lines) for one in through.links] == [2, 2]


def test_the_top_driver_is_judged_by_all_its_lines(tmp_path: Path) -> None:
    text = MOVES.replace('"a * b"', '"if_else(a > 6, a + 5, a) + b"')
    text = text.replace('"2025-02" = 2, "2025-03" = 2', '"2025-02" = 2, "2025-03" = 8.3')
    (tmp_path / "leap.toml").write_text(text, "utf-8")
    found = kpitree.load(tmp_path / "leap.toml").drivers(period="2025-03")
    assert (line(found, "a"), line(found, "a", "threshold")) == (2, 5)
    assert found.steadiness is not None
    assert found.steadiness.top == "a"  # 7, though the line of b is 6.3


def test_constants_have_no_rows_to_set_apart(moves: kpitree.LoadedTree) -> None:
    with pytest.raises(UsageError, match="nothing here is read from rows"):
        moves.drivers(period="2025-03", vs="x == 'y'")
    with pytest.raises(SourceError) as found:
        moves.drivers(period="2025-03", vs="2024-01")
    assert found.value.hint == ""


def test_a_dimension_asked_for_twice_counts_once(shop: kpitree.LoadedTree) -> None:
    found = shop.drivers(period="2026-02", by=["region", "region"])
    assert found.dimensions == ("region",)


# --- what cannot be ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "error", "message"),
    [
        ({"kpi": "tax"}, UsageError, "'tax' is an assumption: it has no drivers"),
        ({"kpi": "taxes"}, UsageError, "there is no KPI 'taxes'"),
        ({"vs": "2020-01"}, SourceError, "Sales has no value in 2020-01"),
        ({"vs": "region == 'west'"}, SourceError, "no row of 2026-02 fulfils region == 'west'"),
        ({"vs": "amount > 0"}, SourceError, "every row of 2026-02 fulfils amount > 0"),
        ({"vs": "amount >"}, UsageError, "."),
        ({"vs": "price > 0"}, SourceError, "no column 'price'"),
        ({"vs": "target", "by": ["region"]}, UsageError, "the target is for the whole"),
        ({"vs": "benchmark", "by": ["region"]}, UsageError, "the benchmark is for the whole"),
        ({"vs": "target", "through": True}, UsageError, "no periods lead from target on"),
        ({"vs": "2026-03", "through": True}, UsageError, "no periods lead from 2026-03 to"),
        ({"by": ["country"]}, UsageError, "there is no dimension 'country'"),
        ({"by": ["region"], "depth": 1}, UsageError, "--depth and --by cannot be combined"),
        ({"method": "shap"}, UsageError, "there is no method 'shap'"),
        ({"method": "sequential"}, UsageError, "the order does not name"),
        (
            {"method": "sequential", "order": ["sales", "basket"]},
            UsageError,
            "the order does not name tax",
        ),
        (
            {"method": "sequential", "order": ["sales", "basket", "tax", "sales"]},
            UsageError,
            "names 'sales' twice",
        ),
        (
            {"method": "sequential", "order": ["sales", "basket", "tax", "buyers"]},
            UsageError,
            "buyers",
        ),
        ({"order": ["sales"]}, UsageError, "the method path knows no order"),
        ({"factors": True}, UsageError, "only the method log gives factors"),
        ({"mix_reference": "zero", "by": ["region"]}, UsageError, "not measured from 'zero'"),
        ({"mix_reference": "none"}, UsageError, "there is a mix only by segment"),
        (
            {"method": "sequential", "order": ["sales", "mix", "basket", "tax"]},
            UsageError,
            "there is a mix only by segment",
        ),
        (
            {"method": "log", "by": ["region"], "mix_reference": "segments"},
            UsageError,
            "the method log measures mix from the average, or from none",
        ),
        ({"top": 0}, UsageError, "0 is no number of levels or lines"),
        ({"depth": -1}, UsageError, "-1 is no number of levels or lines"),
    ],
    ids=str,
)
def test_what_cannot_be(
    shop: kpitree.LoadedTree, question: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        shop.drivers(period="2026-02", **question)


def test_log_refuses_what_is_negative(tmp_path: Path) -> None:
    write_csv(tmp_path, ["2026-01-31,north,shop,ann,-5", "2026-02-28,north,shop,ann,5"])
    (tmp_path / "tree.toml").write_text(
        '[tree]\nname = "Shop"\nroot = "total"\n'
        + SOURCE
        + """
[kpi.total]
formula = "sales * margin"
[kpi.sales]
measure = "count()"
source = "sales"
[kpi.margin]
measure = "mean(amount)"
source = "sales"
""",
        "utf-8",
    )
    with pytest.raises(UsageError, match="Margin is -5 in 2026-01") as found:
        kpitree.load(tmp_path / "tree.toml").drivers(period="2026-02", method="log")
    assert "--method path" in found.value.hint
