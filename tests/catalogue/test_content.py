"""What the catalogue says of every KPI: all of it there, and nothing that nobody uses."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kpitree.catalogue.entry import DEPARTMENTS, Catalogue, Entry, columns_of, operands_of
from kpitree.catalogue.extract import tables_of_entry
from kpitree.catalogue.read import catalogue
from kpitree.cli.app import app
from kpitree.tree.model import Branch, Constant, Leaf
from kpitree.tree.read import read_tree
from kpitree.tree.writing import text_of

POOL = catalogue()
ENTRIES = list(POOL.entries.values())
EVERY_ENTRY = pytest.mark.parametrize("entry", ENTRIES, ids=lambda one: one.id)


def test_it_is_large() -> None:
    assert len(ENTRIES) >= 110
    assert {one.departments[0] for one in ENTRIES} == set(DEPARTMENTS)


def test_entries_stand_in_the_order_of_departments() -> None:
    order = [DEPARTMENTS.index(one.departments[0]) for one in ENTRIES]
    assert order == sorted(order)


@EVERY_ENTRY
def test_everything_is_said(entry: Entry) -> None:
    keys = entry.keys
    assert keys["label"]
    assert entry.description
    assert {"formula", "measure", "value"} & keys.keys()
    assert keys["unit"]
    assert "direction" in keys or "range" in keys
    assert entry.indicator in {"leading", "lagging"}
    assert entry.level in {"strategic", "operational"}
    assert keys["review"] in entry.rhythms
    assert entry.gamed
    assert entry.readers
    assert entry.counterweight or entry.note, "no counterweight, and no note that says why"


@EVERY_ENTRY
def test_its_own_tree_is_a_tree(entry: Entry) -> None:
    tree = read_tree(text_of(tables_of_entry(POOL, entry.id)), Path(f"{entry.id}.toml"))
    assert tree.root == entry.id
    match tree.kpis[entry.id]:
        case Branch():
            assert len(tree.kpis) > 1
        case Leaf():
            assert tree.sources
        case Constant():
            pytest.fail("an entry is measured or computed, not assumed")


@EVERY_ENTRY
def test_its_data_is_told(entry: Entry) -> None:
    kpis = POOL.below(entry.id)
    for kpi in kpis:
        keys = POOL.kpis[kpi]
        if "measure" in keys:
            missing = columns_of(keys) - POOL.rows[keys["source"]].columns.keys()
            assert not missing, f"{kpi}: {missing}"
    for rows in POOL.rows_of(kpis).values():
        assert rows.times, rows.name
        assert set(rows.times.values()) <= rows.columns.keys()
        assert all(column.about for column in rows.columns.values())


def test_advice_has_nothing_against_the_arithmetic(tmp_path: Path) -> None:
    """Units that multiply out, no averages of averages, nothing counted twice, no label twice."""
    files = []
    for entry in ENTRIES:
        files.append(tmp_path / f"{entry.id}.toml")
        files[-1].write_text(text_of(tables_of_entry(POOL, entry.id)), "utf-8")
    checked = CliRunner().invoke(
        app, ["check", *map(str, files), "--select", "KT3,KT108", "--strict", "-q"]
    )
    assert checked.exit_code == 0, checked.output


def test_conditions_name_values_that_columns_have() -> None:
    """A text that a condition compares a column with is one of those that are told of it."""
    wrong = []
    for name, keys in POOL.kpis.items():
        for text in (keys.get("where", ""), keys.get("measure", "")):
            for column, listed in re.findall(r"(\w+) (?:==|!=) ('[^']*')", text) + re.findall(
                r"(\w+) (?:not )?in (\[[^\]]*\])", text
            ):
                known = POOL.rows[keys["source"]].columns[column].values
                wrong += [
                    f"{name}: {column} has no {value!r}"
                    for value in re.findall(r"'([^']*)'", listed)
                    if value not in known
                ]
    assert wrong == []


def test_nothing_is_named_that_is_not_there() -> None:
    wrong = []
    for name, keys in POOL.kpis.items():
        named = [*keys.get("leads", ()), *operands_of(keys)]
        named += [keys["counterweight"]] if "counterweight" in keys else []
        wrong += [f"{name}: {one}" for one in named if one not in POOL.kpis or one == name]
        if keys.get("source", next(iter(POOL.rows))) not in POOL.rows:
            wrong.append(f"{name}: {keys['source']}")
    assert wrong == []


def test_counterweights_are_explained() -> None:
    weights = {one.counterweight for one in ENTRIES if one.counterweight}
    assert [name for name in weights if not POOL.kpis[name].get("description")] == []


def test_nothing_is_idle() -> None:
    tops = [name for one in ENTRIES for name in (one.id, one.counterweight) if name]
    used = set(POOL.below(*tops))
    assert sorted(POOL.kpis.keys() - used) == []
    needed = POOL.rows_of(used)
    assert sorted(POOL.rows.keys() - needed.keys()) == []
    idle = [
        f"{rows.name}.{column}"
        for rows in POOL.rows.values()
        for column in rows.columns
        if column not in needed[rows.name].columns
    ]
    assert idle == []


# Their KPIs take the last row of all: one row a company or repository would be a wrong total.
WHOLE = {"balance_sheet", "coverage_runs"}


def test_every_table_says_what_one_would_split_by() -> None:
    counts = {rows.name: len(rows.split_by) for rows in POOL.rows.values()}
    assert {name for name, count in counts.items() if not count} == WHOLE
    assert {name: n for name, n in counts.items() if n and not 2 <= n <= 5} == {}


def test_what_one_would_split_by_is_a_column_of_its_own() -> None:
    names = [(rows, name) for rows in POOL.rows.values() for name in rows.split_by]
    assert [name for _, name in names if not name.isidentifier() or name != name.lower()] == []
    assert [f"{rows.name}.{name}" for rows, name in names if name in rows.columns] == []


@EVERY_ENTRY
def test_what_is_personal_can_be_split_by_person(entry: Entry) -> None:
    if entry.departments[0] != "Personal goals":
        return
    for rows in POOL.rows_of(POOL.below(entry.id)).values():
        known = {*rows.split_by, *POOL.rows[rows.name].columns}
        assert known & {"rep", "author", "person"} or rows.name == "web_visits", rows.name


def test_every_kpi_below_an_entry_has_a_label_and_a_unit() -> None:
    wanted = {"label", "unit"}
    bare = {name: wanted - keys.keys() for name, keys in POOL.kpis.items()}
    assert {name: missing for name, missing in bare.items() if missing} == {}


def test_labels_tell_kpis_apart() -> None:
    labels = [entry.label.casefold() for entry in ENTRIES]
    assert sorted(one for one in set(labels) if labels.count(one) > 1) == []


def sentences(pool: Catalogue) -> Iterator[tuple[str, str]]:
    for name, keys in pool.kpis.items():
        if "description" in keys:
            yield f"{name}.description", keys["description"]
    for entry in pool.entries.values():
        yield f"{entry.id}.gamed", entry.gamed
        if entry.note:
            yield f"{entry.id}.note", entry.note


def phrases(pool: Catalogue) -> Iterator[tuple[str, str]]:
    for name, keys in pool.kpis.items():
        yield f"{name}.label", keys["label"]
    for entry in pool.entries.values():
        for text in (*entry.also, *entry.readers):
            yield f"{entry.id}: {text}", text
    for rows in pool.rows.values():
        yield f"{rows.name}.about", rows.about
        for column in rows.columns.values():
            yield f"{rows.name}.{column.name}", column.about
        for column_name, about in rows.split_by.items():
            yield f"{rows.name}.{column_name}", about


def untidy(text: str) -> bool:
    return (
        text != text.strip() or "  " in text or "\n" in text or text.count("(") != text.count(")")
    )


def test_sentences() -> None:
    wrong = [
        place
        for place, text in sentences(POOL)
        if untidy(text) or not text.endswith(".") or not (text[0].isupper() or text[0].isdigit())
    ]
    assert wrong == []


def test_phrases() -> None:
    wrong = [place for place, text in phrases(POOL) if untidy(text) or text.endswith(".")]
    assert wrong == []
