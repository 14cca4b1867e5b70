"""Files that DuckDB reads, kept: never served as they were before they changed."""

import time
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from data.cubes import part_of, source_of
from kpitree.calendar import Span
from kpitree.data.cache.cubes import kept_cube
from kpitree.data.cache.store import Store
from kpitree.data.cube.cube import CubeRequest

pytest.importorskip("duckdb", reason="pip install 'kpitree[duckdb]'")

YEAR = Span(date(2026, 1, 1), date(2027, 1, 1), "2026")


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
@pytest.mark.parametrize("pause", [0.0, 0.03])
def test_a_changed_file_is_read_at_once(tmp_path: Path, ending: str, pause: float) -> None:
    store = Store(tmp_path / "cache", 1 << 30)

    def write(number: int, amount: float) -> None:
        frame = pl.DataFrame({"day": [date(2026, 1, 5)], "amount": [amount]})
        path = tmp_path / f"{number}{ending}"
        frame.write_csv(path) if ending == ".csv" else frame.write_parquet(path)

    def kept() -> float:
        source = source_of(tmp_path / f"*{ending}", engine="duckdb")
        request = CubeRequest(source=source, parts={part_of("sum(amount)", "day"): "value"})
        return float(kept_cube(request, store).roll_up([YEAR])["value"].item())

    write(1, 1.5)
    for amount in (2.5, 3.5, 4.5):  # of the same size each time
        write(2, amount)
        time.sleep(pause)
        assert [kept(), kept()] == [1.5 + amount, 1.5 + amount]
    assert any(held.finished for held in store.held()) or pause == 0.0
    (tmp_path / f"1{ending}").unlink()
    assert kept() == 4.5
