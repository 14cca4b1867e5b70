"""Delta and Iceberg tables: needs kpitree[delta] and kpitree[iceberg]."""

import os
import time
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.cubes import part_of, source_of
from kpitree.calendar import Span
from kpitree.data.cache.cubes import kept_cube
from kpitree.data.cache.store import Store
from kpitree.data.cube.cube import CubeRequest, read_cube
from kpitree.errors import SourceError

# In CI, where these libraries are, nothing is skipped.
library = import_module if os.environ.get("CI") else pytest.importorskip
library("deltalake")
MetastoreCatalog: Any = library("pyiceberg.catalog").MetastoreCatalog
FromInputFile: Any = library("pyiceberg.serializers").FromInputFile
table: Any = library("pyiceberg.table")

YEAR = Span(date(2026, 1, 1), date(2027, 1, 1), "2026")
FIRST = pl.DataFrame({"day": [date(2026, 1, 5)], "amount": [10.0], "stage": ["won"]})
NEXT = pl.DataFrame({"day": [date(2026, 1, 6)], "amount": [20.5], "stage": ["lost"]})


def value(path: Path, measure: str, **keys: Any) -> Any:
    part = part_of(measure, "day")
    cube = read_cube(CubeRequest(source=source_of(path, **keys), parts={part: "value"}))
    return cube.roll_up([YEAR])["value"].item()


def test_a_delta_table_is_read_as_it_is_now(tmp_path: Path) -> None:
    table = tmp_path / "deals"
    FIRST.write_delta(table)
    assert value(table, "sum(amount)") == 10.0
    NEXT.write_delta(table, mode="append")
    assert value(table, "sum(amount)") == 30.5
    assert value(table / "_delta_log", "sum(amount, where=stage == 'lost')") == 20.5
    FIRST.write_delta(table, mode="overwrite")  # the old files stay, and are no rows
    assert value(table, "sum(amount)") == 10.0
    with pytest.raises(SourceError, match="there is no column 'amuont'"):
        value(table, "sum(amuont)")


def test_a_new_version_of_a_delta_table_is_read_at_once(tmp_path: Path) -> None:
    """What is kept is of one version, and of no other one, however soon the next comes."""
    table, store = tmp_path / "deals", Store(tmp_path / "cache", 1 << 30)

    def kept() -> Any:
        source, part = source_of(table), part_of("sum(amount)", "day")
        cube = kept_cube(CubeRequest(source=source, parts={part: "value"}), store)
        return cube.roll_up([YEAR])["value"].item()

    FIRST.write_delta(table)
    total = 10.0
    for pause in (0.0, 0.03, 0.0, 0.03):
        time.sleep(pause)
        assert [kept(), kept()] == [total, total]
        NEXT.write_delta(table, mode="append")
        total += 20.5
        assert kept() == total
    time.sleep(0.03)
    kept()
    assert any(held.finished for held in store.held())
    FIRST.write_delta(table, mode="overwrite")
    assert kept() == 10.0


def test_texts_of_a_delta_table_are_cleaned(tmp_path: Path) -> None:
    table = tmp_path / "deals"
    FIRST.with_columns(amount=pl.lit("$1,000.50")).write_delta(table)
    assert value(table, "sum(amount)", clean={"amount": "number"}) == 1000.5
    with pytest.raises(SourceError, match="the Delta data cannot be read") as caught:
        value(table, "sum(amount)", clean={"amount": "number"}, decimal=",")
    assert caught.value.where == "deals"


def test_a_delta_table_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "deals" / "_delta_log").mkdir(parents=True)
    (tmp_path / "deals" / "_delta_log" / "00000000000000000000.json").write_text("{oops")
    with pytest.raises(SourceError) as caught:
        value(tmp_path / "deals", "count()")
    assert caught.value.where == "deals"


class OneTable(MetastoreCatalog):  # type: ignore[misc] # unknown where it is not installed
    """A catalog of one table, that keeps in mind where its newest metadata is."""

    newest: str

    def create(self, folder: Path) -> Any:
        staged = self._create_staged_table("sales.deals", FIRST.to_arrow().schema, str(folder))
        return self._kept(staged)

    def load_table(self, identifier: Any) -> Any:
        files = self._load_file_io(location=self.newest)
        metadata = FromInputFile.table_metadata(files.new_input(self.newest))
        return table.Table(identifier, metadata, self.newest, files, self)

    def commit_table(self, changed: Any, requirements: Any, updates: Any) -> Any:
        current = self.load_table(changed.name())
        staged = self._update_and_stage_table(current, changed.name(), requirements, updates)
        self._kept(staged)
        return table.CommitTableResponse(
            metadata=staged.metadata, metadata_location=staged.metadata_location
        )

    def _kept(self, staged: Any) -> Any:
        self._write_metadata(staged.metadata, staged.io, staged.metadata_location)
        self.newest = staged.metadata_location
        return self.load_table("sales.deals")


def iceberg(folder: Path) -> Any:
    OneTable.__abstractmethods__ = frozenset()  # the rest of a catalog is not asked for
    return OneTable("test").create(folder)


def test_an_iceberg_table_is_read_by_its_newest_metadata(tmp_path: Path) -> None:
    table = iceberg(tmp_path)
    table.append(FIRST.to_arrow())
    table.append(NEXT.to_arrow())
    folder = Path(table.location().removeprefix("file://"))
    assert value(folder, "sum(amount)") == 30.5
    assert value(folder, "sum(amount, where=stage == 'won')") == 10.0
    newest = Path(table.metadata_location.removeprefix("file://"))
    assert value(newest, "sum(amount)") == 30.5
    oldest = min((folder / "metadata").glob("*.metadata.json"))
    with pytest.raises(SourceError):
        value(oldest.with_name("00009-x.metadata.json"), "sum(amount)")


def test_an_iceberg_table_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "deals" / "metadata").mkdir(parents=True)
    (tmp_path / "deals" / "metadata" / "v1.metadata.json").write_text("{}")
    with pytest.raises(SourceError) as caught:
        value(tmp_path / "deals", "count()")
    assert caught.value.where == "deals"
