"""A source with lookups as a tree file says it, and what is read of it."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from data.cubes import condition, part_of
from kpitree.calendar import Span
from kpitree.data.cube.cube import Cube, CubeRequest, read_cube
from kpitree.tables import SEGMENT
from kpitree.tree.read import load_tree

ALL_DAYS = Span(date(1, 1, 1), date(9999, 1, 1), "all")


def cube_of(
    folder: Path, source: str, measures: list[str | tuple[str, str]], *by: str, **request: Any
) -> Cube:
    """Read a source. source: its table of a tree file in `folder`, and those of its lookups.

    measures: texts, or (text, time column). by: dimensions. request: more of the CubeRequest.
    """
    path = folder / "tree.toml"
    path.write_text(f"{source}\n[kpi.a]\nvalue = 1\n", "utf-8")
    (read,) = load_tree(path).sources.values()
    placed = [(m, read.time) if isinstance(m, str) else m for m in measures]
    return read_cube(
        CubeRequest(
            source=read,
            parts={part_of(text, time): f"{text} {time}" for text, time in placed},
            dimensions=by,
            where=condition(request.pop("where", None)),
            **request,
        )
    )


def told(cube: Cube, code: str) -> list[str]:
    """The messages of the notices of one kind."""
    return [notice.message for notice in cube.notices if notice.code == code]


def totals(cube: Cube, *by: str) -> dict[Any, Any]:
    """The one part of a cube over all days: by segment, or the whole under ()."""
    frame = cube.roll_up([ALL_DAYS], by)
    (part,) = cube.request.parts.values()
    keys = frame.select(SEGMENT + name for name in by).rows() if by else [()] * frame.height
    values = frame[part].to_list()
    return {
        key[0] if len(key) == 1 else key: value for key, value in zip(keys, values, strict=True)
    }


def whole(cube: Cube) -> Any:
    """The one part of a cube over all rows; "no rows" where there are none."""
    return totals(cube).get((), "no rows")


def write(folder: Path, **files: str | dict[str, Any]) -> None:
    """Texts as NAME.csv, columns as NAME.parquet."""
    for name, content in files.items():
        if isinstance(content, str):
            (folder / f"{name}.csv").write_text(content, "utf-8")
        else:
            pl.DataFrame(content).write_parquet(folder / f"{name}.parquet")
