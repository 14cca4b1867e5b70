"""VALUES into the frames of an answer, from frames of a few rows."""

from collections.abc import Mapping
from datetime import date

import polars as pl
import pytest

from analysis.kpis import leaf
from kpitree.analysis.answer import CELL, Asked, View, comparison_frame, history_frame, kpi_frame
from kpitree.analysis.moments import Moment
from kpitree.analysis.promise import Held, Reference
from kpitree.analysis.variance import facts
from kpitree.calendar import Calendar
from kpitree.tables import COMPARISONS, KPIS, MOMENT

REGION = "segment:region"
CALENDAR = Calendar()
ORDER = ("price", "orders")  # of the tree file
KPI = [leaf("price"), leaf("orders", direction="range", good_range=(1, 5))]
WHOLE = pl.DataFrame(
    {MOMENT: [0, 1], "orders": [6.0, 4.0], "price": [10.0, None]},
    schema_overrides={MOMENT: pl.Int32},
)
SEGMENTS = pl.DataFrame(
    {
        MOMENT: [0, 1, 0, 1],
        REGION: ["north", "north", "(none)", "(none)"],
        "orders": [5.0, 4.0, 1.0, 0.0],
        "price": [8.0, 2.0, 20.0, None],
    },
    schema_overrides={MOMENT: pl.Int32},
)


def why(kpi: str, row: Mapping[str, object], span: int) -> str:
    return f"{kpi} of {row.get(REGION) or 'all'} in {span}"


def asked(*, by_region: bool = False) -> Asked:
    views = [View(WHOLE, (), 0)]
    if by_region:
        views.append(View(SEGMENTS, ("region",), 1))
    return Asked(ORDER, tuple(views), ("region",) if by_region else (), facts(KPI), why)


HELD = Held(
    own={"price": 12.0, "orders": None},
    implied={},
    constants={},
    reasons={},
    ranges={"orders": (1.0, 5.0)},
)


def test_kpis_stand_in_file_order_the_whole_before_its_segments() -> None:
    found = kpi_frame(asked(by_region=True), [(0, "2026-01", HELD), (1, "2026-02", HELD)])
    assert found.columns == ["kpi", REGION, *list(KPIS)[1:]]
    assert found.select("kpi", REGION, "period", "value").rows() == [
        ("price", None, "2026-01", 10),
        ("price", None, "2026-02", None),
        ("price", "north", "2026-01", 8),
        ("price", "north", "2026-02", 2),
        ("price", "(none)", "2026-01", 20),
        ("price", "(none)", "2026-02", None),
        ("orders", None, "2026-01", 6),
        ("orders", None, "2026-02", 4),
        ("orders", "north", "2026-01", 5),
        ("orders", "north", "2026-02", 4),
        ("orders", "(none)", "2026-01", 1),
        ("orders", "(none)", "2026-02", 0),
    ]
    assert found["reason"].drop_nulls().to_list() == ["price of all in 1", "price of (none) in 1"]
    assert found.filter(pl.col(REGION).is_null())["status"].to_list() == [
        "off_track",  # 10 against 12
        "no_data",
        "off_track",  # 6 is 20 % above 5
        "on_track",
    ]
    segments = found.filter(pl.col(REGION).is_not_null())
    assert set(segments["status"]) == {"no_target", "no_data"}
    assert segments["target"].null_count() == segments.height


def test_each_period_is_held_to_its_own_targets() -> None:
    other = Held(
        own={"price": None},
        implied={"price": 9.0},
        constants={},
        reasons={"orders": "because"},
    )
    found = kpi_frame(asked(), [(0, "2026-01", HELD), (0, "again", other)])
    assert found["target"].to_list() == [12, None, None, None]
    assert found["target_implied"].to_list() == [None, 9, None, None]
    assert found["status"].to_list() == ["off_track", "on_track", "off_track", "no_target"]
    assert found["target_reason"].to_list() == [None, None, None, "because"]
    assert found["attainment"].to_list() == pytest.approx([10 / 12, 10 / 9, None, None])


def test_compared_with_another_moment() -> None:
    before = Reference("previous", "2025-12", span=1)
    found = comparison_frame(asked(by_region=True), [(0, "2026-01", HELD, [before])])
    assert found.columns == ["kpi", REGION, *list(COMPARISONS)[1:]]
    assert found.select("kpi", REGION, "value", "reference", "change", "favourable").rows() == [
        ("price", None, 10, None, None, None),
        ("price", "north", 8, 2, 6, True),
        ("price", "(none)", 20, None, None, None),
        ("orders", None, 6, 4, 2, False),  # out of its range
        ("orders", "north", 5, 4, 1, None),
        ("orders", "(none)", 1, 0, 1, None),
    ]
    assert found["percent"].to_list() == [None, 3, None, 0.5, 0.25, None]
    assert found["reason"].drop_nulls().to_list() == ["price of all in 1", "price of (none) in 1"]
    assert set(found["label"]) == {"2025-12"}


def test_compared_with_targets_of_the_whole() -> None:
    target = Reference(
        "target",
        "target",
        values={"price": 8.0, "orders": None},
        labels={"price": "target (implied)"},
        reasons={"orders": "not in this period"},
    )
    found = comparison_frame(asked(by_region=True), [(0, "2026-01", HELD, [target])])
    rows = found.select("kpi", REGION, "reference", "change", "label", "reason").rows()
    whole_only = "the target is for the whole, not for a segment"
    assert rows == [
        ("price", None, 8, 2, "target (implied)", None),
        ("price", "north", None, None, "target (implied)", whole_only),
        ("price", "(none)", None, None, "target (implied)", whole_only),
        ("orders", None, None, None, "target", "not in this period"),
        ("orders", "north", None, None, "target", "no target"),
        ("orders", "(none)", None, None, "target", "no target"),
    ]


def test_a_reference_that_nobody_has_says_why() -> None:
    week = Reference("last-year", "last-year", reason="2026-W53 has no counterpart")
    found = comparison_frame(asked(), [(0, "2026-01", HELD, [week])])
    assert set(found["reason"]) == {"2026-W53 has no counterpart"}
    assert found["change"].null_count() == 2


def test_a_value_that_lacks_says_why_itself() -> None:
    found = comparison_frame(
        asked(), [(1, "2026-02", HELD, [Reference("previous", "2026-01", span=0)])]
    )
    price = found.row(by_predicate=pl.col("kpi") == "price", named=True)
    assert (price["value"], price["reference"], price["reason"]) == (None, 10, "price of all in 1")


def test_nothing_to_compare_with_is_an_empty_frame() -> None:
    found = comparison_frame(asked(by_region=True), [(0, "2026-01", HELD, [])])
    assert found.height == 0
    assert found.columns == ["kpi", REGION, *list(COMPARISONS)[1:]]
    assert found.schema["change"] == pl.Float64


def moments() -> list[tuple[int, Moment]]:
    """The first period is at position 1 of VALUES, the later one at 0."""
    return [(1, Moment(CALENDAR.parse("2026-01"))), (0, Moment(CALENDAR.parse("2026-02")))]


def test_history_is_oldest_first() -> None:
    found = history_frame(asked(by_region=True), moments())
    orders = found.filter(kpi="orders")
    assert orders.select(CELL, REGION, "period", "start", "value").rows() == [
        (0, None, "2026-01", date(2026, 1, 1), 4),
        (0, None, "2026-02", date(2026, 2, 1), 6),
        (1, "north", "2026-01", date(2026, 1, 1), 4),
        (1, "north", "2026-02", date(2026, 2, 1), 5),
        (2, "(none)", "2026-01", date(2026, 1, 1), 0),
        (2, "(none)", "2026-02", date(2026, 2, 1), 1),
    ]
    assert found["kpi"].unique(maintain_order=True).to_list() == list(ORDER)
    assert history_frame(asked(), []).height == 0


def test_what_others_imply_does_not_replace_a_target_that_cannot_be_had() -> None:
    held = Held(
        own={"kept": 7.0},
        implied={"kept": 5.0, "free": 5.0, "withheld": 5.0},
        constants={},
        reasons={"withheld": "the target changes within 2026-Q4"},
    )
    assert [held.counts(kpi) for kpi in ("kept", "free", "withheld", "none")] == [7, 5, None, None]
