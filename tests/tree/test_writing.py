"""What is written of a tree reads back as the same tree, and as a person would have written it."""

import tomllib
from inspect import cleandoc
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given

from kpitree.tree.model import Tree
from kpitree.tree.read import load_tree, read_tree
from kpitree.tree.writing import tables_of, text_of
from tree import made_up
from tree.test_read import EVERY_KEY

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "trees").glob("*.toml"))


def again(tree: Tree) -> Tree:
    return read_tree(text_of(tables_of(tree)), tree.file)


def assert_same(tree: Tree) -> None:
    back = again(tree)
    assert back == tree
    assert list(back.kpis) == list(tree.kpis)
    assert list(back.sources) == list(tree.sources)
    assert text_of(tables_of(back)) == text_of(tables_of(tree))


def test_there_are_samples() -> None:
    assert len(SAMPLES) >= 9


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_reads_back(path: Path) -> None:
    assert_same(load_tree(path))


def test_every_key_reads_back(tmp_path: Path) -> None:
    assert_same(read_tree(EVERY_KEY, tmp_path / "tree.toml"))


@given(tables=made_up.tables())
def test_any_tree_reads_back(tables: dict[str, Any]) -> None:
    assert_same(read_tree(tomli_w.dumps(tables), Path("some/where/tree.toml")))


@given(tables=made_up.tables())
def test_the_text_holds_just_the_tables(tables: dict[str, Any]) -> None:
    assert tomllib.loads(text_of(tables)) == tables


def test_an_unnamed_tree_keeps_its_name(tmp_path: Path) -> None:
    tree = read_tree("[kpi.a]\nvalue = 1\n", tmp_path / "shop.toml")
    assert tables_of(tree) == {"tree": {"name": "shop", "root": "a"}, "kpi": {"a": {"value": 1}}}


def test_what_holds_anyway_is_left_out(tree_file: Path) -> None:
    """
    [tree]
    name = "T"
    root = "a"
    segments = ["x", "y"]
    [calendar]
    grain = "month"
    week_start = "monday"
    fiscal_year_start = 1
    fiscal_year_name = "end"
    [sources.s]
    path = "s.csv"
    time = "day"
    engine = "polars"
    dimensions = { x = "x", y = "y" }
    [kpi.a]
    label = "A"
    measure = "count()"
    source = "s"
    unit = "number"
    direction = "up"
    controllable = false
    thresholds = { at_risk = "0%", off_track = "5.0 %" }
    target = { source = "s", measure = "count()", per = "month" }
    """
    assert tables_of(load_tree(tree_file)) == {
        "tree": {"name": "T", "root": "a"},
        "sources": {"s": {"path": "s.csv", "time": "day", "dimensions": {"x": "x", "y": "y"}}},
        "kpi": {
            "a": {
                "measure": "count()",
                "source": "s",
                "target": {"source": "s", "measure": "count()"},
            }
        },
    }


def test_a_text_is_laid_out_as_by_a_person() -> None:
    tables: dict[str, Any] = {
        "tree": {"name": "Shop"},
        "sources": {
            "orders": {
                "path": "orders.csv",
                "time": "day",
                "dimensions": {"region": "Region"},
                "lookup": {"customer": {"path": "c.csv", "on": "id"}},
            }
        },
        "kpi": {
            "revenue": {
                "label": 'The "net" revenue',
                "description": "What is left.\nAfter tax.",
                "target": 3_000_000,
                "thresholds": {"at_risk": "0%", "off_track": "2pp"},
                "benchmark": {"value": 0.27, "source": "survey, 2025"},
                "tags": ["board", "money"],
            },
            "plan": {"value": {f"2026-{month:02}": month for month in range(1, 13)}},
        },
    }
    months = "\n".join(f"2026-{month:02} = {month}" for month in range(1, 13))
    expected = cleandoc(
        '''
        [tree]
        name = "Shop"

        [sources.orders]
        path = "orders.csv"
        time = "day"

        [sources.orders.dimensions]
        region = "Region"

        [sources.orders.lookup.customer]
        path = "c.csv"
        on = "id"

        [kpi.revenue]
        label = "The \\"net\\" revenue"
        description = """
        What is left.
        After tax."""
        target = 3_000_000
        thresholds = { at_risk = "0%", off_track = "2pp" }
        benchmark = { value = 0.27, source = "survey, 2025" }
        tags = ["board", "money"]

        [kpi.plan.value]
        '''
    )
    assert text_of(tables) == f"{expected}\n{months}\n"
    assert tomllib.loads(text_of(tables)) == tables


def test_a_table_of_many_periods_has_no_empty_header_before_it() -> None:
    tables = {"kpi": {"plan": {"value": {f"2026-{month:02}": 1.5 for month in range(1, 13)}}}}
    assert text_of(tables).startswith("[kpi.plan.value]\n")


def test_a_database_near_the_file_is_found_from_there(tmp_path: Path) -> None:
    text = (
        '[sources.shop]\nconnection = "duckdb://../db/shop.duckdb"\ntable = "orders"\n'
        'time = "day"\n[kpi.a]\nmeasure = "count()"\n'
    )
    tree = read_tree(text, tmp_path / "trees" / "shop.toml")
    assert tables_of(tree)["sources"]["shop"]["connection"] == "duckdb://../db/shop.duckdb"
