"""What is assumed of KPIs that only name their parents, and what is said about it."""

import pytest

from importing.sheets import imported, tree
from kpitree.calendar import Calendar
from kpitree.errors import TreeErrors
from kpitree.tree.model import Branch, Leaf
from kpitree.tree.sheets.importing import Wishes
from kpitree.tree.unparsing import spelled


def formula(text: str, kpi: str) -> str:
    node = tree(text).kpis[kpi]
    assert isinstance(node, Branch)
    return spelled(node.formula)


HEAD = "kpi,parent,unit,operator\n"
A = "a,,EUR,\n"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("a,,EUR,\nb,a,EUR,\nc,a,EUR,", "b + c"),
        ("a,,,\nb,a,,\nc,a,#,", "b + c"),
        ("a,,EUR,\nb,a,#,\nc,a,%,\nd,a,€,", "b * c * d"),
        ("a,,,\nb,a,,\nc,a,%,", "b * c"),
        ("a,,hours,\nb,a,,\nc,a,hours,", "b * c"),
        ("a,,EUR,\nb,a,EUR,", "b"),
        ("a,,%,\nb,a,,*\nc,a,,÷", "b / c"),
        ("a,,%,\nb,a,,/\nc,a,,", "c / b"),
        ("a,,EUR,\nb,a,EUR,\nc,a,EUR,-", "b - c"),
        ("a,,EUR,\nb,a,EUR,minus\nc,a,EUR,plus", "c - b"),
        ("a,,EUR,\nb,a,EUR,-\nc,a,EUR,-", "-b - c"),
        ("a,,EUR,product\nb,a,EUR,\nc,a,,", "b * c"),
        ("a,,%,ratio\nb,a,,\nc,a,,", "b / c"),
        ("a,,EUR,SUM\nb,a,tons,\nc,a,hours,", "b + c"),
        ("a,,EUR,minus\nb,a,tons,\nc,a,hours,\nd,a,,", "b - c - d"),
    ],
)
def test_how_children_make_their_parent(rows: str, expected: str) -> None:
    assert formula(HEAD + rows, "a") == expected


def test_an_operator_is_about_how_its_row_enters() -> None:
    rows = HEAD + "a,,EUR,\nb,a,EUR,+\nc,a,EUR,-\nd,b,,*\ne,b,,*"
    assert (formula(rows, "a"), formula(rows, "b")) == ("b - c", "d * e")
    profit = HEAD + "a,,EUR,\nb,a,EUR,+\nc,a,EUR,-\nd,b,EUR,\ne,b,EUR,\nf,c,EUR,\ng,c,EUR,"
    assert [formula(profit, kpi) for kpi in "abc"] == ["b - c", "d + e", "f + g"]
    only_middle = HEAD + "a,,EUR,\nb,a,EUR,\nc,a,EUR,-\nf,c,EUR,\ng,c,EUR,"
    assert [formula(only_middle, kpi) for kpi in "ac"] == ["b - c", "f + g"]


def test_words_and_a_relation_are_about_those_below() -> None:
    words = HEAD + "a,,EUR,minus\nb,a,EUR,product\nc,a,EUR,\nd,b,,\ne,b,,"
    assert (formula(words, "a"), formula(words, "b")) == ("b - c", "d * e")
    relation = HEAD.replace("operator", "Relation") + "a,,EUR,\nb,a,EUR,*\nc,a,EUR,\nd,b,,\ne,b,,"
    assert (formula(relation, "a"), formula(relation, "b")) == ("b + c", "d * e")


def test_a_goal_that_contradicts_what_is_below() -> None:
    with pytest.raises(TreeErrors, match="row 2, column 'operator': '\\*' contradicts"):
        tree(HEAD + "a,,EUR,*\nb,a,EUR,+\nc,a,EUR,-")
    assert formula(HEAD + "a,,EUR,+\nb,a,EUR,+\nc,a,EUR,-", "a") == "b - c"


def test_formulas_of_operators_are_told() -> None:
    found = imported(HEAD + "a,,EUR,\nb,a,EUR,-\nc,a,%,\nd,a,days,")
    assert found.notices[1].message == (
        "a is made as the operators say: c + d - b (without an operator, taken as +: c, d)"
    )


def test_more_kpis_than_a_formula_holds() -> None:
    rows = "".join(f"k{at},top\n" for at in range(2_001))
    with pytest.raises(TreeErrors, match="row 2, column 'kpi': 2,001 KPIs stand under 'top'"):
        tree("kpi,parent\ntop,\n" + rows)
    assert len(tree("kpi,parent\ntop,\n" + rows.removesuffix("k2000,top\n")).kpis) == 2_001


@pytest.mark.parametrize("word", ["if", "class", "lambda", "None", "sum"])
def test_names_that_formulas_cannot_use(word: str) -> None:
    assert formula(f"kpi,parent\nTop,\n{word},Top\nB,Top", "top") == f"kpi_{word.lower()} + b"


def test_a_formula_wins_over_parents() -> None:
    text = "kpi,parent,formula\na,,b / c\nb,a,\nc,a,\nd,a,"
    with pytest.raises(TreeErrors, match="which KPI is the goal"):
        tree(text)
    found = imported(text, Wishes(name="x", root="a"))
    assert 'formula = "b / c"' in found.text
    assert "d stands under a, whose formula does not name it" in [n.message for n in found.notices]


def test_a_kpi_under_two_parents() -> None:
    text = "kpi,parent,also_under\na,,\nb,a,\nc,a,\nd,b,c\ne,b,\nf,c,"
    assert formula(text, "b") == "d + e"
    assert formula(text, "c") == "d + f"


def test_what_was_assumed_is_said() -> None:
    found = imported(
        "kpi,parent,unit,value\nRevenue,,EUR,\nDeals,Revenue,,2\nPrice,Revenue,EUR,3\n"
    )
    assert [(one.code, one.kpi) for one in found.notices] == [("assumed_product", "revenue")]
    assert found.notices[0].message == (
        "revenue is in currency, to which the units under it multiply out: assumed to be their"
        " product (deals, price)"
    )


@pytest.mark.parametrize(
    ("goal", "says"), [("100", False), ("104", False), ("106", True), ("-100", True)]
)
def test_an_assumed_formula_is_held_against_the_targets(goal: str, says: bool) -> None:
    found = imported(f"kpi,parent,target,value\na,,{goal},\nb,a,60,1\nc,a,40,1")
    assert ("targets_do_not_add_up" in {one.code for one in found.notices}) == says


CHURN = (
    "KPI,Parent,Unit,Actual\nARR,,$,940000\nOpening ARR,ARR,$,900000\nNew ARR,ARR,$,140000\n"
    "Churned ARR,ARR,$,100000"
)
OCTOBER = Wishes(name="x", period=Calendar().parse("2026-10"))


def off(text: str) -> list[str]:
    notices = imported(text, OCTOBER).notices
    return [one.message for one in notices if one.code == "actuals_do_not_add_up"]


def test_an_assumed_formula_is_held_against_the_actual_values() -> None:
    assert off(CHURN) == [
        (
            "the actual value of arr is 940,000, and opening_arr + new_arr + churned_arr makes"
            " 1,140,000 of the actual values: add an operator column with + - * or / for each (with"
            " - for churned_arr, it makes 940,000)"
        )
    ]
    told = CHURN.replace("Actual", "Actual,Operator").replace("0000\n", "0000,+\n") + ",-"
    assert off(told) == []
    assert off(CHURN.replace("100000", "")) == []  # not all have one


@pytest.mark.parametrize(("goal", "says"), [("1005", False), ("1007", True), ("993", True)])
def test_actual_values_may_be_off_by_half_a_percent(goal: str, says: bool) -> None:
    text = f"KPI,Parent,Actual\nA,,{goal}\nB,A,600\nC,A,400"
    assert bool(off(text)) == says


def test_a_product_is_held_against_the_actual_values() -> None:
    text = "KPI,Parent,Unit,Actual\nA,,€,900\nB,A,,10\nC,A,€,50"
    (message,) = off(text)
    assert "is 900, and b * c makes 500 of the actual values" in message


def test_a_quotient_by_a_target_of_zero_makes_no_number() -> None:
    found = imported("kpi,parent,target,value,operator\na,,5,,\nb,a,60,1,*\nc,a,0,1,/")
    said = [one.message for one in found.notices if one.code == "targets_do_not_add_up"]
    (message,) = said
    assert message.startswith("the target of a is 5, and b / c makes no number of the targets")


def test_leaves_with_nothing_read_a_table_of_actuals() -> None:
    text = "kpi,parent,unit\nRevenue,,EUR\nDeals,Revenue,\nRate,Revenue,%\nPrice,Revenue,EUR\n"
    found = imported(text, Wishes(name="x", actuals="x_actuals.csv"))
    assert [(one.kpi, one.day, one.value) for one in found.actuals] == [
        ("deals", None, None),
        ("rate", None, None),
        ("price", None, None),
    ]
    kpis = tree(text).kpis
    measures = {name: spelled(kpi.measure) for name, kpi in kpis.items() if isinstance(kpi, Leaf)}
    assert measures == {"deals": "sum(value)", "rate": "last(value)", "price": "last(value)"}


@pytest.mark.parametrize(
    ("label", "called", "found"),
    [
        ("Gelir", "GELİR", "gelir"),
        ("GELİR", "gelir", None),
        ("Größe", "Größe", None),
        ("Größe", "GRÖSSE", None),
        ("Straße lang", "STRASSE LANG", None),
        ("Kâr", "KÂR", "kâr"),
    ],
)
def test_labels_in_formulas_whatever_their_capitals(
    label: str, called: str, found: str | None
) -> None:
    made = tree(f"kpi,formula,value\nTotal,= {called} * 2,\n{label},,5\n")
    (leaf,) = made.kpis.keys() - {"total"}
    node = made.kpis["total"]
    assert isinstance(node, Branch)
    assert spelled(node.formula) == f"{leaf} * 2"
    assert found in (None, leaf)


def test_half_a_letter_is_no_kpi() -> None:
    with pytest.raises(TreeErrors, match="no row is the KPI"):
        imported("kpi,formula,value\nTotal,= ǰ * 2,\nJ,,5\n")  # a j and its mark, folded


def test_a_name_in_a_formula_is_that_kpi_and_no_other_like_it() -> None:
    text = "kpi,formula,value\ntotal,Größe2 + größe + Dritte Zahl + grösse,\n"
    text += "größe,,1\ngröße2,,2\ngrösse,,3\nDritte Zahl,,4\n"
    assert formula(text, "total") == "größe2 + größe + dritte_zahl + grösse"
