"""Files that are gone no longer decide how the others are understood."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cache.kept import request_of, settle, store_at, told
from kpitree.data import opening
from kpitree.data.cache.cubes import kept_cube
from kpitree.data.cache.store import Store
from kpitree.data.cube import compiling
from kpitree.data.cube.cube import Cube, CubeRequest, read_cube
from kpitree.errors import KpiTreeError
from kpitree.tree.model import Lookup, Source

ONE, TWO = date(2026, 1, 1), date(2026, 1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """files: by name, a text or the columns of a Parquet file."""

    ending: str
    files: Mapping[str, str | dict[str, list[Any]]]
    measures: tuple[str, ...] = ("count()",)
    request: dict[str, Any] = field(default_factory=dict)
    looked_up: str = ""

    def write(self, folder: Path, name: str) -> None:
        path, content = folder / f"{name}{self.ending}", self.files[name]
        if isinstance(content, str):
            path.write_text(content)
        else:
            pl.DataFrame(content).write_parquet(path)

    def asked(self, folder: Path) -> CubeRequest:
        return request_of(folder, self.ending, self.measures, **_copied(self.request))


def _copied(request: dict[str, Any]) -> dict[str, Any]:
    return {key: dict(of) if isinstance(of, dict) else of for key, of in request.items()}


IN_NEW_YORK = {"timezone": "America/New_York", "source": {"time_zone": "UTC"}}
BY_KIND = {"dimensions": ("kind",)}

CASES = {
    "numbers and texts": Case(
        ending=".parquet",
        files={
            "1": {"day": [ONE], "kind": ["x"]},
            "2": {"day": [TWO], "kind": [7]},
            "3": {"day": [TWO], "kind": [8]},
        },
        measures=("count()", "count(where=kind == '7')"),
    ),
    "numbers and texts of a dimension": Case(
        ending=".parquet",
        files={"1": {"day": [ONE], "kind": ["007"]}, "2": {"day": [TWO], "kind": [7]}},
        request=BY_KIND,
    ),
    "numbers and texts that are looked up": Case(
        ending=".parquet",
        files={"1": {"day": [ONE], "kind": ["x"]}, "2": {"day": [TWO], "kind": [7]}},
        measures=("count(names.long)",),
        looked_up="kind,long\n007,Seven\n",
    ),
    "whole numbers and others": Case(
        ending=".parquet",
        files={
            "1": {"day": [ONE], "amount": [0.5]},
            "2": {"day": [TWO], "amount": [2**53 + 1]},
        },
        measures=("sum(amount)", "count(where=amount == 9007199254740992)"),
    ),
    "dates and points in time": Case(
        ending=".parquet",
        files={
            "1": {"day": [ONE], "amount": [1.0]},
            "2": {"day": [datetime(2026, 1, 2, 3)], "amount": [2.0]},
            "3": {"day": [TWO], "amount": [4.0]},
        },
        measures=("sum(amount)",),
        request={"timezone": "America/New_York"},
    ),
    "texts of several forms": Case(
        ending=".csv",
        files={
            "1": "day,amount\n2026-01-01,1\n",
            "2": "day,amount\n2026-01-02T03:00:00,2\n",
            "3": "day,amount\n2026-01-04T23:30:00Z,4\n",
        },
        measures=("sum(amount)",),
        request=IN_NEW_YORK,
    ),
    "a form that the first rows do not have": Case(
        ending=".csv",
        files={
            "1": "day,amount\n" + "2026-01-03T02:00:00,1\n" * 200,
            "2": "day,amount\n2026-01-05,2\n",
        },
        measures=("sum(amount)",),
        request=IN_NEW_YORK,
    ),
    "texts of several forms in Parquet": Case(
        ending=".parquet",
        files={"1": {"day": ["2026-01-01"]}, "2": {"day": ["2026-01-02T03:00:00"]}},
        request=IN_NEW_YORK,
    ),
    "texts that may be of a format": Case(
        ending=".csv",
        files={
            "1": "day,closed\n2026-01-01,2026-01-13\n",
            "2": "day,closed\n2026-02-01,2026-01-02\n",
            "3": "day,closed\n2026-03-01,2026-13-01\n",
        },
        measures=("count(where=closed < '2026-01-20')",),
        request={"source": {"time_format": "%Y-%d-%m"}},
    ),
    "true or false, and texts": Case(
        ending=".ndjson",
        files={
            "1": '{"day": "2026-01-01", "kind": true}\n',
            "2": '{"day": "2026-01-02", "kind": "true"}\n',
            "3": '{"day": "2026-01-02", "kind": null}\n',
        },
        measures=("count(where=kind == 'true')",),
    ),
    "true or false, and numbers": Case(
        ending=".ndjson",
        files={
            "1": '{"day": "2026-01-01", "amount": true}\n',
            "2": '{"day": "2026-01-02", "amount": 2}\n',
        },
        measures=("sum(amount)",),
    ),
    "true or false, and nothing": Case(
        ending=".csv",
        files={
            "1": "day,amount\n2026-01-01,true\n",
            "2": "day,amount\n2026-01-02,\n",
            "3": "day,amount\n2026-01-03,false\n",
        },
        measures=("count(where=amount)",),
    ),
    "columns that some lack": Case(
        ending=".csv",
        files={"1": "day,amount\n2026-01-01,1\n", "2": "day,kind\n2026-01-02,a\n"},
        measures=("sum(amount)",),
    ),
}


def answer(case: Case, folder: Path, read: Callable[[CubeRequest], Cube]) -> list[Any] | str:
    """What a question gives, also where it is an error."""
    request = case.asked(folder)
    if case.looked_up:
        request = with_names(request, case.looked_up, folder / "names.txt")
    try:
        return told(read(request))
    except KpiTreeError as error:
        return str(error)


def with_names(request: CubeRequest, names: str, path: Path) -> CubeRequest:
    if not path.exists():
        path.write_text(names)
        settle()
    table = Source(id="names", path="names.txt", location=str(path), time="")
    lookup = Lookup(name="names", rows=table, on={"kind": "kind"})
    return replace(request, source=replace(request.source, lookups={"names": lookup}))


def check(case: Case, folder: Path, store: Store) -> None:
    settle()
    fresh = answer(case, folder, read_cube)
    for _ in range(2):
        assert answer(case, folder, lambda request: kept_cube(request, store)) == fresh


@pytest.mark.parametrize("name", CASES)
def test_the_others_are_understood_as_if_it_had_never_been(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    for size in range(1, len(case.files)):
        for gone in combinations(case.files, size):
            store = Store(tmp_path / f"cache {gone}", 1 << 30)
            for file in case.files:
                case.write(tmp_path, file)
            check(case, tmp_path, store)
            for file in gone:
                (tmp_path / f"{file}{case.ending}").unlink()
            check(case, tmp_path, store)
            for file in gone:
                case.write(tmp_path, file)
                check(case, tmp_path, store)


@pytest.mark.parametrize("name", CASES)
def test_one_that_becomes_like_another(tmp_path: Path, name: str) -> None:
    """The file that decided is still there, and says something else."""
    case = CASES[name]
    store = store_at(tmp_path)
    for changed in case.files:
        for file in case.files:
            case.write(tmp_path, file)
        check(case, tmp_path, store)
        for like in case.files:
            other = tmp_path / f"{like}{case.ending}"
            (tmp_path / f"{changed}{case.ending}").write_bytes(other.read_bytes())
            check(case, tmp_path, store)


def test_files_that_are_alike_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even opened."""
    opened: list[Any] = []

    def watched(*given: Any, **named: Any) -> Any:
        opened.append(given)
        return opening.open_rows(*given, **named)

    monkeypatch.setattr(compiling, "open_rows", watched)
    store = store_at(tmp_path)
    for number in range(4):
        (tmp_path / f"{number}.csv").write_text(f"day,amount\n2026-01-0{number + 1},1\n")
    settle()
    request = request_of(tmp_path, ".csv", ["sum(amount)"])
    kept_cube(request, store)
    opened.clear()
    (tmp_path / "0.csv").unlink()
    cube = kept_cube(request, store)
    assert opened == []
    assert cube.coverage == (TWO, date(2026, 1, 4))


def test_columns_of_no_matter_are_looked_at_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the files' columns are not all alike, their heads are looked at; nothing is read."""
    case = CASES["numbers and texts of a dimension"]
    for file in case.files:
        case.write(tmp_path, file)
    settle()
    store = store_at(tmp_path)
    request = request_of(tmp_path, ".parquet", ["count()"])
    kept_cube(request, store)
    (tmp_path / "1.parquet").unlink()
    monkeypatch.setattr("kpitree.data.cache.missing.scan", None)
    assert kept_cube(request, store).coverage == (TWO, TWO)


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_counted_alone_in_another_period(tmp_path: Path, ending: str) -> None:
    """count() needs no column but the time; shares that were read for other days stand beside."""
    for number, day in enumerate((date(2026, 1, 5), date(2026, 2, 7)), 1):
        frame = pl.DataFrame({"day": [day, day], "amount": [1.0, 2.0]})
        path = tmp_path / f"{number}{ending}"
        frame.write_csv(path) if ending == ".csv" else frame.write_parquet(path)
    settle()
    store = store_at(tmp_path)
    for first, end in [(1, 2), (2, 3), (1, 3), (3, 4)]:
        days = (date(2026, first, 1), date(2026, end, 1))
        request = request_of(tmp_path, ending, ["count()"], days=days)
        for _ in range(2):
            assert told(kept_cube(request, store)) == told(read_cube(request))


def test_values_that_are_not_finite_stay_so_when_a_file_is_added(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    for number, amount in enumerate((float("inf"), 3.0, 4.0)):
        pl.DataFrame({"day": [ONE], "amount": [amount]}).write_parquet(
            tmp_path / f"{number}.parquet"
        )
        settle()
        request = request_of(tmp_path, ".parquet", ["sum(amount)", "min(amount)"])
        for _ in range(2):
            assert told(kept_cube(request, store)) == told(read_cube(request))
