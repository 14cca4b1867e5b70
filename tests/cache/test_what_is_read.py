"""What is kept is not opened again; only what is new is read."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cache.kept import (
    ADDITIVE,
    DAY,
    OTHER,
    entries,
    month,
    request_of,
    settle,
    store_at,
    told,
    write,
)
from kpitree.calendar import Span
from kpitree.data import opening
from kpitree.data.cache.cubes import kept_cube
from kpitree.data.cache.store import Store
from kpitree.data.cube import compiling
from kpitree.data.cube.cube import CubeRequest, read_cube

Opened = list[list[str]]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    """The names of the files, each time that some are opened."""
    found: Opened = []
    original = opening.open_rows

    def watched(*given: Any, **named: Any) -> Any:
        rows = original(*given, **named)
        found.append([Path(path).name for path in rows.reading.files.found])
        return rows

    monkeypatch.setattr(compiling, "open_rows", watched)
    return found


@pytest.fixture
def week(tmp_path: Path) -> Path:
    """A file a day, seven of them."""
    for number in range(7):
        write(tmp_path / f"{number}.parquet", [(DAY + timedelta(days=number), 2.0, "a")])
    settle()
    return tmp_path


def asked(folder: Path, measures: tuple[str, ...] = ADDITIVE, **keys: Any) -> CubeRequest:
    return request_of(folder, ".parquet", measures, **keys)


@pytest.mark.parametrize("measures", [ADDITIVE, OTHER], ids=["additive", "other"])
def test_nothing_is_opened_twice(week: Path, opened: Opened, measures: tuple[str, ...]) -> None:
    store = store_at(week)
    for dimensions in ((), ("kind",)):
        request = asked(week, measures, dimensions=dimensions)
        spans = [month(1), Span(DAY, DAY + timedelta(days=5), "to date")]
        first = told(kept_cube(request, store), spans)
        opened.clear()
        assert told(kept_cube(request, store), spans) == first
        assert opened == []


def test_only_a_new_file_is_opened(week: Path, opened: Opened) -> None:
    store = store_at(week)
    kept_cube(asked(week), store)
    opened.clear()
    write(week / "7.parquet", [(DAY + timedelta(days=7), 4.0, "b")])
    settle()
    cube = kept_cube(asked(week), store)
    assert opened == [["7.parquet"]]
    assert told(cube) == told(read_cube(asked(week)))


@pytest.mark.parametrize("how", ["replaced", "rewritten", "times put back", "same times and size"])
def test_only_a_changed_file_is_opened(week: Path, opened: Opened, how: str) -> None:
    store = store_at(week)
    kept_cube(asked(week), store)
    opened.clear()
    path = week / "3.parquet"
    before = path.stat()
    write(other := week / "other.pq", [(DAY, 1.0 if how == "same times and size" else 3.25, "a")])
    if how == "replaced":
        other.replace(path)
    else:
        path.write_bytes(other.read_bytes())
        other.unlink()
    if how in ("times put back", "same times and size"):
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_size == before.st_size
    settle()
    cube = kept_cube(asked(week), store)
    assert opened == [["3.parquet"]]
    assert told(cube) == told(read_cube(asked(week)))


def test_a_link_that_leads_elsewhere_is_another_file(week: Path, opened: Opened) -> None:
    store = store_at(week)
    (week / "other.pq").write_bytes((week / "3.parquet").read_bytes())
    link = week / "9.parquet"
    link.symlink_to(week / "3.parquet")
    settle()
    kept_cube(asked(week), store)
    opened.clear()
    link.unlink()
    link.symlink_to(week / "other.pq")
    kept_cube(asked(week), store)
    assert opened == [["9.parquet"]]


def test_a_file_that_is_gone_is_no_longer_counted(week: Path, opened: Opened) -> None:
    store = store_at(week)
    kept_cube(asked(week), store)
    opened.clear()
    (week / "0.parquet").unlink()
    cube = kept_cube(asked(week), store)
    assert opened == []
    assert cube.coverage == (DAY + timedelta(days=1), DAY + timedelta(days=6))


def test_later_days_need_only_the_files_that_have_them(week: Path, opened: Opened) -> None:
    store = store_at(week)
    write(week / "7.parquet", [(date(2026, 1, 30), 1.0, "a"), (date(2026, 2, 2), 1.0, "a")])
    settle()
    kept_cube(asked(week, days=(date(2026, 1, 1), date(2026, 2, 1))), store)
    opened.clear()
    february = asked(week, days=(date(2026, 1, 1), date(2026, 3, 1)))
    cube = kept_cube(february, store)
    assert opened == [["7.parquet"]]  # of the others no day is beyond those that were read
    assert told(cube) == told(read_cube(february))
    opened.clear()
    kept_cube(asked(week, days=(date(2026, 1, 15), date(2026, 2, 15))), store)
    assert opened == []


def test_a_file_still_being_changed_is_read_each_time(week: Path, opened: Opened) -> None:
    """Its next change might come in the same tick of the clock, and leave no trace."""
    store = store_at(week)
    soon = 2**62
    os.utime(week / "6.parquet", ns=(soon, soon))
    for _ in range(2):
        opened.clear()
        kept_cube(asked(week), store)
    assert opened == [["6.parquet"]]


def lookup_request(folder: Path) -> CubeRequest:
    from kpitree.tree.model import Lookup, Source  # noqa: PLC0415

    table = Source(id="names", path="names.csv", location=str(folder / "names.csv"), time="")
    request = request_of(folder, ".parquet", ["count()"], dimensions=("kind",))
    source = replace(
        request.source,
        dimensions={"kind": "names.long"},
        lookups={"names": Lookup(name="names", rows=table, on={"kind": "short"})},
    )
    return replace(request, source=source)


def test_another_lookup_is_another_answer(week: Path, opened: Opened) -> None:
    store = store_at(week)
    (week / "names.csv").write_text("short,long\na,Alpha\n")
    settle()
    request = lookup_request(week)
    first = told(kept_cube(request, store))
    assert "Alpha" in str(first)
    opened.clear()
    assert told(kept_cube(request, store)) == first
    assert opened == []
    (week / "names.csv").write_text("short,long\na,Omega\n")
    settle()
    assert "Omega" in str(told(kept_cube(request, store)))


@pytest.mark.parametrize(
    "change",
    [
        lambda request: replace(request, override="-"),
        lambda request: replace(request, override="https://example.org/x.parquet"),
        lambda request: replace(request, source=replace(request.source, connection="sqlite://")),
        lambda request: replace(request, source=replace(request.source, engine="spark")),
    ],
    ids=["standard input", "elsewhere", "database", "spark"],
)
def test_what_nobody_can_watch_is_not_kept(
    week: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[CubeRequest], CubeRequest]
) -> None:
    read: list[CubeRequest] = []
    monkeypatch.setattr("kpitree.data.cache.cubes.read_cube", read.append)
    store = store_at(week)
    kept_cube(change(asked(week)), store)
    assert len(read) == 1
    assert entries(store) == []


def test_without_a_cache_nothing_is_written(week: Path) -> None:
    kept_cube(asked(week), None)
    assert not (week / "cache").exists()


def test_what_is_larger_than_the_bound_is_not_kept(week: Path, opened: Opened) -> None:
    store = Store(week / "cache", 100)
    for _ in range(2):
        opened.clear()
        kept_cube(asked(week), store)
    assert len(opened) == 1
    assert not (week / "cache").exists()
