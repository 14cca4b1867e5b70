"""What --only keeps and what --fail-on finds: the whole of the main period, literally."""

from pathlib import Path

import kpitree
from kpitree.pipeline.chosen import fails, status_of, with_status

ROOT = Path(__file__).parents[2]


def test_statuses_are_of_the_whole_in_the_main_period() -> None:
    found = kpitree.load(ROOT / "trees/sales.toml").evaluate(last=2, by=["region"])
    assert status_of(found) == {
        "revenue": "off_track",
        "deals": "at_risk",
        "close_rate": "off_track",
        "order_value": "on_track",
        "won_amount": "no_target",
        "won": "no_target",
        "opened": "no_target",
    }


def test_only_keeps_kpis_with_all_their_periods_and_segments() -> None:
    found = kpitree.load(ROOT / "trees/sales.toml").evaluate(last=2, by=["region"])
    kept = with_status(found, ["at_risk"])
    assert kept.kpis["kpi"].unique().to_list() == ["deals"]
    assert kept.kpis.height == 2 * (1 + 3)  # two periods, the whole and three regions
    assert kept.comparisons["kpi"].unique().to_list() == ["deals"]
    assert kept.history["kpi"].unique().to_list() == ["deals"]
    assert kept.attributions == ()
    assert with_status(found, ["no_data"]).kpis.is_empty()


def test_failing_is_literal() -> None:
    found = kpitree.load(ROOT / "trees/sales.toml").evaluate()
    assert fails(found, [("off_track", None)])
    assert fails(found, [("off_track", "revenue")])
    assert not fails(found, [("at_risk", "revenue")])
    assert fails(found, [("at_risk", "revenue"), ("at_risk", "deals")])
    assert not fails(found, [("no_data", None)])
    assert not fails(found, [])
