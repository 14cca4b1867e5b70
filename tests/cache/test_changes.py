"""Files that are changed while they are read: an error, or a word, and never kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cache.kept import DAY, entries, request_of, settle, store_at, told, write
from kpitree.calendar import Span
from kpitree.data.cache.cubes import kept_cube
from kpitree.data.cache.store import Store
from kpitree.data.cube import scan as scans
from kpitree.data.cube.cube import read_cube
from kpitree.errors import SourceError

Meanwhile = Callable[[Callable[[], None]], None]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """meanwhile(act): do this once, after the next reading of the data and before it is over."""

    def plan(act: Callable[[], None]) -> None:
        original = scans._collect

        def collect(*given: Any) -> Any:
            found = original(*given)
            settle()
            act()
            monkeypatch.setattr(scans, "_collect", original)
            return found

        monkeypatch.setattr(scans, "_collect", collect)

    return plan


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text("day,amount,kind\n2026-01-01,1,a\n2026-01-02,2,a\n")
    settle()
    return path


def replace(path: Path) -> None:
    write(path, [(DAY, 5.0, "a")])


def rewrite(path: Path) -> None:
    path.write_text(path.read_text().replace("2,a", "3,a"))


def shrink(path: Path) -> None:
    path.write_text("day,amount,kind\n")


def remove(path: Path) -> None:
    path.unlink()


def grow(path: Path) -> None:
    with path.open("a") as end:
        end.write("2026-01-03,4,b\n")


@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize("act", [replace, rewrite, shrink, remove])
def test_one_that_was_changed_is_refused(
    file: Path, meanwhile: Meanwhile, act: Callable[[Path], None], cached: bool
) -> None:
    request = request_of(file.parent, ".csv", ["sum(amount)"])
    store = store_at(file.parent) if cached else None
    meanwhile(lambda: act(file))
    with pytest.raises(SourceError, match="changed while it was read") as error:
        kept_cube(request, store)
    assert error.value.hint == "run it again when nothing writes to it"
    assert not (file.parent / "cache").exists()
    if file.exists():  # the next run is right
        settle()
        assert told(kept_cube(request, store)) == told(read_cube(request))


@pytest.mark.parametrize("cached", [False, True])
def test_one_that_has_grown_is_told_of_and_not_kept(
    file: Path, meanwhile: Meanwhile, cached: bool
) -> None:
    request = request_of(file.parent, ".csv", ["sum(amount)"])
    store = store_at(file.parent)
    meanwhile(lambda: grow(file))
    cube = kept_cube(request, store if cached else None)
    assert [notice.code for notice in cube.notices] == ["grew_while_read"]
    assert entries(store) == []
    settle()
    after = kept_cube(request, store)
    assert after.notices == ()
    assert told(after) == told(read_cube(request))


def test_one_that_only_got_other_rights_is_the_same(file: Path, meanwhile: Meanwhile) -> None:
    request = request_of(file.parent, ".csv", ["sum(amount)"])
    meanwhile(lambda: file.chmod(0o600))
    assert kept_cube(request, store_at(file.parent)).notices == ()


def test_what_made_no_sense_because_it_changed(file: Path, meanwhile: Meanwhile) -> None:
    """The reader stumbles over half of a line; that it was being written is the better word."""
    file.write_text("day,amount,kind\n2026-01-01,1,a\n2026-01-0\n")
    settle()
    meanwhile(lambda: grow(file))
    with pytest.raises(SourceError, match="changed while it was read"):
        read_cube(request_of(file.parent, ".csv", ["sum(amount)"]))


def test_what_made_the_reader_panic_because_it_changed(file: Path, meanwhile: Meanwhile) -> None:
    """As polars does where a Parquet file ends before its footer says."""

    def cut_short() -> None:
        shrink(file)
        raise pl.exceptions.PanicException("range.end as u64 <= self.size")

    meanwhile(cut_short)
    with pytest.raises(SourceError, match="changed while it was read"):
        read_cube(request_of(file.parent, ".csv", ["sum(amount)"]))


def test_rows_looked_at_again_must_be_those_of_before(file: Path) -> None:
    """Medians of odd spans are read later, from the files as they are then."""
    request = request_of(file.parent, ".csv", ["median(amount)"])
    spans = [Span(DAY, DAY.replace(day=20), "odd")]
    for store in (None, store_at(file.parent)):
        cube = kept_cube(request, store)
        rewrite(file)
        settle()
        with pytest.raises(SourceError, match="changed while it was read"):
            told(cube, spans)
        file.write_text("day,amount,kind\n2026-01-01,1,a\n2026-01-02,2,a\n")
        settle()


def test_a_lookup_that_changes_is_refused_too(file: Path, meanwhile: Meanwhile) -> None:
    from dataclasses import replace as with_keys  # noqa: PLC0415

    from kpitree.tree.model import Lookup, Source  # noqa: PLC0415

    names = file.parent / "names.txt"
    names.write_text("kind,long\na,Alpha\n")
    table = Source(id="names", path="names.txt", location=str(names), time="")
    request = request_of(file.parent, ".csv", ["count()"], dimensions=("kind",))
    source = with_keys(
        request.source,
        dimensions={"kind": "names.long"},
        lookups={"names": Lookup(name="names", rows=table, on={"kind": "kind"})},
    )
    meanwhile(names.unlink)
    with pytest.raises(SourceError, match=r"names\.txt"):
        kept_cube(with_keys(request, source=source), Store(file.parent / "cache", 1_000))
