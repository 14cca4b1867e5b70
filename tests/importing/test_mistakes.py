"""Tables that are no tree: what is said, at which row and column; never a traceback."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from importing.sheets import FILE, imported
from kpitree.cli.app import app
from kpitree.data.files.found import spooled_input
from kpitree.errors import TreeErrors
from kpitree.tree.read import read_tree
from kpitree.tree.sheets.columns import COLUMNS
from kpitree.tree.sheets.importing import Wishes, import_sheet
from kpitree.tree.sheets.sheet import Sheet

CASES = {
    "no kpi column": (
        "what,owner\nRevenue,Ann",
        "kpis.csv, row 1: no column has the KPIs",
        "the headings: what, owner; a heading is needed for the KPIs' names: kpi",
    ),
    "no rows": ("kpi,owner", "kpis.csv: the table has headings and no KPI", ""),
    "two headings of one meaning": (
        "kpi,owner,Responsible,value\na,x,y,1",
        "kpis.csv, row 1: two columns mean 'owner': 'owner' and 'Responsible'",
        "keep one of them",
    ),
    "two goals": (
        "kpi,value\na,1\nb,2",
        "kpis.csv: which KPI is the goal? a (row 2), b (row 3) feed no other KPI",
        (
            "say what each KPI belongs to in a column parent (or with numbers: 1, 1.1, 1.2); or"
            " only which one is the goal: --root a"
        ),
    ),
    "two kgi": (
        "kpi,value,role\na,1,kgi\nb,2,KGI\nc,3,",
        "kpis.csv: which KPI is the goal? a (row 2), b (row 3) have the role kgi",
        "say it: --root a",
    ),
    "a circle of parents": (
        "kpi,parent\na,c\nb,a\nc,b",
        "kpis.csv, row 2, column 'parent': the parents go round in a circle: a -> c -> b -> a",
        "",
    ),
    "its own parent": (
        "kpi,parent\na,A",
        "kpis.csv, row 2, column 'parent': 'a' is its own parent",
        "",
    ),
    "a circle of formulas": (
        "kpi,formula\na,b\nb,a",
        "kpis.csv, row 2, column 'formula': the formulas go round in a circle: a -> b -> a",
        "one of them needs a measure or a value of its own",
    ),
    "twice the same name": (
        "kpi,value\nClose rate,1\n\nClose rate (%),2",
        (
            "kpis.csv, row 4, column 'kpi': two rows are the KPI 'close_rate' ('Close rate' and"
            " 'Close rate (%)'): 2 and 4"
        ),
        "give one of them another name",
    ),
    "a row without a name": (
        "KPI name,owner,value\na,,1\n,Ann,2",
        "kpis.csv, row 3, column 'KPI name': the row names no KPI",
        "",
    ),
    "a name of signs": (
        "kpi,value\n%%,1",
        "kpis.csv, row 2, column 'kpi': no name can be made of '%%'",
        "letters and digits make a name, such as: close_rate",
    ),
    "a number that is none": (
        "kpi,Target value,value\na,soon,1",
        "kpis.csv, row 2, column 'Target value': 'soon' is not a number",
        "such as 3000000, 3,000,000 or 62 %",
    ),
    "a number read two ways": (
        'kpi,target,value\na,"2,400",1',
        "kpis.csv, row 2, column 'target': '2,400' can be read two ways",
        "say which mark is the decimal one: --decimal . or --decimal , (or write 2400)",
    ),
    "a rate read two ways": (
        "kpi,target,value,unit\na,5,0.5,%",
        "kpis.csv, row 2, column 'target': '5' of a rate can be read two ways",
        "write 5 % or 500 %; or 0.05 for 5 %",
    ),
    "a percent sign on money": (
        "kpi,target,value,unit\na,5 %,1,EUR",
        (
            "kpis.csv, row 2, column 'target': the number has a percent sign, and the unit is"
            " 'currency'"
        ),
        "",
    ),
    "two currencies": (
        "kpi,formula,value,unit\na,b,,EUR\nb,,1,$",
        (
            "kpis.csv, row 3, column 'unit': the sheet has several currencies: EUR, USD;"
            " a tree has one"
        ),
        "convert the numbers, or give others a unit in words",
    ),
    "a wrong word": (
        "kpi,value,Review rhythm\na,1,Fortnightly",
        "kpis.csv, row 2, column 'Review rhythm': 'Fortnightly' is not known here",
        "one of: daily, weekly, monthly, quarterly, yearly",
    ),
    "a nearly right word": (
        "kpi,value,role\na,1,gardrail",
        "kpis.csv, row 2, column 'role': 'gardrail' is not known here",
        "did you mean 'guardrail'?",
    ),
    "neither yes nor no": (
        "kpi,value,lever\na,1,perhaps",
        "kpis.csv, row 2, column 'lever': 'perhaps' is neither yes nor no",
        "write yes, or leave it empty",
    ),
    "no such parent": (
        "kpi,parent,value\nRevenue,,\nDeals,Revnue,1",
        "kpis.csv, row 3, column 'parent': no row is the KPI 'Revnue'",
        "did you mean 'revenue'?",
    ),
    "no such KPI in a formula": (
        "kpi,formula,value\nRevenue,deal * 2,\nDeals,,1",
        "kpis.csv, row 2, column 'formula': 'deal * 2': no row is the KPI 'deal'",
        "did you mean 'deals'?",
    ),
    "a formula that is none": (
        "kpi,formula,value\na,b +* 2,\nb,,1",
        "kpis.csv, row 2, column 'formula': 'b +* 2': something is missing before this",
        None,
    ),
    "no operator to tell": (
        "kpi,parent,unit\nRate,,%\nWon,Rate,\nDeals,Rate,",
        (
            "kpis.csv, row 2: how 'rate' (in percent) is made of won in plain numbers, deals in"
            " plain numbers is not known"
        ),
        "add a column formula, or a column operator with + - * or / for each",
    ),
    "added and multiplied": (
        "kpi,parent,operator\na,,\nb,a,+\nc,a,*",
        "kpis.csv, row 2, column 'operator': the KPIs under 'a' are both added and multiplied",
        "write it out in a column formula",
    ),
    "only divided by": (
        "kpi,parent,operator\na,,\nb,a,/\nc,a,/",
        (
            "kpis.csv, row 2, column 'operator': all KPIs under 'a' are divided by, and nothing is"
            " divided"
        ),
        "the first one has: *",
    ),
    "no operator": (
        "kpi,parent,operator\na,,\nb,a,prodct",
        "kpis.csv, row 3, column 'operator': 'prodct' is no operator",
        "did you mean 'product'?",
    ),
    "an undeclared source": (
        "kpi,measure,source\na,count(),deals",
        "kpis.csv, row 2, column 'source': there is no source 'deals'",
        "say where its rows are: --data deals=FILE; or --like TREE that has it",
    ),
    "a source without a measure": (
        "kpi,source\na,deals",
        "kpis.csv, row 2, column 'source': a source needs a measure",
        None,
    ),
    "a measure that is none": (
        "kpi,measure\na,sum(",
        "kpis.csv, row 2, column 'measure': 'sum(': ",
        None,
    ),
    "a target that cannot be": (
        'kpi,value,target\na,1,"{ growth = -2, over = ""previous"" }"',
        "kpis.csv, row 2, column 'target': growth is above -1",
        None,
    ),
    "a table that is none": (
        "kpi,value,target\na,1,{ value = }",
        "kpis.csv, row 2, column 'target': '{ value = }' cannot be read",
        "such as { value = 55, by = 2026-12-31 }, or a plain number",
    ),
    "an actual value of no period": (
        "kpi,actual\na,5",
        "kpis.csv, row 2, column 'actual': it is not said for which period",
        "such as: --period 2026-10",
    ),
    "both formula and value": (
        "kpi,formula,value\na,b,1\nb,,1",
        (
            "kpis.csv, row 2: a KPI has exactly one of formula, measure, value; this has formula"
            " and value"
        ),
        "keep one of them",
    ),
    "a date that is none": (
        "kpi,value,due date\na,1,31.12.2026",
        "kpis.csv, row 2, column 'due date': '31.12.2026' is not a date",
        "such as 2026-12-31",
    ),
}


@pytest.mark.parametrize(("text", "said", "hint"), CASES.values(), ids=CASES.keys())
def test_what_is_said_of_a_table_that_is_no_tree(text: str, said: str, hint: str | None) -> None:
    with pytest.raises(TreeErrors) as caught:
        imported(text)
    first = caught.value.errors[0]
    assert str(first).startswith(said)
    assert caught.value.exit_code == 2
    if hint is not None:
        assert str(first) == said
        assert first.hint == hint


def test_all_mistakes_at_once() -> None:
    with pytest.raises(TreeErrors) as caught:
        imported("kpi,value,review,target\na,x,often,y\nb,1,hourly,z")
    places = [error.where for error in caught.value.errors]
    assert places == [
        "kpis.csv, row 2, column 'review'",
        "kpis.csv, row 2, column 'value'",
        "kpis.csv, row 2, column 'target'",
        "kpis.csv, row 3, column 'review'",
        "kpis.csv, row 3, column 'target'",
    ]


def test_an_unknown_column_is_said_and_not_read() -> None:
    found = imported("kpi,value,Colour,Ownr\na,1,red,Ann")
    assert [one.message for one in found.notices] == [
        "the column 'Colour' is not read",
        "the column 'Ownr' is not read; did you mean 'owner'?",
    ]


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["a", "b", "a + b", "{", "[1", "=a", "5 %", "1,000", "sum(x)", "yes", "€"]),
)
NAMES = [column.name for column in COLUMNS] + ["operator", "actual"]


@given(
    headings=st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=6),
    rows=st.lists(st.lists(CELLS, min_size=7, max_size=7), min_size=1, max_size=5),
)
def test_any_table_is_a_tree_or_a_mistake(headings: list[str], rows: list[list[str]]) -> None:
    """Whatever stands in the cells: a file that loads, or mistakes with their places."""
    cells = [tuple(cell.strip() for cell in row[: len(headings) + 1]) for row in rows]
    sheet = Sheet(
        shown="kpis.csv", headings=("kpi", *headings), rows=tuple(enumerate(cells, start=2))
    )
    wishes = Wishes(name="x", root="a", sources={"deals": {"path": "d.csv", "time": "day"}})
    try:
        found = import_sheet(sheet, wishes, FILE)
    except TreeErrors as error:
        places = [one.where for one in error.errors]
    else:
        assert read_tree(found.text, FILE).root == found.root
        return
    assert places
    assert all(place.startswith("kpis.csv") for place in places)


# --- through the command -------------------------------------------------------------------------


def run(*args: str, stdin: str | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["import", *args], input=stdin)
    return result.exit_code, result.output


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "kpis.csv"
    path.write_text("kpi,parent\nRevenue,\nNew,Revenue\nOld,Revenue\n", "utf-8")
    return path


def test_nothing_is_written_over(table: Path, tmp_path: Path) -> None:
    tree, actuals = tmp_path / "shop.toml", tmp_path / "shop_actuals.csv"
    actuals.write_text("mine", "utf-8")
    code, said = run(str(table), "-o", str(tree))
    assert (code, "exists already" in said, str(actuals) in said) == (2, True, True)
    assert not tree.exists()
    actuals.unlink()
    tree.write_text("mine", "utf-8")
    code, said = run(str(table), "-o", str(tree))
    assert (code, tree.read_text("utf-8"), actuals.exists()) == (2, "mine", False)
    code, said = run(str(table), "-o", str(tree), "--force")
    assert code == 0
    assert tree.read_text("utf-8").startswith('[tree]\nname = "Shop"')
    assert actuals.read_text("utf-8") == "kpi,period,value\nnew,,\nold,,\n"


def test_a_mistake_writes_nothing(tmp_path: Path) -> None:
    table = tmp_path / "kpis.csv"
    table.write_text("kpi,value\na,soon\n", "utf-8")
    code, said = run(str(table), "-o", str(tmp_path / "t.toml"), "--force")
    assert code == 2
    assert f"error: {table}, row 2, column 'value': 'soon' is not a number" in said
    assert sorted(tmp_path.iterdir()) == [table]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such file"),
        (b"", "the file is empty"),
        (b"\x00\x01\x02\xff\xfe\x00", ""),
        (b"kpi,value\na,1,2,3\n", "line 2"),
    ],
)
def test_a_file_that_cannot_be_read(content: bytes | None, said: str, tmp_path: Path) -> None:
    table = tmp_path / "kpis.csv"
    if content is not None:
        table.write_bytes(content)
    code, output = run(str(table), "-o", str(tmp_path / "t.toml"))
    assert code == 3
    assert said in output
    assert not (tmp_path / "t.toml").exists()


def test_other_separators_and_encodings(tmp_path: Path) -> None:
    table, tree = tmp_path / "kpis.csv", tmp_path / "t.toml"
    table.write_bytes("KPI;Einheit;Value\r\nUmsätze;€;5\r\n".encode("windows-1252"))
    code, said = run(str(table), "-o", str(tree))
    assert code == 0, said
    assert "[kpi.umsätze]" in tree.read_text("utf-8") or '[kpi."umsätze"]' in tree.read_text(
        "utf-8"
    )
    assert "the column 'Einheit' is not read" in said


def test_standard_input(tmp_path: Path) -> None:
    spooled_input.cache_clear()
    tree = tmp_path / "t.toml"
    code, said = run("-", "-o", str(tree), stdin="kpi,value\na,x\n")
    assert (code, "error: standard input, row 2" in said) == (2, True)
    spooled_input.cache_clear()


def test_a_source_is_declared_from_its_data(tmp_path: Path) -> None:
    data, table = tmp_path / "data" / "deals.csv", tmp_path / "kpis.csv"
    data.parent.mkdir()
    data.write_text("id,closed_on,amount\n1,2026-10-01,10\n2,2026-10-31,20\n", "utf-8")
    table.write_text("kpi,measure,source\nrevenue,sum(amount),deals\n", "utf-8")
    tree = tmp_path / "trees" / "t.toml"
    tree.parent.mkdir()
    code, said = run(str(table), "-o", str(tree), "--data", f"deals={data}")
    assert code == 0, said
    evaluated = CliRunner().invoke(app, ["eval", str(tree), "--format", "plain"])
    assert evaluated.exit_code == 0, evaluated.output
    assert "\t30\t" in evaluated.output


def test_data_with_several_dates(tmp_path: Path) -> None:
    data, table = tmp_path / "deals.csv", tmp_path / "kpis.csv"
    data.write_text("opened_on,closed_on\n2026-10-05,2026-10-06\n", "utf-8")
    table.write_text("kpi,measure,source\na,count(),deals\n", "utf-8")
    tree = tmp_path / "t.toml"
    args = (str(table), "-o", str(tree), "--data", f"deals={data}")
    code, said = run(*args)
    assert code == 2
    assert "which column says when a row of 'deals' was? opened_on, closed_on" in said
    assert "hint: say it: --time deals=opened_on" in said
    assert run(*args, "--time", "deals=closed_on")[0] == 0
    assert 'time = "closed_on"' in tree.read_text("utf-8")


def test_actual_values_make_a_tree_that_evaluates(tmp_path: Path) -> None:
    table, tree = tmp_path / "kpis.csv", tmp_path / "shop.toml"
    table.write_text(
        "KPI,Parent,Unit,Target,Actual\nRevenue,,EUR,100,90\nOrders,Revenue,,10,9\n"
        "Basket,Revenue,EUR,10,11\n",
        "utf-8",
    )
    code, said = run(str(table), "-o", str(tree), "--period", "2026-10")
    assert code == 0, said
    evaluated = CliRunner().invoke(app, ["eval", str(tree), "--format", "csv", "--vs", "target"])
    assert evaluated.exit_code == 0
    lines = [line for line in evaluated.stdout.splitlines() if line.startswith("revenue,")]
    assert ",90," in lines[0]  # as told: its formula gives 99, and the rest is unexplained
