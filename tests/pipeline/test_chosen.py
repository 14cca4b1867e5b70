"""What --only keeps and what --fail-on finds: the whole of the main period, literally."""

from pathlib import Path

import pytest

import kpitree
from kpitree.analysis.results.standing import Standing
from kpitree.pipeline.chosen import fails, landings_with_status, with_status

ROOT = Path(__file__).parents[2]


def test_standings_are_of_the_whole_in_the_main_period() -> None:
    """Regions have no targets of their own."""
    found = kpitree.load(ROOT / "trees/sales.toml").evaluate(last=2, by=["region"])
    assert [(one.kpi, one.status, one.stale) for one in found.standings] == [
        ("revenue", "off_track", None),
        ("deals", "at_risk", None),
        ("close_rate", "off_track", None),
        ("order_value", "on_track", None),
        ("won_amount", "no_target", None),
        ("won", "no_target", None),
        ("opened", "no_target", None),
    ]


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


@pytest.mark.parametrize(
    ("stale", "statuses", "found"),
    [
        (None, ["stale"], False),
        (False, ["stale"], False),
        (True, ["stale"], True),
        (True, ["off_track"], False),
        (None, ["off_track", "at_risk"], True),
        (True, [], False),
    ],
)
def test_stale_is_beside_the_status(stale: bool | None, statuses: list[str], found: bool) -> None:
    assert Standing("won", "at_risk", stale).is_any(statuses) is found


def test_every_answer_fails_and_is_cut_by_the_same_rule() -> None:
    tree = kpitree.load(ROOT / "trees/sales.toml")
    landed = tree.forecast()
    assert fails(landed, [("off_track", "revenue")])
    assert not fails(landed, [("off_track", "order_value"), ("stale", None)])
    kept = landings_with_status(landed, ["on_track"])
    assert kept.rows["kpi"].to_list() == ["order_value"]
    assert landings_with_status(landed, ["no_data"]).is_empty
    ranked = tree.rank(by="region")
    assert fails(ranked, [("no_target", None)])
    assert not fails(ranked, [("off_track", None), ("stale", None)])
