"""The pictures of `kpitree forecast`: what every format keeps, and the files that show them."""

import csv
import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import Any

import polars as pl
import pytest

from kpitree.analysis.results.forecast import Forecast
from kpitree.analysis.results.period import PeriodInfo
from kpitree.calendar import Grain, Span
from kpitree.errors import Notice
from kpitree.render.forecast.plain import FIELDS
from kpitree.render.forecast.rows import Row, rows_of
from kpitree.render.forecast.sentence import sentence
from kpitree.render.formats import ENDINGS, FORMATS
from kpitree.render.style import Style
from kpitree.tables import FORECASTS
from kpitree.tree.model import Tree
from render.changes import branch, leaf, tree_of

Golden = Callable[[str, str], None]

ENDING_OF = {name: ending for ending, name in ENDINGS.items()}
HOSTILE = "\x1b[31mEMEA\u202e | [x](y) *b* =1+1"
TREE = tree_of(
    branch("revenue", "deals * close_rate", unit="currency", owner="Head of Sales"),
    leaf("deals"),
    leaf("close_rate", unit="percent"),
    leaf("complaints", unit="tickets", direction="down"),
    leaf("stock", direction="range", good_range=(60.0, 80.0)),
)
OCTOBER = Span(date(2026, 10, 1), date(2026, 11, 1), "2026-10", Grain.MONTH)
RUNNING = PeriodInfo(span=OCTOBER, complete=False, covered_days=20)


def row(kpi: str, **figures: Any) -> dict[str, Any]:
    """A row of FORECASTS; what is not named is null."""
    usual = {
        "kpi": kpi,
        "horizon": "period",
        "period": "2026-10",
        "by": date(2026, 10, 31),
        "method": "course",
        "periods": 12,
        "errors": 22,
        "days_left": 11,
        "status": "no_target",
    }
    return dict.fromkeys(FORECASTS) | usual | figures


def forecast_of(*rows: dict[str, Any], tree: Tree = TREE, **about: Any) -> Forecast:
    fields: dict[str, Any] = {
        "tree": tree,
        "period": RUNNING,
        "as_of": date(2026, 10, 21),
        "rows": pl.DataFrame(rows, schema=FORECASTS),
        "past": ("2024-11", "2026-09", 23),
    }
    return Forecast(**(fields | about))


REVENUE = row(
    "revenue",
    value=1_801_022.5,
    target=3_000_000.0,
    target_label="target",
    target_to_date=1_935_483.87,
    share=0.6409,
    landing=2_810_000.0,
    low=2_620_000.0,
    high=2_980_000.0,
    reached=0,
    gap=-190_000.0,
    percent=-0.0633,
    attainment=0.9367,
    left=1_198_977.5,
    pace=90_051.125,
    expected=91_725.2,
    needed=108_997.95,
    ratio=1.21,
    status="off_track",
)
LATER = REVENUE | {
    "horizon": "deadline",
    "period": "2026-12",
    "by": date(2026, 12, 15),
    "method": "carried",
    "periods": None,
    "target_to_date": None,
    "days_left": 56,
    "errors": 20,
    **dict.fromkeys(("share", "left", "pace", "expected", "needed", "ratio")),
}
DEALS = row(
    "deals",
    value=1_232.0,
    target=1_900.0,
    target_label="target (implied)",
    target_to_date=1_225.8,
    share=0.649,
    landing=1_899.0,
    low=1_811.0,
    high=1_982.0,
    reached=11,
    gap=-1.0,
    percent=-0.0005,
    attainment=0.9995,
    left=668.0,
    pace=61.6,
    expected=60.6,
    needed=60.7,
    ratio=0.986,
    status="at_risk",
)
RATE = row(
    "close_rate",
    value=0.577,
    target=0.55,
    target_label="target",
    target_to_date=0.55,
    landing=0.577,
    gap=0.027,
    method="carried",
    periods=None,
    errors=3,
    interval_reason="history too short for an interval: 3 past periods to judge by, 9 are needed",
    status="on_track",
)
COMPLAINTS = row(
    "complaints",
    value=514.0,
    target=900.0,
    target_label="target",
    share=0.64,
    landing=800.0,
    low=713.0,
    high=822.0,
    reached=22,
    gap=-100.0,
    left=386.0,
    pace=25.7,
    expected=26.0,
    needed=35.09,
    ratio=1.37,
    status="on_track",
)
STOCK = row(
    "stock",
    value=70.0,
    range_low=60.0,
    range_high=80.0,
    landing=90.0,
    low=70.0,
    high=95.0,
    reached=5,
    gap=10.0,
    method="carried",
    periods=None,
    status="off_track",
)


def running() -> Forecast:
    notice = Notice(code="null_dates", message="12 rows have no date")
    return forecast_of(REVENUE, LATER, DEALS, RATE, COMPLAINTS, STOCK, warnings=(notice, notice))


def over() -> Forecast:
    """A period that is complete."""
    ended = {"method": "complete", "periods": None, "days_left": 0, "errors": 0}
    none = dict.fromkeys(("low", "high", "reached", "needed", "ratio", "expected"))
    reason = {"interval_reason": "the period is complete"}
    return forecast_of(
        REVENUE | ended | none | reason | {"value": 2_810_000.0},
        RATE | ended | reason,
        period=PeriodInfo(span=OCTOBER, complete=True, covered_days=31),
        as_of=None,
        past=None,
    )


def lacking() -> Forecast:
    """No value, no landing, no target."""
    return forecast_of(
        row("revenue", reason="Deals: no rows", landing_reason="Deals: no rows", status="no_data"),
        row("deals", value=0.0, landing_reason="nothing came by then", status="no_data"),
        row(
            "close_rate",
            value=0.5,
            landing=0.5,
            method="run_rate",
            periods=0,
            errors=0,
            interval_reason="history too short for an interval: no past periods to judge by",
            target_reason="the target changes within 2026-10",
        ),
    )


def hostile() -> Forecast:
    tree = tree_of(leaf("deals", label=HOSTILE, unit=HOSTILE))
    figures = REVENUE | {"kpi": "deals", "target_reason": HOSTILE, "period": HOSTILE}
    notice = Notice(code="odd", message=HOSTILE)
    return forecast_of(figures, LATER | {"kpi": "deals"}, tree=tree, warnings=(notice,))


def nothing() -> Forecast:
    return forecast_of()


ANSWERS = {
    "running": running,
    "over": over,
    "lacking": lacking,
    "hostile": hostile,
    "nothing": nothing,
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("answer", ["running", "lacking", "hostile"])
def test_golden(answer: str, name: str, golden: Golden) -> None:
    text = FORMATS[name](ANSWERS[answer](), Style())
    golden(f"forecast_{answer}{ENDING_OF.get(name, f'.{name}')}", text)


def test_golden_over(golden: Golden) -> None:
    golden("forecast_over.txt", FORMATS["table"](over(), Style()))


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_narrow_screens(width: int, golden: Golden) -> None:
    text = FORMATS["table"](running(), Style(width=width))
    golden(f"forecast_running_{width}.txt", text)
    if width >= 60:
        assert max(map(len, text.splitlines())) <= width
    assert "2,810,000" in text


def test_colours_follow_the_status(golden: Golden) -> None:
    golden("forecast_running_colour.txt", FORMATS["table"](running(), Style(color=True)))


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("name", FORMATS)
def test_words_are_data(name: str, answer: str) -> None:
    text = FORMATS[name](ANSWERS[answer](), Style())
    assert not {"\x1b", "\x9b", "\u202e"} & set(text)


@pytest.mark.parametrize("answer", ["running", "over", "lacking"])
@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("json", "markdown")])
def test_ascii(name: str, answer: str) -> None:
    assert FORMATS[name](ANSWERS[answer](), Style(ascii=True)).isascii()


@pytest.mark.parametrize("answer", ["running", "over", "lacking", "nothing"])
def test_all_formats_have_the_same_numbers(answer: str) -> None:
    found = ANSWERS[answer]()
    told = json.loads(FORMATS["json"](found, Style()))["forecasts"]
    rows = list(csv.DictReader(StringIO(FORMATS["csv"](found, Style()))))
    lines = [line.split("\t") for line in FORMATS["plain"](found, Style()).splitlines()]
    objects = [json.loads(line) for line in FORMATS["jsonl"](found, Style()).splitlines()]
    expected = found.rows.rows(named=True)
    assert len(told) == len(rows) == len(lines) == len(objects) == len(expected)
    for want, one, record, fields, thing in zip(expected, told, rows, lines, objects, strict=True):
        in_plain = dict(zip(FIELDS, fields, strict=True))
        ends = {"low": "interval", "high": "interval", "range_low": "range", "range_high": "range"}
        for name, kind in FORECASTS.items():
            if kind != pl.Float64:
                continue
            value = want[name]
            text = "" if value is None else value
            assert thing[name] == value
            assert (float(record[name]) if record[name] else "") == text
            if name in in_plain:
                assert (float(in_plain[name]) if in_plain[name] else "") == text
            if name in ends:
                end = one[ends[name]]
                assert (None if end is None else end[name.removeprefix("range_")]) == value
            else:
                assert one[name] == value


def test_json_tells_every_column() -> None:
    told = json.loads(FORMATS["json"](running(), Style()))
    columns = set(FORECASTS) - {"low", "high", "range_low", "range_high"}
    extra = {"label", "unit", "owner", "interval", "leaning", "range", "stale", "sentence"}
    assert set(told["forecasts"][0]) == columns | extra
    assert told["past"] == {"first": "2024-11", "last": "2026-09", "count": 23}
    assert len(told["warnings"]) == 1
    assert Row.__slots__[1:] == tuple(FORECASTS)[1:]


@pytest.mark.parametrize(
    ("ends", "side", "said"),
    [
        ((2_850_000.0, 2_980_000.0), "above", "likely lies above heading for: the rule usually"),
        ((2_620_000.0, 2_800_000.0), "below", "likely lies below heading for: the rule usually"),
        ((2_810_000.0 + 1e-9, 2_980_000.0), None, ""),  # of rounding size
        ((2_620_000.0, 2_980_000.0), None, ""),
    ],
)
@pytest.mark.parametrize("name", ["table", "markdown"])
def test_a_landing_outside_its_interval_is_told(
    name: str, ends: tuple[float, float], side: str | None, said: str
) -> None:
    found = forecast_of(REVENUE | dict(zip(("low", "high"), ends, strict=True)))
    [told] = json.loads(FORMATS["json"](found, Style()))["forecasts"]
    assert told["leaning"] == side
    text = FORMATS[name](found, Style())
    assert said in text
    assert ("likely lies" in text) == (side is not None)


def test_the_heading_names_what_is_stale() -> None:
    old = frozenset({"revenue", "deals"})
    found = forecast_of(REVENUE, DEALS, RATE, stale=old)
    for name in ("table", "markdown"):
        assert "stale: Revenue, Deals" in FORMATS[name](found, Style()).splitlines()[0]
    assert "stale" not in FORMATS["table"](forecast_of(REVENUE, stale=frozenset()), Style())


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_to_show(name: str) -> None:
    text = FORMATS[name](nothing(), Style())
    if name == "json":
        assert json.loads(text)["forecasts"] == []
    else:
        assert len(text.splitlines()) <= 1  # the names of the columns


SENTENCES = [
    (
        REVENUE,
        (
            "Revenue is heading for 2.81 M (2.62 M to 2.98 M) against 3.00 M: 190.0 k short; it"
            " needs 109.0 k a day for the 11 days left, 1.2 times what usually comes."
        ),
    ),
    (
        LATER,
        (
            "Revenue is heading for 2.81 M in 2026-12 (2.62 M to 2.98 M) against 3.00 M, due"
            " 2026-12-15: 190.0 k short."
        ),
    ),
    (
        REVENUE | {"gap": 20_000.0, "target": 2_790_000.0, "needed": 89_907.0, "ratio": 0.998},
        (
            "Revenue is heading for 2.81 M (2.62 M to 2.98 M) against 2.79 M: 20.0 k over; 89.9 k a"
            " day is enough for the 11 days left, 1.0 times what usually comes."
        ),
    ),
    (
        REVENUE | {"gap": 1_010_000.0, "target": 1_800_000.0, "left": -1_022.5, "needed": -92.0},
        (
            "Revenue is heading for 2.81 M (2.62 M to 2.98 M) against 1.80 M: 1.01 M over; the"
            " target is passed already."
        ),
    ),
    (
        REVENUE | {"days_left": 1},
        (
            "Revenue is heading for 2.81 M (2.62 M to 2.98 M) against 3.00 M: 190.0 k short; it"
            " needs 109.0 k a day for the last day, 1.2 times what usually comes."
        ),
    ),
    (
        REVENUE | {"ratio": None},
        (
            "Revenue is heading for 2.81 M (2.62 M to 2.98 M) against 3.00 M: 190.0 k short; it"
            " needs 109.0 k a day for the 11 days left."
        ),
    ),
    (
        REVENUE | {"gap": 0.0, "needed": None},
        "Revenue is heading for 2.81 M (2.62 M to 2.98 M) against 3.00 M: right on target.",
    ),
    (
        REVENUE | {"left": 0.0, "gap": 1_010_000.0, "target": 1_800_000.0, "needed": 0.0},
        (
            "Revenue is heading for 2.81 M (2.62 M to 2.98 M) against 1.80 M: 1.01 M over; the"
            " target is reached already."
        ),
    ),
    (
        REVENUE | {"low": 2_850_000.0, "needed": None},
        (
            "Revenue is heading for 2.81 M (past errors say 2.85 M to 2.98 M) against 3.00 M:"
            " 190.0 k short, by its past errors off track."
        ),
    ),
    (
        REVENUE | {"expected": 0.0, "ratio": None},
        (
            "Revenue is heading for 2.81 M (2.62 M to 2.98 M) against 3.00 M: 190.0 k short; it"
            " needs 109.0 k a day for the 11 days left, on which usually nothing comes."
        ),
    ),
    (  # a result of -9,000 at least: -6,000 to date, and heading for -11,855
        REVENUE
        | {"value": -6_000.0, "landing": -11_855.0, "low": None, "high": None, "ratio": None}
        | {"target": -9_000.0, "gap": -2_855.0, "left": -3_000.0, "needed": -300.0}
        | {"days_left": 10},
        (
            "Revenue is heading for −11.9 k against −9,000: 2,855 short; the 10 days left may"
            " take 300.00 a day off."
        ),
    ),
    (  # likewise, and just there
        REVENUE
        | {"value": -6_000.0, "landing": -9_000.0, "low": None, "high": None, "ratio": None}
        | {"target": -9_000.0, "gap": 0.0, "left": -3_000.0, "needed": -3_000.0, "days_left": 1},
        (
            "Revenue is heading for −9,000 against −9,000: right on target; the last day may"
            " take 3,000 a day off."
        ),
    ),
    (  # at most -9,000, from -6,000 to date to -11,855
        COMPLAINTS
        | {"value": -6_000.0, "landing": -11_855.0, "low": None, "high": None, "ratio": None}
        | {"target": -9_000.0, "gap": -2_855.0, "left": -3_000.0, "needed": -300.0}
        | {"days_left": 10},
        (
            "Complaints is heading for −11.9 k tickets against at most −9,000: 2,855 under; the"
            " 10 days left must take 300 a day off."
        ),
    ),
    (
        DEALS,
        (
            "Deals is heading for 1,899 (1,811 to 1,982) against an implied 1,900: 1 short; it"
            " needs 60.70 a day for the 11 days left, 1.0 times what usually comes."
        ),
    ),
    (
        RATE,
        (
            "Close rate is heading for 57.7 % (history too short for an interval) against 55.0 %:"
            " 2.7 pp over."
        ),
    ),
    (
        RATE | {"method": "complete"},
        "Close rate came to 57.7 % against 55.0 %: 2.7 pp over.",
    ),
    (
        RATE | {"gap": 1e-9},
        (
            "Close rate is heading for 57.7 % (history too short for an interval) against 55.0 %:"
            " less than 0.1 pp over."
        ),
    ),
    (
        COMPLAINTS,
        (
            "Complaints is heading for 800 tickets (713 to 822) against at most 900: 100 under;"
            " there is room for 35.09 a day for the 11 days left, 1.4 times what usually comes."
        ),
    ),
    (
        COMPLAINTS | {"gap": 300.0, "target": 500.0, "left": -14.0, "needed": -1.3},
        (
            "Complaints is heading for 800 tickets (713 to 822) against at most 500: 300 too much;"
            " the limit is passed already."
        ),
    ),
    (STOCK, "Stock is heading for 90 (70 to 95) against 60 to 80: 10 too much."),
    (
        STOCK
        | {"gap": -8.0, "landing": 52.0, "low": 50.0, "left": 12.0, "needed": 1.5, "ratio": 2.0},
        (
            "Stock is heading for 52 (50 to 95) against 60 to 80: 8 short; it needs 1.50 a day for"
            " the 11 days left, 2.0 times what usually comes."
        ),
    ),
    (
        STOCK | {"gap": 0.0, "landing": 66.0, "low": 50.0},
        "Stock is heading for 66 (50 to 95) against 60 to 80: inside.",
    ),
    (
        REVENUE | {"target": None, "target_label": None, "gap": None, "needed": None},
        "Revenue is heading for 2.81 M (2.62 M to 2.98 M).",
    ),
    (
        row("revenue", reason="Deals: no rows"),
        "Revenue has no value: Deals: no rows.",
    ),
    (
        row("deals", value=0.0, landing_reason="nothing came by then"),
        "Deals is at 0, and where it lands cannot be told: nothing came by then.",
    ),
]


@pytest.mark.parametrize(("figures", "said"), SENTENCES)
def test_sentences(figures: dict[str, Any], said: str) -> None:
    [one] = rows_of(forecast_of(figures))
    assert sentence(one, Style()) == said
