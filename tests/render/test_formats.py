"""What every format keeps, and the files that show them whole."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from kpitree.analysis.results.evaluation import Evaluation
from kpitree.errors import UsageError
from kpitree.render.formats import ENDINGS, FORMATS, format_of, renderer
from kpitree.render.kinds import KINDS
from kpitree.render.style import Style

PARTS = ("document", "long", "plain", "markdown")  # of a kind, without its screen
Golden = Callable[[str, str], None]
ENDING_OF = {name: ending for ending, name in ENDINGS.items()}


@pytest.mark.parametrize("name", FORMATS)
def test_sales(name: str, sales: Evaluation, golden: Golden) -> None:
    golden(f"sales{ENDING_OF.get(name, f'.{name}')}", FORMATS[name](sales, Style()))


@pytest.mark.parametrize("name", FORMATS)
def test_sales_by_region(name: str, by_region: Evaluation, golden: Golden) -> None:
    golden(f"by_region{ENDING_OF.get(name, f'.{name}')}", FORMATS[name](by_region, Style()))


@pytest.mark.parametrize("name", FORMATS)
def test_two_periods(name: str, two_periods: Evaluation, golden: Golden) -> None:
    golden(f"two_periods{ENDING_OF.get(name, f'.{name}')}", FORMATS[name](two_periods, Style()))


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_words(name: str, hostile: Evaluation, golden: Golden) -> None:
    text = FORMATS[name](hostile, Style())
    golden(f"hostile{ENDING_OF.get(name, f'.{name}')}", text)
    allowed = {"\n", "\t"} if name in ("csv", "tsv", "plain") else {"\n"}
    assert not [char for char in text if char < " " and char not in allowed]
    assert not {"\x1b", "\x9b", "\u202e"} & set(text)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("width", [None, 40, 100])
def test_no_escape_codes_without_colour(name: str, width: int | None, sales: Evaluation) -> None:
    assert "\x1b" not in FORMATS[name](sales, Style(width=width))


@pytest.mark.parametrize("name", FORMATS)
def test_ascii(name: str, sales: Evaluation) -> None:
    if name not in ("json", "markdown"):  # they are UTF-8 wherever they go
        assert FORMATS[name](sales, Style(ascii=True)).isascii()


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_left_to_show(name: str, sales: Evaluation) -> None:
    nothing = replace(
        sales,
        kpis=sales.kpis.clear(),
        comparisons=sales.comparisons.clear(),
        history=sales.history.clear(),
        attributions=(),
    )
    text = FORMATS[name](nothing, Style())
    match name:
        case "json":
            assert json.loads(text)["kpis"] == []
        case "csv" | "tsv":
            assert text.count("\n") == 1
        case _:
            assert text == ""


@pytest.mark.parametrize("name", FORMATS)
def test_numbers_that_are_not_finite_are_a_bug(name: str, sales: Evaluation) -> None:
    if name in ("table", "markdown"):
        return
    broken = replace(sales, kpis=sales.kpis.with_columns(value=pl.lit(float("nan"))))
    with pytest.raises(ValueError, match="nan is not a value"):
        FORMATS[name](broken, Style())


# --- the same numbers everywhere -----------------------------------------------------------


def test_every_machine_format_has_the_same_numbers(sales: Evaluation) -> None:
    document = json.loads(FORMATS["json"](sales, Style()), parse_float=str, parse_int=str)
    long = [json.loads(line, parse_float=str, parse_int=str)
            for line in FORMATS["jsonl"](sales, Style()).splitlines()]  # fmt: skip
    rows = list(csv.DictReader(StringIO(FORMATS["csv"](sales, Style()))))
    tabs = list(csv.DictReader(StringIO(FORMATS["tsv"](sales, Style())), delimiter="\t"))
    assert rows == tabs
    assert [{name: _text(value) for name, value in row.items()} for row in long] == rows
    numbers = ("value", "target", "target_implied", "attainment")
    for kpi in document["kpis"]:
        own = [row for row in rows if row["kpi"] == kpi["kpi"]]
        assert [own[0][name] for name in numbers] == [kpi[name] or "" for name in numbers]
        compared = [(row["reference"], row["change"], row["percent"]) for row in own if row["vs"]]
        assert compared == [
            (found["reference"], found["change"], found["percent"]) for found in kpi["comparisons"]
        ]


def test_plain_has_the_same_numbers(sales: Evaluation) -> None:
    rows = list(csv.DictReader(StringIO(FORMATS["csv"](sales, Style()))))
    for line in FORMATS["plain"](sales, Style()).splitlines():
        kpi, period, value, target, attainment, status, partial, *changes = line.split("\t")
        own = [row for row in rows if row["kpi"] == kpi]
        assert (period, value, status) == (own[0]["period"], own[0]["value"], own[0]["status"])
        assert target == (own[0]["target"] or own[0]["target_implied"])
        assert attainment == own[0]["attainment"]
        assert not partial
        by_vs = {row["vs"]: [row["change"], row["percent"]] for row in own}
        expected = [by_vs.get(vs, ["", ""]) for vs in ("target", "previous", "last-year")]
        assert changes == [field for pair in expected for field in pair]


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case _:
            return str(value)


# --- json ----------------------------------------------------------------------------------

SHAPE = {
    "": "schema_version tree root grain as_of period kpis drivers warnings",
    "period": "label start end complete days covered_days",
    "kpis": "kpi label role unit owner depth parents segment period value reason target"
    " target_implied target_reason attainment status limits rule stale comparisons",
    "kpis.comparisons": "vs label reference change percent favourable signal reason",
    "drivers": "schema_version tree kpi vs method mix_reference from to change residual gross"
    " reason lines nodes sentence warnings",
    "drivers.from": "label value",
    "drivers.lines": "kpi label segment effect from to line share flags via",
    "warnings": "code message kpi source",
}


@pytest.mark.parametrize(("path", "keys"), SHAPE.items())
def test_the_shape_of_json(path: str, keys: str, sales: Evaluation) -> None:
    found: list[Any] = [json.loads(FORMATS["json"](sales, Style()))]
    for key in filter(None, path.split(".")):
        values = [each[key] for each in found]
        found = [one for value in values for one in (value if isinstance(value, list) else [value])]
    assert found
    assert {" ".join(each) for each in found} == {keys}


def test_json_says_why_there_is_no_value(sales: Evaluation) -> None:
    document = json.loads(FORMATS["json"](sales, Style()))
    reps = document["kpis"][-1]
    assert (reps["value"], reps["reason"]) == (None, "no data after 2026-08-31")
    assert reps["depth"] is None
    apart = [found for found in document["drivers"] if not found["lines"]]
    assert [found["reason"] for found in apart] == ["Order value has no value in 2025-10"]


# --- long tables ---------------------------------------------------------------------------


def test_a_dimension_called_like_a_column_is_told_apart(build: ModuleType) -> None:
    known = [build.Known(kpi="deals", value=1.0, segment={"value": "x", "segment_value": "y"})]
    tree = build.tree_of(build.leaf("deals"))
    found = build.evaluation(tree, known, dimensions=("segment_value", "value"))
    [row] = csv.DictReader(StringIO(FORMATS["csv"](found, Style())))
    assert (row["value"], row["segment_value"], row["segment_segment_value"]) == ("1", "y", "x")


def test_depth_limits_every_format(sales: Evaluation) -> None:
    style = Style(depth=0)
    names = [line.split("\t")[0] for line in FORMATS["plain"](sales, style).splitlines()]
    assert names == ["revenue", "active_reps"]
    assert [kpi["kpi"] for kpi in json.loads(FORMATS["json"](sales, style))["kpis"]] == names
    assert "Deals" not in FORMATS["table"](sales, style).split("\n\n")[1]


# --- which format --------------------------------------------------------------------------


@pytest.mark.parametrize(("ending", "name"), ENDINGS.items())
def test_endings(ending: str, name: str) -> None:
    assert format_of(f"out/October.v2{ending.upper()}") == name
    assert renderer(name) is FORMATS[name]


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("a.html", "a.html: .html files are not supported yet"),
        ("a.xlsx", "a.xlsx: .xlsx files are not supported yet"),
        ("a.parquet", "a.parquet: .parquet files are not supported yet"),
        ("a.doc", "a.doc: the ending '.doc' names no format"),
        ("out/csv", "out/csv: the file has no ending"),
    ],
)
def test_endings_without_a_format(file: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        format_of(file)
    assert str(caught.value) == message
    assert ".jsonl" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "message"),
    [("html", "the format 'html' is not supported yet"), ("yaml", "there is no format 'yaml'")],
)
def test_formats_that_are_not_there(name: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        renderer(name)
    assert (str(caught.value), "plain" in caught.value.hint) == (message, True)


def test_only_screens_load_rich() -> None:
    formats = [name for name in FORMATS if name != "table"]
    parts = [f"{folder}.{part}" for folder in KINDS.values() for part in PARTS]
    rooms = [f"kpitree.render.{room}" for room in (*formats, "formats", "messages")]
    imports = ", ".join((*rooms, *parts))
    program = f"import sys, {imports}; print('rich' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert found.stdout.decode().strip() == "False"
