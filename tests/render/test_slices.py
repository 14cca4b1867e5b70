"""The pictures of `kpitree segments`: what every format keeps, and the files that show them."""

import csv
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import StringIO
from typing import Any

import polars as pl
import pytest

from kpitree.analysis.results.slices import Slices
from kpitree.errors import Notice
from kpitree.render.formats import ENDINGS, FORMATS
from kpitree.render.style import Style
from kpitree.tables import SEGMENT, SLICES
from render.changes import branch, leaf, tree_of

Golden = Callable[[str, str], None]
Figures = tuple[float | None, ...]  # from, to, line, share, size, excess, surprise

ENDING_OF = {name: ending for ending, name in ENDINGS.items()}
TREE = tree_of(
    branch("revenue", "deals * close_rate", unit="currency"),
    leaf("deals"),
    leaf("close_rate", unit="percent"),
    leaf("churn", unit="percent", direction="down"),
)


def slices_of(
    rows: Sequence[tuple[dict[str, str], Figures]],
    dimensions: tuple[str, ...] = ("region", "channel"),
    **about: Any,
) -> Slices:
    schema = {SEGMENT + name: pl.String for name in dimensions} | SLICES
    told = [[*(segment.get(name) for name in dimensions), *figures] for segment, figures in rows]
    fields: dict[str, Any] = {
        "tree": TREE,
        "kpi": "revenue",
        "vs": "previous",
        "from_label": "2026-09",
        "to_label": "2026-10",
        "dimensions": dimensions,
        "rows": pl.DataFrame(told, schema=schema, orient="row"),
        "examined": 123,
    }
    found = fields | about
    found.setdefault("change", found["after"] - found["before"])
    return Slices(**found)


def fall(**about: Any) -> Slices:
    rows: list[tuple[dict[str, str], Figures]] = [
        (
            {"region": "EMEA", "channel": "web"},
            (80_000, 18_000, -62_000, 0.62, 0.08, -54_000, 0.0231),
        ),
        ({"channel": "event"}, (50_000, 0, -50_000, 0.5, 0.05, -45_000, 0.025)),
        (
            {"region": "APAC", "channel": "(none)"},
            (0, 12_345.67, 12_345.67, -0.1234567, 0, 12_345.67, 0.0069),
        ),
        ({}, (870_000, 869_654.33, -345.67, 0.0034567, 0.87, 86_654.33, 0.0019)),
    ]
    return slices_of(rows, before=1_000_000.0, after=900_000.0, **about)


def rate() -> Slices:
    """A rate that is better when it is lower, a new segment, and a rest of nothing."""
    rows: list[tuple[dict[str, str], Figures]] = [
        ({"region": "EMEA"}, (0.05, 0.09, 0.02, 1.0, 0.5, 0.01, 0.02)),
        ({"region": "LATAM"}, (None, 0.04, 0.001, 0.05, 0.1, -0.001, 0.05)),
        ({}, (0.05, 0.049, -0.001, -0.05, 0.4, -0.009, 0.001)),
    ]
    return slices_of(rows, kpi="churn", before=0.05, after=0.07)


def offset() -> Slices:
    """Parts that offset each other, from nothing: neither shares nor sizes."""
    rows: list[tuple[dict[str, str], Figures]] = [
        ({"region": "EMEA"}, (0, 211, 211, None, None, None, None)),
        ({"region": "AMER"}, (0, -209, -209, None, None, None, None)),
        ({}, (0, 0, 0, None, None, None, None)),
    ]
    return slices_of(rows, kpi="deals", before=0.0, after=2.0)


def alike() -> Slices:
    rows: list[tuple[dict[str, str], Figures]] = [({}, (1e6, 9e5, -1e5, 1.0, 1.0, 0.0, 0.0))]
    return slices_of(rows, before=1e6, after=9e5)


def withheld() -> Slices:
    reason = "median() does not add up over segments"
    return slices_of([], kpi="churn", before=0.05, after=0.07, reason=reason, examined=0)


HOSTILE = "\x1b[31mEMEA\u202e | [x](y) *b* =1+1"


def hostile() -> Slices:
    rows: list[tuple[dict[str, str], Figures]] = [
        ({"line": HOSTILE, "kpi": "=cmd|' /C calc'!A0"}, (1, 2, 1, 1.0, 0.5, 0.5, 0.01)),
        ({}, (1, 1, 0, 0.0, 0.5, -0.5, 0.01)),
    ]
    notice = Notice(code="does_not_add_up", message=f"over {HOSTILE}")
    return slices_of(
        rows, ("line", "kpi"), before=2.0, after=3.0, kpi="deals", warnings=(notice, notice)
    )


ANSWERS = {
    "fall": fall,
    "rate": rate,
    "offset": offset,
    "alike": alike,
    "withheld": withheld,
    "hostile": hostile,
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("answer", ["fall", "rate", "withheld", "hostile"])
def test_golden(answer: str, name: str, golden: Golden) -> None:
    text = FORMATS[name](ANSWERS[answer](), Style())
    golden(f"slices_{answer}{ENDING_OF.get(name, f'.{name}')}", text)


@pytest.mark.parametrize("answer", ["offset", "alike"])
def test_golden_screens(answer: str, golden: Golden) -> None:
    golden(f"slices_{answer}.txt", FORMATS["table"](ANSWERS[answer](), Style()))


@pytest.mark.parametrize("width", [30, 60, 80])
def test_narrow_screens(width: int, golden: Golden) -> None:
    text = FORMATS["table"](fall(), Style(width=width))
    golden(f"slices_fall_{width}.txt", text)
    if width >= 60:
        assert max(map(len, text.splitlines())) <= width
    for amount in ("−62,000", "−50,000", "+12,34", "−100,000"):
        assert amount in text


def test_colours_follow_the_direction(golden: Golden) -> None:
    golden("slices_rate_colour.txt", FORMATS["table"](rate(), Style(color=True)))


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("name", FORMATS)
def test_words_are_data(name: str, answer: str) -> None:
    text = FORMATS[name](ANSWERS[answer](), Style())
    assert not {"\x1b", "\x9b", "\u202e"} & set(text)


@pytest.mark.parametrize("answer", ["fall", "rate", "offset", "alike", "withheld"])
@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("json", "markdown")])
def test_ascii(name: str, answer: str) -> None:
    assert FORMATS[name](ANSWERS[answer](), Style(ascii=True)).isascii()


@pytest.mark.parametrize("answer", ["fall", "rate", "offset", "alike"])
def test_all_formats_have_the_same_lines(answer: str) -> None:
    found = ANSWERS[answer]()
    told = json.loads(FORMATS["json"](found, Style()))
    lines = [one["line"] for one in (*told["slices"], told["rest"])]
    assert lines == found.rows["line"].to_list()
    assert abs(math.fsum(lines) - told["change"]) <= 1e-9
    rows = list(csv.DictReader(StringIO(FORMATS["csv"](found, Style()))))
    assert [float(row["line"]) for row in rows] == lines
    assert [row["effect"] for row in rows] == ["slice"] * (len(lines) - 1) + ["rest"]
    plain = [line.split("\t") for line in FORMATS["plain"](found, Style()).splitlines()]
    assert [float(fields[5]) for fields in plain] == lines
    assert {len(fields) for fields in plain} == {3 + len(SLICES)}


def test_printed_lines_add_up_as_printed() -> None:
    """Thirds of 100 cents: 33 + 33 + 34."""
    rows: list[tuple[dict[str, str], Figures]] = [
        ({"region": name}, (0, 1 / 3, 1 / 3, 1 / 3, 0.3, 0.1, 0.0)) for name in "ab"
    ]
    rows.append(({}, (0, 1 / 3, 1 / 3, 1 / 3, 0.4, 0.1, 0.0)))
    text = FORMATS["plain"](slices_of(rows, before=0.0, after=1.0), Style())
    assert text.count("0.3333333333333333") == 9
    screen = FORMATS["table"](slices_of(rows, before=0.0, after=1.0), Style())
    assert screen.count("+0.33") + 2 * 0 == 4  # two in the table, two in the sentence
    assert screen.count("+0.34") == 2


def test_the_sentence() -> None:
    assert json.loads(FORMATS["json"](fall(), Style()))["sentence"] == (
        "Revenue fell by 100.0 k (−10.0 %) against 2026-09: region = EMEA, channel = web −62.0 k"
        " (62.0 % of the fall, 8.0 % of the size); channel = event −50.0 k (50.0 % of the fall,"
        " 5.0 % of the size); region = APAC, channel = (none) +12.3 k (0.0 % of the size);"
        " rest −0.3 k."
    )


def test_warnings_stand_once() -> None:
    told = json.loads(FORMATS["json"](hostile(), Style()))
    assert len(told["warnings"]) == 1


def test_an_answer_with_a_reason_has_no_rows() -> None:
    found = withheld()
    assert FORMATS["plain"](found, Style()) == ""
    assert len(FORMATS["csv"](found, Style()).splitlines()) == 1
    told = json.loads(FORMATS["json"](found, Style()))
    assert (told["slices"], told["rest"], told["residual"]) == ([], None, None)


def test_nothing_changed_is_told_without_shares() -> None:
    found = replace(offset(), before=2.0, after=2.0, change=0.0)
    text = json.loads(FORMATS["json"](found, Style()))["sentence"]
    assert text.startswith("Deals did not change against 2026-09")


MORE = "noise lists the largest anyway"


@pytest.mark.parametrize("name", ["table", "markdown"])
def test_what_else_to_ask_for_where_nothing_stands_out(name: str) -> None:
    assert MORE in FORMATS[name](alike(), Style())
    assert MORE not in FORMATS[name](replace(alike(), noise=True), Style())
    assert MORE not in FORMATS[name](fall(), Style())
    assert MORE not in FORMATS[name](withheld(), Style())
