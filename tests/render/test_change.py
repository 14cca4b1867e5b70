"""`kpitree drivers` in every format: the same numbers, printed lines that add up, a waterfall."""

import csv
import json
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from kpitree.analysis.results.change import Change, Steadiness
from kpitree.render.change.ledger import columns as figures
from kpitree.render.change.ledger import ledger_of
from kpitree.render.change.remarks import reconciliation
from kpitree.render.formats import ENDINGS, FORMATS
from kpitree.render.style import Style
from render.changes import DEALS, EXAMPLES, Shown, change_of, leaf, sales_tree, tree_of

Golden = Callable[[str, str], None]
ENDING_OF = {name: ending for ending, name in ENDINGS.items()}
IN_ENGLISH = [name for name in EXAMPLES if name not in ("hostile", "wide")]


def table(change: Change, **style: Any) -> str:
    return FORMATS["table"](change, Style(**style))


def document(change: Change) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FORMATS["json"](change, Style()))
    return found


# --- whole answers -------------------------------------------------------------------------


@pytest.mark.parametrize("example", EXAMPLES)
def test_screens(example: str, golden: Golden) -> None:
    golden(f"change_{example}.txt", table(EXAMPLES[example]()))


@pytest.mark.parametrize("example", ["by_region", "hostile", "through", "withheld"])
@pytest.mark.parametrize("name", [name for name in FORMATS if name != "table"])
def test_other_formats(name: str, example: str, golden: Golden) -> None:
    text = FORMATS[name](EXAMPLES[example](), Style())
    golden(f"change_{example}{ENDING_OF.get(name, f'.{name}')}", text)


@pytest.mark.parametrize("width", [100, 60, 40])
def test_narrow_screens(width: int, golden: Golden) -> None:
    golden(f"change_by_region_{width}.txt", table(EXAMPLES["by_region"](), width=width))


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_words_are_shown(name: str) -> None:
    text = FORMATS[name](EXAMPLES["hostile"](), Style())
    allowed = {"\n", "\t"} if name in ("csv", "tsv", "plain") else {"\n"}
    assert not [char for char in text if char < " " and char not in allowed]
    assert not {"\x1b", "\x9b", "\u202e"} & set(text)
    if name in ("csv", "tsv"):
        delimiter = "," if name == "csv" else "\t"
        rows = list(csv.DictReader(StringIO(text), delimiter=delimiter))
        assert [row["region"][:2] for row in rows] == ["'+", "'@"]


# --- the same numbers in every format ------------------------------------------------------


def as_written(text: str) -> Any:
    """JSON with its numbers as they are spelled."""
    return json.loads(text, parse_float=str, parse_int=str)


NUMBERS = ("from", "to", "line", "share", "factor", "error")


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_machine_format_has_the_same_numbers(example: str) -> None:
    change = EXAMPLES[example]()
    lines = as_written(FORMATS["json"](change, Style()))["lines"]
    long = [as_written(line) for line in FORMATS["jsonl"](change, Style()).splitlines()]
    rows = list(csv.DictReader(StringIO(FORMATS["csv"](change, Style()))))
    tabs = csv.reader(FORMATS["tsv"](change, Style()).splitlines(), "excel-tab", quoting=3)
    assert [[row[name] or "" for name in NUMBERS] for row in lines] == [
        [row[name] for name in NUMBERS] for row in rows
    ]
    assert [[row[name] for name in NUMBERS] for row in lines] == [
        [row[name] for name in NUMBERS] for row in long
    ]
    header, *fields = tabs
    assert [[row[header.index(name)] for name in NUMBERS] for row in fields] == [
        [row[name] for name in NUMBERS] for row in rows
    ]
    plain = [line.split("\t") for line in FORMATS["plain"](change, Style()).splitlines()]
    assert [line[-4:] for line in plain] == [[row[name] for name in NUMBERS[:4]] for row in rows]
    assert [line[0] for line in plain] == [row["driver"] for row in rows]


@pytest.mark.parametrize("example", IN_ENGLISH)
@pytest.mark.parametrize("name", ["table", "markdown"])
def test_people_read_the_same_numbers_rounded(example: str, name: str) -> None:
    change = EXAMPLES[example]()
    text = FORMATS[name](change, Style(ascii=True)).replace(",", "")
    for line in change.lines["line"]:
        near = [f"{line + step:+.2f}" for step in (0.0, 0.005, -0.005)]
        assert any(each.replace("+0.00", "0.00") in text for each in near), line


def test_lists_are_joined_where_there_are_none() -> None:
    change = EXAMPLES["october"]()
    flags = pl.Series([["carried", "new"], [], ["lost"]])
    change = replace(change, lines=change.lines.with_columns(flags=flags))
    rows = csv.DictReader(StringIO(FORMATS["csv"](change, Style())))
    assert [row["flags"] for row in rows] == ["carried new", "", "lost"]
    long = map(json.loads, FORMATS["jsonl"](change, Style()).splitlines())
    assert [row["flags"] for row in long] == [["carried", "new"], [], ["lost"]]


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("table", "markdown")])
def test_numbers_that_are_not_finite_are_a_bug(name: str) -> None:
    change = EXAMPLES["october"]()
    broken = replace(change, lines=change.lines.with_columns(line=pl.lit(float("inf"))))
    with pytest.raises((ValueError, OverflowError)):
        FORMATS[name](broken, Style())


def test_a_dimension_called_like_a_column_is_told_apart() -> None:
    rows = (Shown(driver="deals", line=1.0, segment={"line": "x"}),)
    change = change_of(sales_tree(), (1.0, 2.0), rows, dimensions=("line",))
    [row] = csv.DictReader(StringIO(FORMATS["csv"](change, Style())))
    assert (row["line"], row["segment_line"]) == ("1", "x")


# --- json ----------------------------------------------------------------------------------

SHAPE = {
    "": "schema_version tree kpi vs method order mix_reference from to change residual gross"
    " factors reason lines nodes through steadiness sentence warnings",
    "from": "label value",
    "to": "label value",
    "lines": "kpi label segment effect from to line share flags via reason factor error",
    "lines.via": "parent flow",
    "nodes": "kpi line",
    "through": "from to change residual lines",
    "through.lines": "kpi effect line",
    "factors": "ratio",
    "steadiness": "reference top moved_top reason",
    "warnings": "code message kpi source",
}


@pytest.mark.parametrize(("path", "keys"), SHAPE.items())
def test_the_shape_of_json(path: str, keys: str) -> None:
    found: list[Any] = [document(EXAMPLES[name]()) for name in EXAMPLES]
    for key in filter(None, path.split(".")):
        values = [each[key] for each in found]
        found = [one for value in values for one in (value if isinstance(value, list) else [value])]
    shapes = {" ".join(each) for each in found if each is not None}
    assert shapes == {keys}


def test_a_segment_holds_only_what_the_line_is_split_by() -> None:
    lines = document(EXAMPLES["by_region"]())["lines"]
    assert lines[0]["segment"] == {"region": "APAC"}
    assert lines[-1]["segment"] == {}


def test_ways_are_told_of_whole_lines_only() -> None:
    october = EXAMPLES["october"]()
    ways = [{"parent": "revenue", "flow": 90_000}, {"parent": "close_rate", "flow": 6_333}]
    assert [line["via"] for line in document(october)["lines"]] == [ways, [], []]
    split = replace(EXAMPLES["by_region"](), attribution=october.attribution)
    assert all(line["via"] == [] for line in document(split)["lines"])


def test_residual_and_gross_are_of_the_lines_shown() -> None:
    change = change_of(sales_tree(), (10.0, 17.5), (replace(DEALS, line=9.0),), drivers=(DEALS,))
    found = document(change)
    assert (found["change"], found["residual"], found["gross"]) == (7.5, -1.5, 9)


def test_without_lines_there_is_a_reason() -> None:
    found = document(EXAMPLES["withheld"]())
    assert found["reason"] == "Order value has no value in 2026-09"
    assert (found["residual"], found["gross"], found["lines"]) == (None, None, [])
    text = table(EXAMPLES["withheld"]())
    assert "its drivers are not known: Order value has no value in 2026-09.\n" in text
    assert "residual" not in text


# --- what is printed adds up ---------------------------------------------------------------

amounts = st.floats(-1e9, 1e9).map(lambda amount: round(amount, 6))


@given(
    before=amounts,
    lines=st.lists(amounts, min_size=1, max_size=8),
    residual=st.sampled_from([0.0, 0.0, 0.004, 37.25]),
    unit=st.sampled_from(["currency", "number", "percent", "days", "deals"]),
    decimals=st.sampled_from([None, 0, 3]),
    coarse=st.booleans(),
)
def test_printed_lines_add_up_to_the_printed_change(
    before: float,
    lines: list[float],
    residual: float,
    unit: str,
    decimals: int | None,
    coarse: bool,
) -> None:
    tree = tree_of(leaf("total", unit=unit, decimals=decimals), leaf("deals"))
    rows = [Shown(driver="deals", line=line) for line in lines]
    change = change_of(tree, (before, before + sum(lines) + residual), rows)
    ledger = ledger_of(change, Style(ascii=True))
    assert ledger is not None
    column = next(each for each in figures(ledger, coarse=coarse) if each.key == "line")
    _start, *printed, _end = (_decimal(cell.text) for cell in column.cells)
    whole = ledger.of_amounts(coarse=coarse).change(change.attribution.change)
    assert sum(printed) == _decimal(whole)
    told, equal, after = _sum_told(reconciliation(ledger, coarse=coarse))
    assert (told == after) == (equal == "=")
    assert abs(told - after) <= Decimal(1).scaleb(-ledger.of_amounts(coarse=coarse).places())


def _decimal(text: str) -> Decimal:
    return Decimal(re.sub(r"[,+]| (%|pp|d)$", "", text))


def _sum_told(text: str) -> tuple[Decimal, str, Decimal]:
    total, _, _residual = text.partition("; residual ")
    before, sign, change, equal, after = re.sub(" (%|pp|d)(?= |$)", "", total).split(" ")
    moved = _decimal(change) * (-1 if sign == "-" else 1)
    return _decimal(before) + moved, equal, _decimal(after)


def test_a_residual_that_can_be_seen_is_a_row() -> None:
    change = change_of(sales_tree(), (10.0, 20.0), (replace(DEALS, line=9.5),))
    text = table(change)
    assert re.search(r"^  residual +\+0\.50 ", text, re.MULTILINE)
    assert "10.00 + 10.00 = 20.00; residual +0.50" in text


def test_shares_add_up_as_printed() -> None:
    rows = [Shown(driver="deals", line=1.0) for _ in range(3)]
    text = table(change_of(sales_tree(), (0.0, 3.0), rows))
    assert re.findall(r"\d+\.\d %", text) == ["33.4 %", "33.3 %", "33.3 %", "100.0 %"][:3]


def test_a_step_of_a_through_table_adds_up() -> None:
    text = table(EXAMPLES["through"](), ascii=True)
    rows = text.partition("\nthrough ")[2].split("\n\n")[0].splitlines()[1:]
    columns = zip(*(re.findall(r"[-+][\d,.]+", row) for row in rows), strict=True)
    added = [[_decimal(each) for each in column] for column in columns]
    assert [sum(column[:-1]) for column in added] == [column[-1] for column in added]
    assert len(added) == 5
    steps = [column[0] for column in added[:3]]
    assert sum(steps) == added[3][0]


# --- what fits -----------------------------------------------------------------------------


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("ascii_only", [False, True])
def test_no_line_is_wider_than_the_terminal(example: str, ascii_only: bool) -> None:
    change = EXAMPLES[example]()
    for width in range(40, 141, 3):
        lines = table(change, width=width, ascii=ascii_only).splitlines()
        assert max(map(cell_len, lines)) <= width
        assert not [line for line in lines if line.endswith(" ")]


def test_bars_give_way_before_figures_do() -> None:
    change = EXAMPLES["october"]()
    wide, narrow = (table(change, width=width) for width in (78, 44))
    assert "█" in wide
    assert "the bars begin at" in wide
    assert "█" not in narrow
    assert "the bars begin at" not in narrow
    assert "no room for" not in wide
    for width in range(40, 120):
        text = table(change, width=width)
        assert re.search(r"\+96,333(\.00)?( |$)", text, re.MULTILINE)


def test_columns_without_room_are_named() -> None:
    assert "no room for: 2026-08\n" in table(EXAMPLES["through"](), width=50)
    assert "no room for: 2026-09, share\n" in table(EXAMPLES["october"](), width=40)


@pytest.mark.parametrize("example", IN_ENGLISH)
def test_ascii(example: str) -> None:
    for width in (None, 50, 100):
        assert table(EXAMPLES[example](), ascii=True, width=width).isascii()


@pytest.mark.parametrize("example", EXAMPLES)
def test_colour_changes_nothing_but_the_colour(example: str) -> None:
    change = EXAMPLES[example]()
    colored = table(change, width=100, color=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == table(change, width=100)


@pytest.mark.parametrize(
    ("direction", "rise"), [("up", "\x1b[32m"), ("down", "\x1b[31m"), ("range", "")]
)
def test_bars_are_coloured_by_what_is_good(direction: str, rise: str) -> None:
    change = replace(EXAMPLES["october"](), tree=sales_tree(direction=direction))
    [line] = [line for line in table(change, color=True).splitlines() if "Deals  " in line]
    assert re.findall(r"(\x1b\[3\dm)? {5,}▐█", line) == [rise]


def test_off_a_terminal_nothing_is_cut_or_wrapped() -> None:
    text = table(EXAMPLES["wide"]())
    assert "取引" * 40 in text
    assert "x" * 150 in text


# --- what is said --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (
            Steadiness(reference="2026-08", top="deals", moved_top="deals"),
            "The top driver stays Deals against 2026-08 too.",
        ),
        (
            Steadiness(reference="2026-08", top="deals", moved_top="order_value"),
            "Against 2026-08 the top driver would be Order value, not Deals.",
        ),
        (
            Steadiness(reference="2026-08", reason="2026-08 is not covered"),
            "No comparison with 2026-08: 2026-08 is not covered.",
        ),
    ],
)
def test_steadiness(found: Steadiness, told: str) -> None:
    change = replace(EXAMPLES["october"](), steadiness=found)
    assert f"\n{told}\n" in table(change)
    assert told.replace("_", r"\_") in FORMATS["markdown"](change, Style())


def test_nothing_is_said_of_steadiness_where_nothing_moved() -> None:
    change = replace(EXAMPLES["october"](), steadiness=Steadiness(reference="2026-08"))
    assert "2026-08" not in table(change)


def test_factors_are_told_with_their_product() -> None:
    text = table(EXAMPLES["growing"]())
    assert "the factors multiply to ×1.760\n" in text
    assert "×2.000" in text


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("average", "how far the segment is from the average"),
        (
            "segments",
            (
                "how far the segment is from the segments' mean rate"
                " (the sum of mean share times mean rate)"
            ),
        ),
        ("none", "all of the segment's value (not centred)"),
    ],
)
def test_what_mix_is_measured_from(reference: str, told: str) -> None:
    change = replace(EXAMPLES["by_region"](), mix_reference=reference)
    assert f"\nmix: the segment's weight moved, by {told}\n" in table(change)


def test_mix_measured_from_nothing_known_is_a_bug() -> None:
    with pytest.raises(KeyError):
        table(replace(EXAMPLES["by_region"](), mix_reference="median"))


def test_a_segment_is_compared_with_the_rest_in_words() -> None:
    about = {"vs": "rest", "from_label": "rest", "to_label": "region == 'EMEA'"}
    change = change_of(sales_tree(), (10.0, 25.0), (replace(DEALS, line=15.0),), about=about)
    assert (
        "Revenue is 15.00 (+150.0 %) above the rest where region == 'EMEA': deals +15.00.\n"
    ) in table(change)


def test_segments_stand_below_their_driver_only_where_all_do() -> None:
    first, second = (Shown(driver="deals", line=1.0, segment={"region": each}) for each in "ab")
    between = Shown(driver="close_rate", line=1.0, segment={"region": "a"})
    apart = change_of(sales_tree(), (0.0, 3.0), (first, between, second), dimensions=("region",))
    assert "\n  Deals, region = b " in table(apart)
    together = change_of(sales_tree(), (0.0, 3.0), (first, second, between), dimensions=("region",))
    assert re.search(r"\n  Deals [ –]+Σ \+2\.00\n    region = a ", table(together))
    assert "\n  Close rate, region = a " in table(together)
    rest = Shown(driver="revenue", label="rest", effect="rest", line=1.0)
    top = change_of(sales_tree(), (0.0, 3.0), (first, second, rest), dimensions=("region",))
    assert "\n  Deals, region = b " in table(top)
