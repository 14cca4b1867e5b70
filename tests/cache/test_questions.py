"""Everything that decides the figures decides the name of the question; nothing else does."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cache.kept import request_of
from data.cubes import condition, part_of
from kpitree.calendar import Calendar, Grain
from kpitree.data.cache import questions
from kpitree.data.cache.questions import question
from kpitree.data.cube.cube import CubeRequest
from kpitree.tree.model import Lookup, Source
from kpitree.tree.parsing import parse_row

OTHER = Source(id="other", path="o.csv", location="/o.csv", time="")
OF_SOURCES: dict[str, Any] = {
    "id": "other",
    "path": "other.csv",
    "location": "/elsewhere/*.csv",
    "time": "closed",
    "time_format": "%d.%m.%Y",
    "time_zone": "UTC",
    "null_values": ("-",),
    "where": condition("amount > 0"),
    "columns": {"net": parse_row("amount * 2")},
    "dimensions": {"kind": "region"},
    "until": "closed",
    "engine": "duckdb",
    "connection": "sqlite://",
    "table": "orders",
    "query": "select 1",
    "sheet": "May",
    "encoding": "cp1252",
    "decimal": ",",
    "clean": {"amount": "number"},
    "unique_by": ("id",),
    "lookups": {"other": Lookup(name="other", rows=OTHER, on={"kind": "kind"})},
}
OF_NO_MATTER: dict[str, Any] = {
    "covers": (date(2026, 1, 1), date(2026, 1, 31)),
    "fresh_within": 3,
    "ranges": {"amount": (0.0, 1.0)},
}
OF_REQUESTS: dict[str, Any] = {
    "parts": {part_of("sum(amount)", "day"): "count()"},
    "dimensions": ("kind",),
    "where": condition("amount > 1"),
    "timezone": "Europe/Paris",
    "override": "elsewhere.csv",
}
OF_PERIODS: dict[str, Any] = {
    "grain": Grain.WEEK,
    "calendar": Calendar(year_start=4),
    "days": (date(2026, 1, 1), date(2026, 2, 1)),
}


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CubeRequest]:
    monkeypatch.setattr(questions, "version", lambda name: f"{name} 1")
    forget()
    yield request_of(tmp_path, ".csv", ["count()"])
    forget()


def forget() -> None:
    """What is looked up once a run."""
    questions._program.cache_clear()
    questions._zone.cache_clear()


def test_every_key_of_a_source_has_been_thought_of() -> None:
    assert {field.name for field in fields(Source)} == OF_SOURCES.keys() | OF_NO_MATTER.keys()
    known = OF_REQUESTS.keys() | OF_PERIODS.keys() | {"source", "files"}
    assert {field.name for field in fields(CubeRequest)} == known


@pytest.mark.parametrize("key", OF_SOURCES)
def test_what_a_source_says_decides(asked: CubeRequest, key: str) -> None:
    other = replace(asked, source=replace(asked.source, **{key: OF_SOURCES[key]}))
    for closed in (False, True):
        assert question(other, closed=closed) != question(asked, closed=closed)


@pytest.mark.parametrize("key", OF_NO_MATTER)
def test_what_is_said_of_figures_does_not(asked: CubeRequest, key: str) -> None:
    other = replace(asked, source=replace(asked.source, **{key: OF_NO_MATTER[key]}))
    assert question(other, closed=True) == question(asked, closed=True)


@pytest.mark.parametrize("key", OF_REQUESTS)
def test_what_is_asked_decides(asked: CubeRequest, key: str) -> None:
    other = replace(asked, **{key: OF_REQUESTS[key]})
    for closed in (False, True):
        assert question(other, closed=closed) != question(asked, closed=closed)


@pytest.mark.parametrize("key", OF_PERIODS)
def test_periods_decide_only_where_days_do_not_add_up(asked: CubeRequest, key: str) -> None:
    other = replace(asked, **{key: OF_PERIODS[key]})
    assert question(other, closed=True) != question(asked, closed=True)
    assert question(other, closed=False) == question(asked, closed=False)


def test_a_condition_is_the_same_wherever_it_stands(asked: CubeRequest) -> None:
    one, two = condition("amount > 1"), condition("  amount   >  1")
    assert question(replace(asked, where=one), closed=True) == question(
        replace(asked, where=two), closed=True
    )


def test_equal_numbers_of_other_kinds_are_not_the_same(asked: CubeRequest) -> None:
    names = {
        question(replace(asked, where=condition(text)), closed=True)
        for text in ("kind == '1'", "kind == 1", "kind == true", "kind == '1.0'", "kind == 1.5")
    }
    assert len(names) == 5


@pytest.mark.parametrize("what", ["kpitree", "polars", "duckdb", "zone", "code"])
def test_another_program_asks_anew(
    asked: CubeRequest, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    engine = "duckdb" if what == "duckdb" else "polars"
    asked = replace(asked, source=replace(asked.source, engine=engine), timezone="Asia/Tokyo")
    before = question(asked, closed=False)
    forget()
    assert question(asked, closed=False) == before
    forget()
    match what:
        case "polars":
            monkeypatch.setattr("polars.__version__", "99")
        case "zone":
            monkeypatch.setattr("zoneinfo.TZPATH", ())
        case "code":
            monkeypatch.setattr(questions, "__file__", "/a/b/c/d.py")
        case _:
            monkeypatch.setattr(questions, "version", lambda name: f"{name} 2")
    assert question(asked, closed=False) != before


def test_what_has_no_name_is_a_bug(asked: CubeRequest) -> None:
    with pytest.raises(TypeError):
        question(asked, closed=False, more=(object(),))
