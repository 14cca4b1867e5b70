"""What the tests of the data rooms share: parts from a measure's text, and cubes from a file."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.cubes import part_of, source_of
from kpitree.calendar import Calendar, Grain, Span
from kpitree.data.cube.cube import Cube, CubeRequest, read_cube

ReadCube = Callable[..., Cube]
Value = Callable[..., Any]


@pytest.fixture(scope="session")
def read() -> ReadCube:
    """read(path, measures, ...) -> Cube whose parts are named by the measures' own text.

    measures: texts, or (text, time column). dimensions: names of columns. keys: of the source.
    """

    def read_it(
        path: Path, measures: list[str | tuple[str, str]], /, *, dimensions: tuple[str, ...] = (),
        request: dict[str, Any] | None = None, **keys: Any,
    ) -> Cube:  # fmt: skip
        source = source_of(path, dimensions={name: name for name in dimensions}, **keys)
        placed = [(m, source.time) if isinstance(m, str) else m for m in measures]
        return read_cube(
            CubeRequest(
                source=source,
                parts={part_of(text, time): text for text, time in placed},
                dimensions=dimensions,
                **(request or {}),
            )
        )

    return read_it


@pytest.fixture(scope="session")
def value(read: ReadCube) -> Value:
    """value(path, measure, ...) -> that measure over all rows with a date."""

    def value_of(path: Path, measure: str, /, **keys: Any) -> Any:
        cube = read(path, [measure], **keys)
        whole = cube.roll_up([Span(date(1, 1, 1), date(9999, 1, 1), "all")])
        return whole[measure].item() if whole.height else "no rows"

    return value_of


@pytest.fixture(scope="session")
def months() -> Callable[[int, int], list[Span]]:
    """months(year, n): the first n months from January of a year."""

    def months_of(year: int, count: int) -> list[Span]:
        first = Calendar().period_of(date(year, 1, 1), Grain.MONTH)
        return [Calendar().shift(first, n) for n in range(count)]

    return months_of


@pytest.fixture
def csv(tmp_path: Path) -> Callable[[str], Path]:
    """csv(text) -> a file data.csv that holds it."""

    def write(text: str) -> Path:
        path = tmp_path / "data.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def parquet(tmp_path: Path) -> Callable[[dict[str, Any]], Path]:
    """parquet(columns) -> a file data.parquet that holds them."""

    def write(columns: dict[str, Any]) -> Path:
        path = tmp_path / "data.parquet"
        pl.DataFrame(columns).write_parquet(path)
        return path

    return write
