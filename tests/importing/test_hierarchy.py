"""Where KPIs stand without a column of parents, and those that stand nowhere."""

import pytest

from importing.sheets import FILE, imported
from importing.test_structure import formula
from kpitree.errors import TreeErrors
from kpitree.tree.sheets.importing import Wishes, import_sheet
from kpitree.tree.sheets.sheet import Sheet


@pytest.mark.parametrize(
    "rows",
    [
        "Nr,KPI\n1,Top\n1.1,B\n1.1.1,D\n1.1.2,E\n1.2,C",
        "Nr,KPI\n1.2,C\n1.1.2,E\n1.1.1,D\n1.1,B\n1.,Top",
        "KPI\n1 Top\n1.1 B\n1.1.1 D\n1.1.2 E\n1.2 C",
        "ID,Name\n1,Top\n1.1,B\n1.1.1,D\n1.1.2,E\n1.2,C",
    ],
)
def test_numbers(rows: str) -> None:
    assert sorted(formula(rows, "top").split(" + ")) == ["b", "c"]
    assert sorted(formula(rows, "b").split(" + ")) == ["d", "e"]


def indented(*kpis: str) -> Sheet:
    rows = tuple((at, (kpi,)) for at, kpi in enumerate(kpis, start=2))
    return Sheet(shown="kpis.csv", headings=("KPI",), rows=rows)


def test_indentation() -> None:
    wishes = Wishes(name="x")
    found = import_sheet(indented("Top", "  B", "     D", "     E", "  C"), wishes, FILE)
    assert ('"b + c"' in found.text, '"d + e"' in found.text) == (True, True)
    assert "hierarchy" in {one.code for one in found.notices}
    with pytest.raises(
        TreeErrors, match="row 4, column 'KPI': the KPI is indented by 2, like none"
    ):
        import_sheet(indented("Top", "    B", "  C"), wishes, FILE)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("Nr,KPI\n1,Top\n1.1,B\n,C", "row 4, column 'Nr': the KPI has no number"),
        ("Nr,KPI\n1,Top\n1.1,B\n1.1,C", "row 4, column 'Nr': row 3 has the number 1.1, too"),
        ("Nr,KPI\n1,Top\n1.1.1,B", "row 3, column 'Nr': no row has the number 1.1"),
    ],
)
def test_numbers_with_gaps(rows: str, said: str) -> None:
    with pytest.raises(TreeErrors) as caught:
        imported(rows)
    assert any(said in str(one) for one in caught.value.errors)


def test_plain_numbers_say_nothing() -> None:
    found = imported("Nr,KPI,Parent\n1,Top,\n2,B,Top")
    assert any("the column 'Nr' is not read" in one.message for one in found.notices)


def test_parents_that_were_merged() -> None:
    rows = "KPI,Parent,Role\nRevenue,,kgi\nNew,Revenue,\nOld,,\nOther,,"
    with pytest.raises(TreeErrors, match=r"no parent is said of old .row 4., other .row 5.: they"):
        imported(rows)
    found = imported(rows, Wishes(name="x", root="revenue"))
    assert "old, other stand outside the tree: no formula leads to revenue" in [
        one.message for one in found.notices
    ]


def test_a_label_of_two_kpis() -> None:
    rows = "KPI,Label,Parent\ntop,Top,\nrev_de,Revenue,top\nrev_fr,Revenue,top\nnew,New,"
    with pytest.raises(TreeErrors, match="row 5, column 'Parent': several KPIs are called 'Reven"):
        imported(rows + "Revenue")
    assert 'formula = "rev_de + rev_fr"' in imported(rows + "rev_de").text
    formulas = "ID,Name,Formula\ntop,Top,New * 2\nx,New,\ny,New,"
    with pytest.raises(TreeErrors, match=r"several KPIs are called 'New': x \(row 3\), y \(row 4"):
        imported(formulas, Wishes(name="x", root="top"))


def test_labels_with_spaces_in_also_under() -> None:
    rows = "KPI,Parent,Also under\nTop,,\nEast and West,Top,\nMid,Top,\nD,Mid,East and West"
    assert formula(rows, "east_and_west") == "d"
    with pytest.raises(TreeErrors, match="row 5, column 'Also under'"):
        imported(rows.replace("East and West\n", "x\n").replace("D,Mid,East and West", "D,Mid,N O"))


def test_titles_above_the_headings() -> None:
    found = imported("Sales KPIs 2026,,\n,,\nKPI,Parent,Unit\nTop,,€\nB,Top,€")
    assert (
        found.notices[1].message == "the headings are those of row 3; what stands above is not read"
    )
    assert 'formula = "b"' in found.text
    with pytest.raises(TreeErrors, match="row 6, column 'Parent': no row is the KPI 'X'"):
        imported("Sales KPIs 2026,,\n,,\nKPI,Parent,Unit\nTop,,€\nB,Top,€\nC,X,€")


@pytest.mark.parametrize(
    ("rows", "hint"),
    [
        ("KPI,Level\nTop,1", "where KPIs stand is said in a column parent"),
        ('KPI,Parent\nTop,\nB,"Top, Mid"\nMid,Top', "the others in a column also_under"),
        ("KPI,Formula\nTop,=B2*B3\nB,", "cells of a spreadsheet are not read"),
        ("KPI,Target\nTop,tbd", "leave the cell empty"),
    ],
)
def test_ways_out(rows: str, hint: str) -> None:
    with pytest.raises(TreeErrors) as caught:
        imported(rows)
    assert hint in caught.value.errors[0].hint


def test_an_id_beside_the_kpi() -> None:
    rows = "ID,KPI,Parent ID\nk1,Top,\nk2,New deals,k1"
    assert formula(rows, "k1") == "k2"
    assert 'label = "New deals"' in imported(rows).text


def test_a_row_of_totals_is_told() -> None:
    found = imported("KPI,Parent\nTop,\nB,Top\nC,Top\nTotal,Top")
    assert "total is added to the others under top" in found.notices[2].message


@pytest.mark.parametrize("unit", ["k€", "T€", "Mio. EUR", "EUR m", "€ thousand"])
def test_thousands_of_a_currency_are_no_unit(unit: str) -> None:
    with pytest.raises(TreeErrors, match=r"row 2, column 'Unit': .* is no plain currency"):
        imported(f"KPI,Unit\nTop,{unit}")


@pytest.mark.parametrize("unit", ["Unit: €", "in EUR", "€"])
def test_a_currency_in_words(unit: str) -> None:
    assert 'currency = "EUR"' in imported(f"KPI,Unit\nTop,{unit}").text
