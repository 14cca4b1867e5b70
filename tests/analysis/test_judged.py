"""Limits beside the values of an evaluation: each value judged by those before it."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from kpitree.analysis.judged import judged, with_limits, with_signals
from kpitree.calendar import Calendar
from kpitree.tables import SEGMENT
from kpitree.tree.model import Constant, Node

# Twelve values around 10 with moving ranges of 2: centre 10, reach 2.66 x 2 = 5.32.
WAVE: list[float | None] = [9.0, 11.0] * 6
MONTHS = [date(2025 + at // 12, at % 12 + 1, 1) for at in range(26)]


def kpi(**about: object) -> Node:
    return Constant(id="k", label="K", value=1.0, **about)  # type: ignore[arg-type]  # mixed fields


def history(values: Sequence[float | None], region: str | None = None) -> pl.DataFrame:
    months = MONTHS[: len(values)]
    return pl.DataFrame(
        {
            "kpi": ["k"] * len(values),
            SEGMENT + "region": pl.Series([region] * len(values), dtype=pl.String),
            "period": [month.isoformat()[:7] for month in months],
            "start": months,
            "value": pl.Series(values, dtype=pl.Float64),
        }
    )


def found(values: list[float | None], *shown: str, **about: object) -> list[tuple[object, ...]]:
    rows = judged(history(values), {"k": kpi(**about)}, Calendar(), shown)
    return rows.drop("kpi", SEGMENT + "region").rows()


def test_limits_of_the_twelve_values_before() -> None:
    values = [*WAVE, 15.3, 15.33]
    assert found(values, "2026-01") == [("2026-01", 10.0, 4.68, 15.32, None)]


def test_a_value_beyond_them_is_a_signal() -> None:
    assert found([*WAVE, 15.33], "2026-01")[0][-1] == "beyond_limits"


def test_eleven_values_are_too_few() -> None:
    assert found(WAVE, "2025-12") == [("2025-12", None, None, None, None)]


def test_only_the_periods_shown() -> None:
    assert [row[0] for row in found([*WAVE, 10.0, 10.0, 10.0], "2026-01", "2026-03")] == [
        "2026-01",
        "2026-03",
    ]


def test_a_new_baseline_forgets_what_was_before() -> None:
    values = [100.0] * 12 + WAVE + [15.33]
    (judged_anew,) = found([*values], "2027-01", rebaseline=("2026-01",))
    assert judged_anew == ("2027-01", 10.0, 4.68, 15.32, "beyond_limits")
    assert found([*values], "2026-05", rebaseline=("2026-01",))[0][1] is None


def test_segments_are_judged_by_their_own() -> None:
    rows = pl.concat([history([*WAVE, 10.0]), history([45.0, 55.0] * 6 + [50.0], "north")])
    (whole, north) = judged(rows, {"k": kpi()}, Calendar(), ["2026-01"]).rows(named=True)
    assert (whole["centre"], north["centre"]) == (10.0, 50.0)
    kpis = pl.DataFrame(
        {"kpi": ["k", "k"], SEGMENT + "region": [None, "north"], "period": ["2026-01"] * 2}
    )
    beside = with_limits(kpis, judged(rows, {"k": kpi()}, Calendar(), ["2026-01"]))
    assert beside["upper"].to_list() == [15.32, 76.6]


def test_signals_stand_beside_what_is_compared() -> None:
    rows = judged(history([*WAVE, 15.33]), {"k": kpi()}, Calendar(), ["2025-12", "2026-01"])
    compared = pl.DataFrame(
        {
            "kpi": ["k"] * 3,
            SEGMENT + "region": pl.Series([None] * 3, dtype=pl.String),
            "period": ["2026-01", "2026-01", "2025-12"],
            "signal": pl.Series([None] * 3, dtype=pl.String),
            "reason": [None, "no target", None],
        }
    )
    assert with_signals(compared, rows)["signal"].to_list() == ["signal", None, None]
