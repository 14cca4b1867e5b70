"""A table of targets: of the whole, of segments, and what goals add up to."""

from pathlib import Path
from typing import Any

import pytest

from kpitree.analysis.results.evaluation import Evaluation
from kpitree.analysis.targets.goals import without_goal
from kpitree.errors import SourceError, TreeErrors
from kpitree.pipeline.chosen import fails, with_status
from pipeline.shop import ask, codes, compared, fact, sales, write_csv

TOP = '[targets]\npath = "targets.csv"\n'
ROWS = [  # January: north 70, south 40; February: north 50, south 60, west 5
    "2026-01-01,north,shop,ann,30",
    "2026-01-10,north,web,bob,40",
    "2026-01-31,south,shop,bob,40",
    "2026-02-01,north,shop,ann,50",
    "2026-02-11,south,web,bob,60",
    "2026-02-28,west,web,cid,5",
]
AMOUNT = '[kpi.amount]\nmeasure = "sum(amount)"\n'
RATE = '[kpi.rate]\nmeasure = "mean(amount)"\n'


def table(
    folder: Path,
    targets: list[str],
    tables: str = AMOUNT,
    columns: str = "kpi,period,target,region",
    **question: Any,
) -> Evaluation:
    write_csv(folder, ROWS)
    write_csv(folder, targets, "targets.csv", columns)
    root = tables.partition("[kpi.")[2].partition("]")[0]
    return ask(folder, tables, top=f'[tree]\nroot = "{root}"\n{TOP}', **question)


def goal(found: Evaluation, kpi: str = "amount", **segment: str) -> tuple[object, object]:
    """The own target and the implied one."""
    row = fact(found, kpi, **segment)
    return row["target"], row["target_implied"]


# --- of the whole --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "question", "expected"),
    [
        (["amount,2026-02,140"], {"period": "2026-02"}, 140),
        (["amount,2026,365"], {"period": "2026-02"}, 28),  # coarser: by days
        (["amount,2026-01,31", "amount,2026-02,56"], {"period": "2026-01..2026-02"}, 87),
        (["amount,2026-01..2026-02,590"], {"period": "2026-02"}, 280),
        (["amount,2026,365", "amount,2026-02,5"], {"period": "2026-02"}, 5),  # the shorter counts
        (  # January has its share of the 360 that are left, over 337 days
            ["amount,2026,365", "amount,2026-02,5"],
            {"period": "2026-01..2026-02"},
            5 + 360 * 31 / 337,
        ),
        (["amount,2026-02,56"], {"period": "2026-02", "as_of": "2026-02-11"}, 20),
        (["amount,2026-02-01,3", "amount,2026-02-02,4"], {"period": "2026-02-01..2026-02-02"}, 7),
        (["amount,2026-W06,70"], {"period": "2026-02-05"}, 10),
        (["rate,2026,12"], {"period": "2026-02"}, 12),  # a rate: as it stands
        (["rate,2026-01,12", "rate,2026-02,12"], {"period": "2026-01..2026-02"}, 12),
    ],
)
def test_targets_by_period(
    rows: list[str], question: dict[str, Any], expected: float, tmp_path: Path
) -> None:
    found = table(tmp_path, rows, AMOUNT + RATE, "kpi,period,target", **question)
    assert goal(found, rows[0].split(",")[0])[0] == pytest.approx(expected, rel=1e-12)


def test_monthly_goals_of_a_rate_are_no_goal_of_two_months(tmp_path: Path) -> None:
    rows = ["rate,2026-01,12", "rate,2026-02,13"]
    found = table(tmp_path, rows, RATE, "kpi,period,target", period="2026-01..2026-02")
    assert fact(found, "rate")["target_reason"] == "the target changes within 2026-01..2026-02"
    early = table(tmp_path, rows, RATE, "kpi,period,target", period="2025-12..2026-01")
    assert fact(early, "rate")["target_reason"] == "no target for 2025-12-01"


def test_a_table_counts_like_targets_of_the_tree(tmp_path: Path) -> None:
    """Upward (rate x orders), and against the formula's own target."""
    tables = '[kpi.sold]\nformula = "orders * rate"\n[kpi.orders]\nmeasure = "count()"\n' + RATE
    rows = ["orders,2026-02,4", "rate,2026-02,30", "sold,2026-02,100"]
    found = table(tmp_path, rows, tables, "kpi,period,target", period="2026-02")
    assert goal(found, "sold") == (100, 120)
    assert codes(found) == ["targets_do_not_add_up"]


# --- of segments ---------------------------------------------------------------------------------

WEST = "amount,2026-02,0,west"
BY_REGION = [
    "amount,2026-01,80,north",
    "amount,2026-01,30,south",
    "amount,2026-02,60,north",
    "amount,2026-02,50,south",
]


def test_every_segment_is_held_to_its_own_goal(tmp_path: Path) -> None:
    found = table(tmp_path, BY_REGION, period="2026-02", by=["region"])
    north, south, west = (fact(found, "amount", region=one) for one in ("north", "south", "west"))
    assert (north["target"], north["attainment"], north["status"]) == (60, 50 / 60, "off_track")
    assert (south["target"], south["attainment"], south["status"]) == (50, 1.2, "on_track")
    assert (west["target"], west["status"]) == (None, "no_target")
    assert compared(found, "amount", "target", region="north")["change"] == -10
    assert compared(found, "amount", "target", region="north")["percent"] == -10 / 60
    assert compared(found, "amount", "target", region="west")["reason"] == "it has no goal"


def test_goals_make_the_target_of_a_whole_that_has_none(tmp_path: Path) -> None:
    found = table(tmp_path, [*BY_REGION, WEST], period="2026-02")
    assert goal(found) == (None, 110)
    assert compared(found, "amount", "target")["label"] == "target (implied by goals by region)"
    assert fact(found, "amount")["status"] == "on_track"  # 115
    rows = [*BY_REGION, WEST, "amount,2026-01,0,west"]
    both = table(tmp_path, rows, period="2026-01..2026-02")
    assert goal(both) == (None, 220)
    running = table(tmp_path, [*BY_REGION, WEST], period="2026-02", as_of="2026-02-15")
    assert goal(running)[1] == pytest.approx(110 * 14 / 28)


def test_goals_that_are_not_the_target_of_the_whole(tmp_path: Path) -> None:
    tables = AMOUNT + "target = 120\n"
    found = table(tmp_path, [*BY_REGION, WEST], tables, period="2026-02", by=["region"])
    assert goal(found) == (120, None)
    (notice,) = found.warnings
    assert (notice.code, notice.kpi) == ("goals_do_not_add_up", "amount")
    assert notice.message == ("the goals of Amount by region add up to 110, not 120: 10 short")
    exact = table(tmp_path, [*BY_REGION, WEST], AMOUNT + "target = 110\n", period="2026-02")
    assert codes(exact) == []


def test_the_whole_in_the_table_and_goals_beside_it(tmp_path: Path) -> None:
    found = table(tmp_path, [*BY_REGION, WEST, "amount,2026-02,100,"], period="2026-02")
    assert goal(found) == (100, None)
    assert found.warnings[0].message.endswith("add up to 110, not 100: 10 over")


def test_goals_of_a_rate_are_no_target_of_the_whole(tmp_path: Path) -> None:
    rows = [row.replace("amount", "rate") for row in BY_REGION]
    found = table(tmp_path, rows, RATE, period="2026-02", by=["region"])
    assert goal(found, "rate") == (None, None)
    assert goal(found, "rate", region="north") == (60, None)


CELLS = [
    "amount,2026-02,20,north,shop",
    "amount,2026-02,10,north,web",
    "amount,2026-02,50,south,web",
    "amount,2026-02,0,west,web",
]
CELL = "kpi,period,target,region,channel"


def test_finer_goals_are_added_up(tmp_path: Path) -> None:
    found = table(tmp_path, CELLS, columns=CELL, period="2026-02", by=["region"])
    assert goal(found) == (None, 80)
    assert goal(found, region="north") == (None, 30)
    assert goal(found, region="south") == (None, 50)
    label = compared(found, "amount", "target", region="north")["label"]
    assert label == "target (implied by finer goals)"
    channel = table(tmp_path, CELLS, columns=CELL, period="2026-02", by=["channel"])
    assert [goal(channel, channel=one)[1] for one in ("shop", "web")] == [20, 60]
    turned = table(tmp_path, CELLS, columns=CELL, period="2026-02", by=["channel", "region"])
    assert goal(turned, channel="web", region="north") == (10, None)


def test_finer_goals_are_not_added_up_where_one_is_lacking(tmp_path: Path) -> None:
    """West, shop has a goal for half of the month only."""
    rows = [*CELLS, "amount,2026-02-15..2026-02-28,9,north,shop"]
    rows[0] = "amount,2026-01,20,north,shop"
    found = table(tmp_path, rows, columns=CELL, period="2026-02", by=["region"])
    north = fact(found, "amount", region="north")
    assert (north["target"], north["target_implied"]) == (None, None)
    assert north["target_reason"] == "north, shop: no goal for 2026-02-01"
    assert goal(found, region="south") == (None, 50)
    whole = fact(found, "amount")
    assert whole["target_reason"] == "north, shop: no goal for 2026-02-01"


def test_coarser_goals_are_none_of_finer_segments(tmp_path: Path) -> None:
    found = table(tmp_path, [*BY_REGION, WEST], period="2026-02", by=["region", "channel"])
    row = compared(found, "amount", "target", region="north", channel="shop")
    assert row["reason"] == "its goals are by region, not by region and channel"


def test_finer_goals_of_a_rate_do_not_add_up(tmp_path: Path) -> None:
    rows = [row.replace("amount", "rate") for row in CELLS]
    found = table(tmp_path, rows, RATE, CELL, period="2026-02", by=["region"], vs="target")
    row = compared(found, "rate", "target", region="north")
    assert row["reason"] == "its goals are by region and channel, and do not add up to this"


def test_goals_by_two_ways_must_add_up_to_the_same(tmp_path: Path) -> None:
    rows = ["amount,2026-02,60,north,", "amount,2026-02,50,south,"]
    rows += ["amount,2026-02,0,west,", "amount,2026-02,10,,shop", "amount,2026-02,100,,web"]
    agreed = table(tmp_path, rows, columns=CELL, period="2026-02")
    assert goal(agreed) == (None, 110)
    rows[-1] = "amount,2026-02,90,,web"
    found = table(tmp_path, rows, columns=CELL, period="2026-02", by=["channel"])
    assert goal(found) == (None, None)
    assert fact(found, "amount")["target_reason"] == (
        "its goals by region add up to 110, those by channel to 100"
    )
    assert goal(found, channel="web") == (90, None)


def test_finer_goals_stand_in_where_a_segment_has_none_of_its_own(tmp_path: Path) -> None:
    """The south's own goal is for January; all its sales of February are by web."""
    rows = ["amount,2026-02,50,south,web", "amount,2026-01,30,south,", "amount,2026-02,7,north,"]
    rows += ["amount,2026-02,3,north,web"]  # the north has sales by shop, and a goal of its own
    found = table(tmp_path, rows, columns=CELL, period="2026-02", by=["region"])
    assert goal(found, region="south") == (None, 50)
    assert goal(found, region="north") == (7, None)
    lacking = table(tmp_path, [rows[3]], columns=CELL, period="2026-02", by=["region"])
    north = fact(lacking, "amount", region="north")
    assert north["target_reason"] == "north / shop has no goal"


def test_one_segment_kept_by_where_has_its_goal(tmp_path: Path) -> None:
    found = table(tmp_path, BY_REGION, period="2026-02", where="region == 'north'")
    assert (goal(found)[0], fact(found, "amount")["value"]) == (60, 50)
    for where, reason in (
        ("region in ['north']", "the target is for everything, not for what --where keeps"),
        (
            "region == 'north' and channel == 'shop'",
            "its goals are by region, not by region and channel",
        ),
    ):
        found = table(tmp_path, BY_REGION, period="2026-02", where=where)
        assert goal(found) == (None, None)
        assert fact(found, "amount")["target_reason"] == reason
    # Its row has the goal as well; who has none is said to have none.
    split = table(tmp_path, BY_REGION, period="2026-02", where="region == 'north'", by=["region"])
    assert goal(split, region="north") == goal(split) == (60, None)
    west = table(tmp_path, BY_REGION, period="2026-02", where="region == 'west'")
    assert fact(west, "amount")["target_reason"] == "it has no goal"
    # What --where keeps of a region is not what its goal is about.
    part = table(tmp_path, BY_REGION, period="2026-02", where="channel == 'shop'", by=["region"])
    assert goal(part, region="north") == (None, None)


def test_what_the_goals_of_operands_imply_for_a_segment(tmp_path: Path) -> None:
    tables = '[kpi.cost]\nformula = "orders * fee"\n[kpi.fee]\nvalue = 3\n'
    tables += '[kpi.orders]\nmeasure = "count()"\n'
    rows = ["orders,2026-02,4,north", "orders,2026-02,2,south", "orders,2026-02,0,west"]
    found = table(tmp_path, rows, tables, period="2026-02", by=["region"])
    assert goal(found, "cost", region="north") == (None, 12)
    assert goal(found, "cost") == (None, 18)


def test_a_member_without_a_row_in_the_period_may_have_a_goal(tmp_path: Path) -> None:
    found = table(tmp_path, ["amount,2026-01,9,west"], period="2026-01", by=["region"])
    west = fact(found, "amount", region="west")
    assert (west["value"], west["target"], west["status"]) == (0, 9, "off_track")


def test_statuses_of_segments_are_found_and_failed_on(tmp_path: Path) -> None:
    """The north reaches 50 of 60, the south 60 of 50; the west, and so the whole, has no goal."""
    whole = table(tmp_path, BY_REGION, period="2026-02")
    assert not fails(whole, [("off_track", None)])
    found = table(tmp_path, BY_REGION, AMOUNT + RATE, period="2026-02", by=["region"])
    assert fails(found, [("off_track", None)])
    assert fails(found, [("off_track", "amount")])
    assert not fails(found, [("off_track", "rate")])
    assert fails(found, [("no_target", "amount")])
    assert with_status(found, ["off_track"]).kpis["kpi"].unique().to_list() == ["amount"]
    assert with_status(found, ["on_track"]).kpis["kpi"].unique().to_list() == ["amount"]
    assert with_status(found, ["no_target"]).kpis["kpi"].unique().sort().to_list() == [
        "amount",
        "rate",
    ]


def test_thresholds_hold_for_segments(tmp_path: Path) -> None:
    tables = AMOUNT + 'thresholds = { at_risk = "5%", off_track = "20%" }\n'
    found = table(tmp_path, BY_REGION, tables, period="2026-02", by=["region"])
    assert fact(found, "amount", region="north")["status"] == "at_risk"  # 17 % short


# --- goals of some of the members ----------------------------------------------------------------


def test_the_goal_of_one_is_no_target_of_all(tmp_path: Path) -> None:
    """In February the north, the south and the west have sales; only the north has a goal."""
    found = table(tmp_path, ["amount,2026-02,60,north"], period="2026-02")
    row = fact(found, "amount")
    assert (row["target"], row["target_implied"], row["status"]) == (None, None, "no_target")
    assert row["target_reason"] == "south and west have no goal"
    two = table(tmp_path, BY_REGION, period="2026-02")
    assert fact(two, "amount")["target_reason"] == "west has no goal"
    all_of_january = table(tmp_path, BY_REGION, period="2026-01")  # the west has no sales there
    assert goal(all_of_january) == (None, 110)


def test_the_goal_of_one_does_not_replace_what_the_formula_implies(tmp_path: Path) -> None:
    tables = '[kpi.cost]\nformula = "orders * fee"\n[kpi.fee]\nvalue = 3\n'
    tables += '[kpi.orders]\nmeasure = "count()"\ntarget = 5\n'
    found = table(tmp_path, ["cost,2026-02,100,north"], tables, period="2026-02", by=["region"])
    assert goal(found, "cost") == (None, 15)
    assert compared(found, "cost", "target")["label"] == "target (implied)"
    assert goal(found, "cost", region="north") == (100, None)


def test_no_contradiction_where_somebody_has_no_goal(tmp_path: Path) -> None:
    tables = AMOUNT + "target = 120\n"
    assert codes(table(tmp_path, BY_REGION, tables, period="2026-02")) == []
    assert codes(table(tmp_path, BY_REGION, tables, period="2026-01")) == ["goals_do_not_add_up"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("a", "a has no goal"),
        ("ab", "a and b have no goal"),
        ("cab", "a, b and c have no goal"),
        ("edcba", "a, b, c and 2 more have no goal"),
    ],
)
def test_who_has_no_goal_in_words(names: str, expected: str) -> None:
    assert without_goal([(name,) for name in names]) == expected


# --- targets that cannot be had ------------------------------------------------------------------


def test_a_target_that_is_withheld_is_nowhere(tmp_path: Path) -> None:
    """The formula gives 5 x 3; the target of the whole is for one day, and not replaced."""
    tables = '[kpi.cost]\nformula = "orders * fee"\n[kpi.fee]\nvalue = 3\n'
    tables += '[kpi.orders]\nmeasure = "count()"\ntarget = 5\n'
    rows = ["cost,2026-02-01,2"]
    found = table(tmp_path, rows, tables, "kpi,period,target", period="2026-02", vs=["target"])
    row = fact(found, "cost")
    assert (row["target"], row["target_implied"], row["status"]) == (None, None, "no_target")
    assert row["target_reason"] == "no target for 2026-02-02"
    assert compared(found, "cost", "target")["reference"] is None


def test_a_kpi_with_a_good_range_has_no_goals(tmp_path: Path) -> None:
    with pytest.raises(TreeErrors, match="'rate' has a good range, so it has no goals"):
        table(tmp_path, ["rate,2026-02,9,north"], RATE + "range = [1, 2]\n", period="2026-02")


def test_a_column_that_stands_twice(tmp_path: Path) -> None:
    columns = "kpi,period,target,region,target"
    with pytest.raises(SourceError, match="two columns are named 'target'"):
        table(tmp_path, ["amount,2026-02,9,north,9"], columns=columns, period="2026-02")


@pytest.mark.parametrize("amount", ["", "NaN"])
def test_a_plan_without_amounts(amount: str, tmp_path: Path) -> None:
    write_csv(tmp_path, [f"2026-02-01,{amount}"], "plan.csv", "day,amount")
    plan = '[sources.plan]\npath = "plan.csv"\ntime = "day"\n'
    tables = '[kpi.amount]\nmeasure = "sum(amount)"\nsource = "sales"\n'
    tables += 'target = { source = "plan", measure = "sum(amount)" }\n' + plan
    found = sales(tmp_path, ROWS, tables, period="2026-02")
    assert fact(found, "amount")["target_reason"] == "its plan has no value for sum(amount)"
