"""Numbers, words, names and formulas as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importing.sheets import imported, tree
from kpitree.errors import TreeErrors
from kpitree.tree.expressions import names_in
from kpitree.tree.json_schema import json_schema
from kpitree.tree.model import Branch, PathTarget, PeriodTargets, PlainTarget
from kpitree.tree.naming import name_of
from kpitree.tree.parsing import parse_formula
from kpitree.tree.sheets.cells import WORDS
from kpitree.tree.sheets.columns import COLUMNS, columns_of
from kpitree.tree.sheets.importing import Wishes
from kpitree.tree.sheets.numbers import CellError, Written, number_text, read_number
from kpitree.tree.unparsing import spelled


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3000000", 3_000_000),
        ("3,000,000", 3_000_000),
        ("3.000.000", 3_000_000),
        ("3 000 000", 3_000_000),
        ("3\u00a0000\u202f000,5", 3_000_000.5),
        ("3'000'000.50", 3_000_000.5),
        ("3_000_000", 3_000_000),
        ("2.400,50", 2400.5),
        ("2,400.50", 2400.5),
        ("2400,5", 2400.5),
        ("0.125", 0.125),
        ("0,125", 0.125),
        ("1.1250", 1.125),
        ("-5", -5),
        ("−5.5", -5.5),
        ("+5", 5),
        (".5", 0.5),
        ("1e6", 1e6),
        ("1e-07", 1e-7),
        ("2400.125", 2400.125),
    ],
)
def test_numbers(text: str, value: float) -> None:
    assert read_number(text) == Written(value)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("62 %", Written(0.62, percent=True)),
        ("62%", Written(0.62, percent=True)),
        ("1,5 %", Written(0.015, percent=True)),
        ("€ 3,000,000", Written(3_000_000, currency="EUR")),
        ("3.000.000 €", Written(3_000_000, currency="EUR")),
        ("-$5.50", Written(-5.5, currency="USD")),
        ("CHF 1'200", Written(1200, currency="CHF")),
        ("1200 eur", Written(1200, currency="EUR")),
    ],
)
def test_numbers_with_their_unit(text: str, written: Written) -> None:
    assert read_number(text) == written


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("2,400", ".", 2400),
        ("2,400", ",", 2.4),
        ("2.400", ".", 2.4),
        ("2.400", ",", 2400),
        ("2.400,50", ",", 2400.5),
        ("3000000", ",", 3_000_000),
    ],
)
def test_the_decimal_mark_is_said(text: str, decimal: str, value: float) -> None:
    assert read_number(text, decimal).value == value


@pytest.mark.parametrize(
    ("text", "decimal", "said"),
    [
        ("2,400", None, "can be read two ways"),
        ("2.400", None, "can be read two ways"),
        ("1.125", None, "can be read two ways"),
        ("2.400,50", ".", "is not a number"),
        ("2,40,50", None, "is not a number"),
        ("1.2.3", None, "is not a number"),
        ("3M", None, "is a number in short"),
        ("2.5k", None, "is a number in short"),
        ("soon", None, "is not a number"),
        ("1e999", None, "is too large a number"),
        ("inf", None, "is not a number"),
        ("nan", None, "is not a number"),
        ("1e99999999999", None, "number"),
        ("10 tons", None, "is not a number"),
        ("", None, "is not a number"),
        ("EUR 5 EUR", None, "is not a number"),
    ],
)
def test_what_is_no_number(text: str, decimal: str | None, said: str) -> None:
    with pytest.raises(CellError, match=said):
        read_number(text, decimal)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15))
def test_numbers_that_are_written_are_read(value: float) -> None:
    assert read_number(number_text(value)).value == value


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Close rate (%)", "close_rate"),
        ("Revenue", "revenue"),
        ("  MRR -- net ", "mrr_net"),
        ("Größe in m²", "größe_in_m2"),
        ("2nd visit", "kpi_2nd_visit"),
        ("sum", "kpi_sum"),
        ("class", "kpi_class"),
        ("(%)", ""),
        ("(new)", "new"),
        ("R&D cost", "r_d_cost"),
        ("漢字", "漢字"),
        ("😀", ""),
    ],
)
def test_names_are_made_of_labels(label: str, name: str) -> None:
    assert name_of(label) == name


@given(st.text(max_size=30))
def test_a_name_can_be_used_in_a_formula(label: str) -> None:
    name = name_of(label)
    if name:
        formula = parse_formula(f"{name} + 1")
        assert names_in(formula) == (name,)


def test_headings_of_all_kinds() -> None:
    headings = ["KPI name", "Owner ", "PARENT KPI", "Target value", "target-date", "Colour", ""]
    assert columns_of(headings) == ["kpi", "owner", "parent", "target", "deadline", None, None]
    assert columns_of(["KPI", "Name"]) == ["kpi", "label"]
    assert columns_of(["Name", "Formula"]) == ["kpi", "formula"]


def test_every_column_is_its_own_heading() -> None:
    names = [column.name for column in COLUMNS]
    assert columns_of(names) == names


def test_the_words_of_a_cell_are_those_of_a_tree_file() -> None:
    kpi = json_schema()["$defs"]["KpiTable"]["properties"]
    assert {name: set(words) for name, words in WORDS.items()} == {
        name: set(one["enum"]) for name, one in kpi.items() if "enum" in one
    }


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("deals * close_rate", "deals * close_rate"),
        ("=Deals × Close Rate (%)", "deals * close_rate"),
        ("Close rate (%) * 2 + deals ÷ 3", "close_rate * 2 + deals / 3"),
        ("min(deals, close_rate)", "min(deals, close_rate)"),
        ("Min * Deals", "kpi_min * deals"),
    ],
)
def test_formulas_with_labels(formula: str, expected: str) -> None:
    text = f'kpi,formula,value\nTotal,"{formula}",\nDeals,,1\nClose rate (%),,1\nMin,,2\n'
    found = imported(text + 'Top,"total + min(kpi_min, deals) + close_rate",')
    assert f'formula = "{expected}"' in found.text


def test_targets_of_all_forms() -> None:
    text = """
    kpi,formula,value,unit,target
    a,b + c + d + e,,,"3,000,000"
    b,,1,,62 %
    c,,1,EUR,€ 2.400
    d,,1,,"{ ""2026-01"" = 5 }"
    e,,1,,"{ value = 55, by = 2026-12-31 }"
    """
    found = tree(text, Wishes(name="x", decimal="."))
    assert found.currency == "EUR"
    targets = {name: kpi.target for name, kpi in found.kpis.items()}
    assert targets["a"] == PlainTarget(value=3_000_000)
    assert (targets["b"], found.kpis["b"].unit) == (PlainTarget(value=0.62), "percent")
    assert targets["c"] == PlainTarget(value=2.4)
    assert targets["d"] == PeriodTargets(values={"2026-01": 5})
    assert isinstance(targets["e"], PathTarget)


def test_words_of_people() -> None:
    text = """
    Metric,Value,Units,Polarity,Frequency,Lever,Leading or lagging,Leads to,Type,Tags,Good range
    Churn,0.01,%,Lower is better,Month,x,Leading indicator,"Revenue, Stock",Guardrail,"a, b",
    Revenue,=churn,,,,,,,,,0.9 to 1.1
    Stock,2,days,,,no,,,,,
    """
    wishes = Wishes(name="x", root="Revenue")
    with pytest.raises(Exception, match="=churn"):
        tree(text, wishes)
    kpis = tree(text.replace("=churn", "3"), wishes).kpis
    churn = kpis["churn"]
    assert (churn.unit, churn.direction, churn.review) == ("percent", "down", "monthly")
    assert (churn.controllable, churn.indicator) == (True, "leading")
    assert (churn.leads, churn.role, churn.tags) == (("revenue", "stock"), "guardrail", ("a", "b"))
    assert kpis["revenue"].good_range == (0.9, 1.1)


def test_names_and_labels() -> None:
    found = tree("kpi,label,formula\nMRR,,a\na,Net new (€),1 * MRR_2\nMRR_2,Start,\n").kpis
    assert {name: kpi.label for name, kpi in found.items()} == {
        "mrr": "MRR",
        "a": "Net new (€)",
        "MRR_2": "Start",
    }
    top = found["a"]
    assert isinstance(top, Branch)
    assert spelled(top.formula) == "1 * MRR_2"


RATE = "kpi,unit,value,target,range,at_risk,off_track,benchmark\n"


@pytest.mark.parametrize("unit", ["%", "percent", "Percent", "pct", ""])
def test_percent_signs_mean_the_same_everywhere(unit: str) -> None:
    kpi = tree(RATE + f'a,{unit},"5,5 %",6 %,"5 % to 7,5 %","5,5 %",10 %,4 %').kpis["a"]
    assert (kpi.unit, kpi.good_range) == ("percent", (0.05, 0.075))
    assert kpi.target == PlainTarget(value=0.06)
    limits = (kpi.thresholds.at_risk, kpi.thresholds.off_track)
    assert [(one.amount, one.relative) for one in limits] == [(0.055, True), (0.1, True)]
    assert kpi.benchmark is not None
    assert kpi.benchmark.value == 0.04


@pytest.mark.parametrize("unit", ["%", "percent", "Percent", "pct"])
@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("target", "62"), ("target", "1"), ("value", "1"), ("actual", "5"), ("range", "95 to 105"),
        ("off_track", "5"), ("at_risk", "1"), ("benchmark", "4"),
    ],
)  # fmt: skip
def test_a_rate_without_its_sign_is_refused(unit: str, column: str, text: str) -> None:
    value = "" if column in ("value", "actual") else ",value"
    rest = ",0.5" if value else ""
    with pytest.raises(TreeErrors, match=f"row 2, column '{column}': .* two ways"):
        tree(f"kpi,unit,{column}{value}\na,{unit},{text}{rest}")


def test_fractions_are_told() -> None:
    found = imported("kpi,unit,value,target\na,%,0.5,0.625")
    assert [one.message for one in found.notices] == [
        "rates without a percent sign are read as fractions: a 0.5 is 50 %"
    ]
    assert not imported("kpi,unit,value\na,percent,0.5").notices


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.9 to 1.1", (0.9, 1.1)),
        ("95-105", (95, 105)),
        ("95 – 105", (95, 105)),
        ("2,400 to 3,000", (2400, 3000)),
        ("95 - 105 %", (0.95, 1.05)),
        ("-5 to -1", (-5, -1)),
    ],
)
def test_ranges(text: str, expected: tuple[float, float]) -> None:
    kpi = tree(f'kpi,value,range\na,0,"{text}"', Wishes(name="x", decimal=".")).kpis["a"]
    assert kpi.good_range == expected


@pytest.mark.parametrize(("text", "decimal"), [("1.5", ","), ("1,5", "."), ("1.50", ",")])
def test_a_mark_that_the_user_said_groups(text: str, decimal: str) -> None:
    with pytest.raises(CellError) as caught:
        read_number(text, decimal)
    assert "the decimal mark is" in caught.value.hint


def test_a_date_with_more_behind_it_is_none() -> None:
    with pytest.raises(TreeErrors, match="'2026-12-31 garbage' is not a date"):
        tree("kpi,value,target,deadline\na,1,2,2026-12-31 garbage")
