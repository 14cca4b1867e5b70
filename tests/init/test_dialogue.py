"""Questions and answers on a terminal: wrong ones, ?, going away, other files than pizza.csv."""

import re
import shutil
from pathlib import Path

import pytest

import kpitree
from init.terminal import CTRL_C, CTRL_D, talk
from kpitree.tree.read import load_tree

ROOT = Path(__file__).parents[2]


@pytest.fixture
def pizza(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "sample_data" / "pizzaplace" / "pizzaplace.csv", tmp_path / "pizza.csv")
    return tmp_path


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*.toml"))


@pytest.mark.parametrize("before", [0, 1, 5, 10])
def test_ctrl_c_leaves_nothing(pizza: Path, before: int) -> None:
    session = talk(pizza, [*[""] * before, CTRL_C], "new", "--data", "pizza.csv")
    assert session.code == 130
    assert session.asked == before + 1
    assert written(pizza) == []
    assert not (pizza / "new").exists()


@pytest.mark.parametrize("before", [0, 4, 10])
def test_ctrl_d_leaves_nothing(pizza: Path, before: int) -> None:
    session = talk(pizza, [*[""] * before, CTRL_D])
    assert session.code == 2
    assert "no more answers: nothing was written" in session.text
    assert written(pizza) == []


def test_wrong_answers_are_asked_again(pizza: Path) -> None:
    answers = [
        *("?", "9", "zz", "1"),  # the goal
        *("a\x01", "3", "yes", "Sales of pizza"),
        *("dollars", "usd"),
        *("0", "Orders × S"),  # its elements
        *("7", "none, 1", "2"),  # levers: the second
        *("colour", "type, size"),
        *("fortnight", "month"),
        *("lots", "1e99", "80,000", "5%", "80000"),
        *("tomorrow", "2016-13-01", "2015-06-30", "2016-12-31"),
        *("?", "Ana"),
        "Pizza shop",
    ]
    session = talk(pizza, answers)
    assert session.code == 0, session.text
    for reason in (
        "Type a number of the list, or the name of a column to be summed up.",
        "there is no 9: 1 to 3",
        "this cannot be a name: letters, digits and spaces",
        "this cannot be a name: words, such as Revenue",
        "a code of three letters, such as EUR; or none",
        "there is no 0: 1 to 5",
        "there is no 7: 1 to 2, all or none",
        "there is no 'none' (known names: Orders, Sales of pizza per order)",
        "there is no 'colour' (known names: name, size, type)",
        "type a number from 1 to 5",
        "'lots' is not a number (such as 70000 or 12%; or none)",
        "'1e99' is not a number to work with",
        "'80,000' can be read two ways (type 80000 or 80)",
        "an amount, such as 71600",
        "2015-06-30 is over: the data goes to 2015-12-31",
        "'tomorrow' is not a day (such as 2027-12-31; or none)",
        "'2016-13-01' is not a day",
        "A person or a role such as Head of Sales; or none.",
    ):
        assert reason in session.text, reason
    assert written(pizza) == ["pizza_shop.toml"]
    tree = load_tree(pizza / "pizza_shop.toml")
    assert (tree.name, tree.currency, tree.root) == ("Pizza shop", "USD", "sales_of_pizza")
    assert tree.segments == ("size", "type")
    assert [kpi.id for kpi in tree.kpis.values() if kpi.controllable] == [
        "sales_of_pizza_per_order"
    ]
    root = tree.kpi(tree.root)
    assert (root.owner, str(root.deadline)) == ("Ana", "2016-12-31")


def test_a_target_of_ones_own_is_shared_by_the_levers(pizza: Path) -> None:
    session = talk(pizza, ["", "", "", "", "all", "", "", "80000"])
    assert session.code == 0, session.text
    evaluation = kpitree.load(pizza / "pizza.toml").evaluate()
    assert not [one for one in evaluation.warnings if one.code == "targets_do_not_add_up"]
    target = dict(zip(evaluation.kpis["kpi"], evaluation.kpis["target"], strict=True))
    product = target["orders"] * target["items_per_order"] * target["price_per_item"]
    assert target["revenue"] == 80000
    assert product == pytest.approx(80000, rel=1e-4)


def test_a_name_that_is_taken_is_asked_again(pizza: Path) -> None:
    (pizza / "pizza.toml").write_text("mine", "utf-8")
    session = talk(pizza, [*[""] * 11, "other"])
    assert session.code == 0, session.text
    assert "this file is there already: pizza.toml" in session.text
    assert (pizza / "pizza.toml").read_text("utf-8") == "mine"
    assert "other.toml" in written(pizza)


def test_which_file(pizza: Path) -> None:
    (pizza / "orders.csv").write_text("day,amount\n2026-01-05,3.5\n2026-01-06,4.5\n", "utf-8")
    (pizza / "targets.csv").write_text("kpi;period;target\nrevenue;2026;3\n", "utf-8")
    (pizza / ".hidden.csv").write_text("day,amount\n", "utf-8")
    session = talk(pizza, ["3", "orders"])
    assert session.code == 0, session.text
    assert re.findall(r"^ +(\d)  (\S+\.csv)$", session.text, re.MULTILINE) == [
        ("1", "orders.csv"),
        ("2", "pizza.csv"),
    ]
    assert written(pizza) == ["orders.toml"]


def test_no_data_offers_the_templates(tmp_path: Path) -> None:
    session = talk(tmp_path, ["oee"])
    assert session.code == 0, session.text
    assert "There are no data files here" in session.text
    assert written(tmp_path) == ["oee.toml"]


@pytest.mark.parametrize(("answer", "last"), [("1", "2026-04-05"), ("2", "2026-05-04")])
def test_days_that_can_be_read_two_ways_are_asked(tmp_path: Path, answer: str, last: str) -> None:
    rows = "day,amount\n03/04/2026,20\n04/04/2026,35.5\n05/04/2026,1.5\n"
    (tmp_path / "returns.csv").write_text(rows, "utf-8")
    session = talk(tmp_path, ["", "", "", "", "3", answer])
    assert session.code == 0, session.text
    assert "What day is 03/04/2026?" in session.text
    assert "type a number from 1 to 2" in session.text  # Enter does not decide it
    tree = kpitree.load(tmp_path / "returns.toml")
    assert str(tree.evaluate(grain="day").period.span.start) == last


@pytest.mark.parametrize(("answer", "total"), [("1", 3.579), ("2", 3579)])
def test_numbers_that_can_be_read_two_ways_are_asked(
    tmp_path: Path, answer: str, total: float
) -> None:
    rows = 'day,amount\n2026-04-03,"1,234"\n2026-04-03,"2,345"\n'
    (tmp_path / "returns.csv").write_text(rows, "utf-8")
    session = talk(tmp_path, ["", answer])
    assert session.code == 0, session.text
    assert "How are the numbers of amount written?" in session.text
    (value,) = kpitree.load(tmp_path / "returns.toml").evaluate(kpis="amount").kpis["value"]
    assert value == pytest.approx(total)


def test_escapes_are_refused(pizza: Path) -> None:
    session = talk(pizza, ["", "\x1b[31mred", "plain"])
    assert session.code == 0, session.text
    assert "this cannot be a name" in session.text


def test_yes_on_a_terminal_asks_nothing(pizza: Path) -> None:
    session = talk(pizza, [], "--yes")
    assert (session.code, session.asked) == (0, 0)
    assert "Revenue in 2015-12: 64,701.15 (from 1,680 orders)" in session.text


def test_a_template_on_a_terminal_asks_nothing(tmp_path: Path) -> None:
    session = talk(tmp_path, [], "--template", "oee")
    assert (session.code, session.asked) == (0, 0)
