"""Files that change, questions about them, and cubes in a form that can be compared."""

import time
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from data.cubes import condition, part_of, source_of
from kpitree.calendar import Grain, Span
from kpitree.data.cache.store import Store
from kpitree.data.cube.cube import Cube, CubeRequest

DAY = date(2026, 1, 1)
ADDITIVE = ("count()", "sum(amount)", "mean(amount)", "min(amount)", "max(amount)", "first(amount)",
            "last(amount)", "count(where=kind == 'a')")  # fmt: skip
OTHER = ("n_unique(kind)", "median(amount)")
Row = tuple[date | None, float | None, str | None]


def settle() -> None:
    """Wait until a change would show in a file's times."""
    time.sleep(0.025)


def write(path: Path, rows: Sequence[Row]) -> None:
    """A file in place of the one that may be there."""
    new = path.with_name(f".new{path.suffix}")
    columns = {"day": pl.Date, "amount": pl.Float64, "kind": pl.String}
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    if path.suffix == ".csv":
        frame.write_csv(new)
    elif path.suffix == ".ndjson":
        frame.write_ndjson(new)
    else:
        frame.write_parquet(new)
    new.replace(path)


def request_of(folder: Path, ending: str, measures: Iterable[str], **keys: Any) -> CubeRequest:
    """About all files with an ending; keys: of the request or, with `source`, of the source."""
    of_source = {"dimensions": {"kind": "kind"}} | keys.pop("source", {})
    source = source_of(folder / f"*{ending}", **of_source)
    keys["where"] = condition(keys.get("where"))
    parts = {part_of(text, "day"): text for text in measures}
    return CubeRequest(source=source, parts=parts, **keys)


def told(cube: Cube, spans: Sequence[Span] | None = None) -> list[Any]:
    """All that a cube tells: coverage, notices, and figures for spans and segments."""
    first, end = cube.request.days or (DAY - timedelta(days=2), DAY + timedelta(days=70))
    if spans is None:
        inner = first + timedelta(days=1), end - timedelta(days=1)
        spans = [Span(first, end, "all"), Span(*inner, "some")]
    frames = [cube.roll_up(spans, by) for by in dict.fromkeys([(), cube.request.dimensions])]
    return [cube.coverage, cube.notices, [frame.to_dicts() for frame in frames]]


def month(number: int) -> Span:
    start = date(2026, number, 1)
    return Span(start, date(2026, number + 1, 1), f"2026-{number:02}", Grain.MONTH)


def store_at(folder: Path, bound: int = 1 << 30) -> Store:
    return Store(folder / "cache", bound)


def entries(store: Store) -> list[Path]:
    return [held.path for held in store.held() if held.finished]
