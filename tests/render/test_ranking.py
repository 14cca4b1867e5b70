"""The pictures of `kpitree rank`: what every format keeps, and the files that show them."""

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from io import StringIO
from typing import Any

import polars as pl
import pytest

from kpitree.analysis.ranking.cautions import CAUTIONS
from kpitree.analysis.results.period import PeriodInfo
from kpitree.analysis.results.ranking import Ranking
from kpitree.calendar import Span
from kpitree.cli import options
from kpitree.errors import Notice
from kpitree.pipeline.questions import SORTS
from kpitree.render.formats import ENDINGS, FORMATS
from kpitree.render.ranking import board
from kpitree.render.style import Style
from kpitree.tables import COMPARISONS, MEMBERS, SEGMENT
from render.changes import branch, leaf, tree_of

Golden = Callable[[str, str], None]
ENDING_OF = {name: ending for ending, name in ENDINGS.items()}
TREE = tree_of(
    branch("revenue", "deals * close_rate", unit="currency", decimals=0),
    leaf("deals"),
    leaf("close_rate", unit="percent"),
    leaf("delay", unit="minutes", direction="down"),
)
OCTOBER = PeriodInfo(
    span=Span(date(2026, 10, 1), date(2026, 11, 1), "2026-10"), complete=True, covered_days=31
)


def member(segment: dict[str, str], value: float | None, **figures: Any) -> dict[str, Any]:
    named = {SEGMENT + name: text for name, text in segment.items()}
    return dict.fromkeys(MEMBERS) | {"status": "no_target", "value": value} | named | figures


def change(change: float | None, percent: float | None, **about: Any) -> dict[str, Any]:
    good = None if not change else change > 0
    found = {"vs": "previous", "label": "2026-09", "change": change, "percent": percent}
    return dict.fromkeys(COMPARISONS) | found | {"favourable": good} | about


def ranking_of(
    rows: Sequence[tuple[dict[str, Any], Sequence[dict[str, Any]]]],
    dimensions: tuple[str, ...] = ("rep",),
    **about: Any,
) -> Ranking:
    first, *figures = MEMBERS.items()
    segments = [(SEGMENT + name, pl.String) for name in dimensions]
    schema = dict([first, *segments, *figures])
    compared = [one | {"kpi": "revenue"} for _, many in rows for one in many]
    fields: dict[str, Any] = {
        "tree": TREE,
        "kpi": "revenue",
        "period": OCTOBER,
        "as_of": None,
        "dimensions": dimensions,
        "references": (("previous", "2026-09"),),
        "sort": "value",
        "rows": pl.DataFrame([row for row, _ in rows], schema=schema),
        "comparisons": pl.DataFrame(compared, schema=COMPARISONS),
        "members": len(rows) - 1,
        "ranked": sum(row["rank"] is not None for row, _ in rows),
        "tied": 0,
        "statuses": {"no_target": len(rows) - 1},
        "evidence": None,
        "rated": False,
    }
    return Ranking(**(fields | about))


def quotas(**about: Any) -> Ranking:
    """Goals, a tie, someone without a goal, rows without a name, and every mark of history."""
    usual = {
        "low": 126_909.58,
        "high": 302_782.27,
        "others": 226_089.33,
        "caution": "usual_spread",
        "caution_reason": "it usually lies between 126,910 and 302,782",
    }
    little = {
        "others": 200_000.0,
        "caution": "little_history",
        "caution_reason": "too little history to tell: 3 of 12 earlier periods",
    }
    rows = [
        (
            member(
                {"rep": "Ivan Prado"},
                339_687.87,
                rank=1,
                share=0.5,
                target=299_891.3,
                implied=False,
                attainment=1.1327,
                gap=39_796.57,
                status="on_track",
                others=212_225.0,
                low=159_757.8,
                high=298_958.15,
            ),
            [change(121_505.14, 0.5569)],
        ),
        (
            member(
                {"rep": "Nils Holm"},
                187_180.02,
                rank=2,
                share=0.2755,
                target=252_717.39,
                implied=True,
                attainment=0.74067,
                gap=-65_537.37,
                status="off_track",
                **usual,
            ),
            [change(-2_091.4, -0.011)],
        ),
        (
            member(
                {"rep": "Wei Tan"},
                76_266.05,
                rank=3,
                share=0.11225,
                target_reason="goals for 2026-Q4 cannot be spread",
                **little,
            ),
            [change(76_266.05, None)],
        ),
        (member({"rep": "Zoe"}, 76_266.05, rank=3, share=0.11225, **little), [change(0.0, 0.0)]),
        (
            member({"rep": "Yan"}, None, reason="no rows with a value", status="no_data"),
            [change(None, None, reason="no rows with a value")],
        ),
        (member({"rep": "(none)"}, 0.01, share=0.0), [change(0.01, None)]),
        (
            member(
                {},
                679_400.0,
                target=750_000.0,
                implied=False,
                attainment=0.905867,
                gap=-70_600.0,
                status="off_track",
            ),
            [change(100_000.0, 0.172592)],
        ),
    ]
    found = {
        "evidence": "history",
        "statuses": {"on_track": 1, "off_track": 1, "no_target": 3, "no_data": 1},
    }
    return ranking_of(rows, **(found | about))


def rates() -> Ranking:
    """A rate by two dimensions, against two periods, judged by rows."""
    marked = {"caution": "like_the_others", "caution_reason": "its 20 rows allow anything"}
    one_row = {"caution": "few_rows", "caution_reason": "one row shows no spread"}
    rows = [
        (
            member(
                {"region": "EMEA", "channel": "web"},
                0.688,
                rank=1,
                share=0.7,
                pull=0.0141,
                others=0.55,
                low=0.6186,
                high=0.7496,
            ),
            [change(0.05, 0.078), change(-0.02, -0.028, vs="last-year", label="2025-10")],
        ),
        (
            member(
                {"region": "EMEA", "channel": "event"},
                0.15,
                rank=2,
                share=0.2,
                pull=-0.1,
                others=0.27,
                low=0.0524,
                high=0.3604,
                **marked,
            ),
            [change(0.0, 0.0), change(None, None, vs="last-year", reason="no rows")],
        ),
        (
            member({"region": "APAC", "channel": "web"}, 0.0, rank=3, share=0.1, **one_row),
            [change(-1.0, -1.0), change(None, None, vs="last-year", reason="no rows")],
        ),
        (
            member({}, 0.5116),
            [change(-0.01, -0.02), change(0.01, 0.02, vs="last-year", label="2025-10")],
        ),
    ]
    references = (("previous", "2026-09"), ("last-year", "2025-10"))
    return ranking_of(
        rows,
        ("region", "channel"),
        kpi="close_rate",
        references=references,
        evidence="rows",
        rated=True,
    )


def alone() -> Ranking:
    """Nothing to be compared with, and nobody to be told from."""
    none = change(None, None, label="2024-10", reason="deals has data from 2024-11-01")
    rows = [(member({"rep": "Ivan"}, 5.0, rank=1, share=1.0), [none]), (member({}, 5.0), [none])]
    return ranking_of(rows, references=(("previous", "2024-10"),), kpi="deals")


def cut() -> Ranking:
    """Two of 1,234, one of whom shares a rank with someone who is not shown."""
    found = quotas(members=1_234, ranked=1_200, tied=3, sort="change")
    return replace(
        found,
        rows=pl.concat([found.rows.head(2), found.rows.tail(1)]),
        comparisons=pl.concat([found.comparisons.head(2), found.comparisons.tail(1)]),
    )


def nobody() -> Ranking:
    return ranking_of([], members=0, statuses={}, reason="no member of rep has rows", kpi="delay")


HOSTILE = "\x1b[31mEMEA\u202e | [x](y) *b* =1+1"


def hostile() -> Ranking:
    rows = [
        (member({"value": HOSTILE, "rank": "=cmd|' /C calc'!A0"}, 2.0, rank=1), [change(1, 1)]),
        (member({"value": "[bold]", "rank": "@x"}, 1.0, rank=2, reason=HOSTILE), [change(1, 1)]),
        (member({}, 3.0), [change(1, 1)]),
    ]
    notice = Notice(code="not_ranked", message=f"over {HOSTILE}")
    return ranking_of(rows, ("value", "rank"), kpi="deals", warnings=(notice, notice))


ANSWERS = {
    "quotas": quotas,
    "rates": rates,
    "alone": alone,
    "cut": cut,
    "nobody": nobody,
    "hostile": hostile,
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("answer", ["quotas", "rates", "hostile"])
def test_golden(answer: str, name: str, golden: Golden) -> None:
    text = FORMATS[name](ANSWERS[answer](), Style())
    golden(f"ranking_{answer}{ENDING_OF.get(name, f'.{name}')}", text)


@pytest.mark.parametrize("answer", ["alone", "cut", "nobody"])
def test_golden_screens(answer: str, golden: Golden) -> None:
    golden(f"ranking_{answer}.txt", FORMATS["table"](ANSWERS[answer](), Style()))


@pytest.mark.parametrize("width", [40, 80, 100])
def test_narrow_screens(width: int, golden: Golden) -> None:
    text = FORMATS["table"](quotas(), Style(width=width))
    golden(f"ranking_quotas_{width}.txt", text)
    assert max(map(len, text.splitlines())) <= width
    for kept in ("339,688", "187,180", "~ usual spread", "? little history"):
        assert kept in text
    assert ("✗ off track" in text) == (width > 40)


def test_colours(golden: Golden) -> None:
    golden("ranking_quotas_colour.txt", FORMATS["table"](quotas(), Style(color=True)))


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("name", FORMATS)
def test_words_are_data(name: str, answer: str) -> None:
    text = FORMATS[name](ANSWERS[answer](), Style())
    assert not {"\x1b", "\x9b", "\u202e"} & set(text)


@pytest.mark.parametrize("answer", ["quotas", "rates", "alone", "cut", "nobody"])
@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("json", "markdown")])
def test_ascii(name: str, answer: str) -> None:
    assert FORMATS[name](ANSWERS[answer](), Style(ascii=True)).isascii()


@pytest.mark.parametrize("answer", ["quotas", "rates", "alone", "cut", "nobody"])
def test_all_formats_have_the_same_figures(answer: str) -> None:
    found = ANSWERS[answer]()
    told = json.loads(FORMATS["json"](found, Style()))
    rows = [*told["members"], *([told["whole"]] if told["whole"] else [])]
    values = [row["value"] for row in rows]
    assert values == found.rows["value"].to_list()
    count = len(found.references)
    long = list(csv.DictReader(StringIO(FORMATS["csv"](found, Style()))))
    assert [_number(row["value"]) for row in long[::count]] == values
    changes = [one["change"] for row in rows for one in row["comparisons"]]
    assert [_number(row["change"]) for row in long] == changes
    plain = [line.split("\t") for line in FORMATS["plain"](found, Style()).splitlines()]
    at = 1 + len(found.dimensions)
    assert [_number(fields[at]) for fields in plain] == values
    assert {len(fields) for fields in plain} <= {at + 8 + 2 * count}
    for key, place in {"target": 3, "attainment": 4, "gap": 5}.items():
        assert [_number(fields[at + place]) for fields in plain] == [row[key] for row in rows]
        assert [_number(row[key]) for row in long[::count]] == [row[key] for row in rows]
    kinds = [(row.get("caution") or {}).get("kind", "") for row in rows]
    assert [fields[at + 7] for fields in plain] == kinds
    assert [row["caution"] for row in long[::count]] == kinds
    jsonl = [json.loads(line) for line in FORMATS["jsonl"](found, Style()).splitlines()]
    assert [one["value"] for one in jsonl[::count]] == values


def _number(text: str) -> float | None:
    return float(text) if text else None


def test_the_sentence() -> None:
    assert json.loads(FORMATS["json"](quotas(), Style()))["sentence"] == (
        "Rank 1 of 4: Ivan Prado with 339,688 (50.0 % of Revenue); rank 3: Zoe with 76,266."
        " 1 on track, 1 off track. At least 1 of 4 shown cannot be told from the others."
        " Too little is known of 2 of 4 shown to tell."
    )
    assert json.loads(FORMATS["json"](nobody(), Style()))["sentence"] == (
        "Nobody is shown for Delay in 2026-10: no member of rep has rows."
    )


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ([1], "Nils Holm with 187,180 (27.6 % of Revenue). It cannot be told from the others."),
        (
            [1, 2, 3],
            (
                "At least 1 of 3 shown cannot be told from the others."
                " Too little is known of 2 of 3 shown to tell."
            ),
        ),
        ([0, 1], "with 187,180. At least 1 of 2 shown cannot be told from the others."),
        ([0], "with 339,688 (50.0 % of Revenue)."),
    ],
)
def test_no_mark_is_no_proof(kept: list[int], said: str) -> None:
    """Nothing is said of those without a mark."""
    found = quotas(statuses={})
    shown = replace(found, rows=found.rows[[*kept, 6]], comparisons=found.comparisons[[*kept, 6]])
    assert json.loads(FORMATS["json"](shown, Style()))["sentence"].endswith(said)


def test_warnings_stand_once() -> None:
    assert len(json.loads(FORMATS["json"](hostile(), Style()))["warnings"]) == 1


def test_every_caution_has_words() -> None:
    assert set(board.CAUTIONS) == set(CAUTIONS)


def test_every_order_can_be_asked_for() -> None:
    assert options.SORTS == SORTS
