"""A new user's path: an empty folder with one CSV file, and Enter to every question."""

import csv
import json
import shutil
from collections import defaultdict
from math import isclose
from pathlib import Path

import pytest

import kpitree
from init.terminal import Session, talk

ROOT = Path(__file__).parents[2]
DATA = ROOT / "sample_data" / "pizzaplace" / "pizzaplace.csv"
GOLDEN = Path(__file__).with_name("pizza.txt")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pizza")
    shutil.copy(DATA, folder)
    return folder


@pytest.fixture(scope="module")
def session(folder: Path) -> Session:
    return talk(folder)


def true_revenue() -> dict[str, float]:
    months: defaultdict[str, int] = defaultdict(int)
    with DATA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            months[row["date"][:7]] += round(float(row["price"]) * 100)
    return {month: cents / 100 for month, cents in months.items()}


def test_the_transcript(session: Session, request: pytest.FixtureRequest) -> None:
    text = f"$ kpitree init\n{session.text}[exit {session.code}]\n"
    if request.config.getoption("--rewrite"):
        GOLDEN.write_text(text, "utf-8")
    assert text == GOLDEN.read_text("utf-8")


def test_it_asks_about_a_dozen_questions(session: Session) -> None:
    assert 8 <= session.asked <= 12


def test_the_root_is_right_in_every_month(session: Session, folder: Path) -> None:
    assert session.code == 0
    tree = kpitree.load(folder / "pizzaplace.toml")
    truth = true_revenue()
    assert len(truth) == 12
    for month, revenue in truth.items():
        kpis = tree.evaluate(period=month).kpis
        (value,) = kpis.filter(kpi="revenue")["value"]
        assert isclose(value, revenue, rel_tol=0, abs_tol=0.004)


def test_it_agrees_with_the_expected_figures(session: Session, folder: Path) -> None:
    assert session.code == 0
    expected = json.loads((ROOT / "tests" / "expected" / "pizzaplace.json").read_text("utf-8"))
    december = expected["month"]["values"]["2015-12"]
    kpis = kpitree.load(folder / "pizzaplace.toml").evaluate(period="2015-12").kpis
    found = dict(zip(kpis["kpi"], kpis["value"], strict=True))
    assert found["revenue"] == pytest.approx(december["revenue"], abs=0.004)
    assert found["orders"] == december["orders"]
    assert found["price_per_item"] == pytest.approx(december["average_price"], rel=1e-9)


def test_nothing_else_is_written(session: Session, folder: Path) -> None:
    assert session.code == 0
    assert {path.name for path in folder.iterdir()} == {"pizzaplace.csv", "pizzaplace.toml"}
