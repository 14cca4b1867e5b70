"""Whatever happens to the files, what is kept never changes an answer."""

import os
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cache.kept import ADDITIVE, DAY, OTHER, Row, request_of, settle, store_at, told, write
from kpitree.data.cache.cubes import kept_cube
from kpitree.data.cube.cube import read_cube

days = st.none() | st.integers(0, 60).map(lambda n: DAY + timedelta(days=n))
amounts = st.none() | st.integers(-9999, 9999).map(lambda n: n / 100) | st.just(float("inf"))
rows = st.lists(st.tuples(days, amounts, st.sampled_from(["a", "b", None])), min_size=1, max_size=6)
spans = st.none() | st.tuples(st.integers(0, 30), st.integers(3, 40)).map(
    lambda pair: (DAY + timedelta(days=pair[0]), DAY + timedelta(days=pair[0] + pair[1]))
)
names = st.sampled_from(["f1", "f2", "f3"])
actions = st.one_of(
    st.tuples(st.just("write"), names, rows),
    st.tuples(st.just("rewrite"), names, rows),
    st.tuples(st.just("remove"), names, st.none()),
    st.tuples(st.just("touch"), names, st.none()),
    st.tuples(st.just("swap"), names, names),
)
questions = st.fixed_dictionaries(
    {
        "days": spans,
        "dimensions": st.sampled_from([(), ("kind",)]),
        "where": st.sampled_from([None, "amount > 0", "kind == 'a'"]),
    }
)


def act(folder: Path, ending: str, action: tuple[str, str, Any]) -> None:
    what, name, more = action
    path = folder / f"{name}{ending}"
    match what:
        case "write":
            write(path, more)
        case "rewrite" if path.exists():  # the same inode, and times that tell nothing
            before = path.stat()
            settle()
            write(other := folder / f".other{ending}", more)
            path.write_bytes(other.read_bytes())
            other.unlink()
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        case "remove":
            path.unlink(missing_ok=True)
        case "touch" if path.exists():
            path.touch()
        case "swap" if name != more and path.exists():
            other = folder / f"{more}{ending}"
            if other.exists():
                path.rename(aside := folder / ".aside")
                other.rename(path)
                aside.rename(other)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("changing")


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".ndjson"])
@pytest.mark.parametrize("measures", [ADDITIVE, (*ADDITIVE, *OTHER)], ids=["additive", "other"])
@settings(max_examples=12, phases=[Phase.explicit, Phase.generate])
@given(
    first=rows,
    steps=st.lists(st.tuples(st.none() | actions, questions), min_size=2, max_size=6),
)
def test_kept_figures_are_those_of_a_reading(
    place: Path,
    ending: str,
    measures: tuple[str, ...],
    first: list[Row],
    steps: list[tuple[tuple[str, str, Any] | None, dict[str, Any]]],
) -> None:
    folder = place / "files"
    shutil.rmtree(place, ignore_errors=True)
    folder.mkdir(parents=True)
    store = store_at(place)
    write(folder / f"f0{ending}", [(DAY, 1.0, "a"), *first])
    for action, question in steps:
        if action is not None:
            act(folder, ending, action)
        settle()
        request = request_of(folder, ending, measures, **question)
        assert told(kept_cube(request, store)) == told(read_cube(request))


@pytest.mark.parametrize("measure", ["std(amount)", "mean(amount)", "sum(amount)"])
def test_days_spread_over_files_are_added_up(tmp_path: Path, measure: str) -> None:
    values = [0.1, 0.7, 1e9, -3.3, 12.25, None, 0.3]
    for number, value in enumerate(values):
        write(tmp_path / f"{number}.parquet", [(DAY, value, "a"), (DAY, 5.5, "b")])
    settle()
    request = request_of(tmp_path, ".parquet", [measure], dimensions=("kind",))
    store = store_at(tmp_path)
    kept_cube(request, store)
    [_, _, kept], [_, _, read] = told(kept_cube(request, store)), told(read_cube(request))
    for found, wanted in zip(kept[0] + kept[1], read[0] + read[1], strict=True):
        assert found[measure] == pytest.approx(wanted[measure], rel=1e-12)


def test_forms_of_dates_that_differ_between_files(tmp_path: Path) -> None:
    """One file has days, another instants: together they are instants, in the tree's zone."""
    (tmp_path / "a.csv").write_text("day,amount,kind\n2026-01-01,1,a\n2026-01-02,2,a\n")
    settle()
    store = store_at(tmp_path)

    def check() -> None:
        settle()
        keys = {"timezone": "America/New_York", "source": {"time_zone": "UTC"}}
        request = request_of(tmp_path, ".csv", ["count()", "sum(amount)"], **keys)
        for _ in range(2):
            assert told(kept_cube(request, store)) == told(read_cube(request))

    check()
    (tmp_path / "b.csv").write_text("day,amount,kind\n2026-01-03T02:00:00,4,a\n")
    check()
    (tmp_path / "c.csv").write_text("day,amount,kind\n2026-01-05,8,b\n")
    check()
    (tmp_path / "d.csv").write_text("day,amount,kind\n2026-01-06T23:00:00Z,16,b\n")
    check()


def test_files_that_differ_in_their_columns(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    texts = [
        "day,amount,kind\n2026-01-01,1,a\n",
        "day,kind\n2026-01-02,a\n",
        "kind;amount;day\nb;4;2026-01-03\n",
        "day,amount,kind,more\n2026-01-04,8,b,x\n",
    ]
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.csv").write_text(text)
        settle()
        request = request_of(tmp_path, ".csv", ["count()", "sum(amount)"], dimensions=("kind",))
        for _ in range(2):
            assert told(kept_cube(request, store)) == told(read_cube(request))


def test_the_window_of_a_report_moves_on(tmp_path: Path) -> None:
    """Each month asks for other days; files that were read whole are not read again."""
    for number in range(1, 7):
        rows = [(date(2026, number, day), float(day), "a") for day in (1, 15, 28)]
        write(tmp_path / f"{number}.parquet", rows)
    settle()
    store = store_at(tmp_path)
    for number in range(1, 5):
        window = (date(2026, number, 1), date(2026, number + 2, 1))
        request = request_of(tmp_path, ".parquet", ["sum(amount)"], days=window)
        assert told(kept_cube(request, store)) == told(read_cube(request))
