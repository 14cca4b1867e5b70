"""Thousands of figures of few rows, sifted by condition, are those of a plain look at each."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from data.cubes import part_of, source_of
from data.test_classes import CONDITIONS, FIRST, ROWS, SCHEMA, figures
from kpitree.data.cube import classes, sifted
from kpitree.data.cube.compiling import make_plan
from kpitree.data.cube.cube import CubeRequest, read_cube


def found_by(look: str, path: Path, conditions: list[str], shared: int) -> pl.DataFrame:
    """The figures, had by sifting or plainly."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classes, "_WORTH_IT", 1_000_000)
        patch.setattr(sifted, "_MANY", 1 if look == "sifted" else 1_000_000)
        patch.setattr(sifted, "_SHARED", shared)
        return figures(path, conditions)


@settings(max_examples=60, deadline=None)
@given(
    rows=ROWS,
    conditions=st.lists(CONDITIONS, min_size=1, max_size=4, unique=True),
    shared=st.sampled_from([1, 11, 1_000]),
)
def test_sifting_gives_what_a_plain_look_gives(
    rows: list[dict[str, Any]],
    conditions: list[str],
    shared: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("sifted") / "data.parquet"
    pl.DataFrame(rows, schema=SCHEMA).write_parquet(path)
    found = {look: found_by(look, path, conditions, shared) for look in ("sifted", "plain")}
    assert_frame_equal(found["sifted"], found["plain"], rel_tol=1e-9, abs_tol=1e-12)


def request_of(path: Path, measures: list[str]) -> CubeRequest:
    parts: dict[Any, str] = {part_of(text, "day"): text for text in measures}
    return CubeRequest(source=source_of(path), parts=parts)


SOME = pl.DataFrame(
    {"day": [FIRST] * 4, "stage": ["won", "won", "lost", None], "x": [1.5, 2.5, 4.0, 8.0]}
)


def test_a_thousand_figures_of_a_small_file_are_sifted(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    SOME.write_parquet(path)
    many = [f"sum(x, where=x > {n} and stage == '{m}')" for n in range(20) for m in range(20)]

    assert make_plan(request_of(path, many)).sifted
    assert not make_plan(request_of(path, many[:100])).sifted
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sifted, "_FEW", path.stat().st_size - 1)
        assert not make_plan(request_of(path, many)).sifted


def test_what_is_sifted_is_what_fulfils_the_condition(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    SOME.write_parquet(path)
    measures = [f"sum(x, where=stage == 'won' and x > {n / 500})" for n in range(1_000)]
    cube = read_cube(request_of(path, [*measures, "sum(x)", "max(x, where=stage != 'won')"]))
    days = cube.days["day"]
    names = cube.request.atom_names("day")
    found = {
        (atom, where is None): days[name].to_list()
        for (atom, _, where), name in names.items()
        if where is None or atom == "max"
    }
    assert found[("high", True)] == [16.0]
    assert found[("max", False)] == [4.0]
    of_each = [
        days[name].item()
        for (atom, _, where), name in names.items()
        if atom == "high" and where is not None
    ]
    above = [sum(x for x in (1.5, 2.5) if x > n / 500) for n in range(1_000)]
    assert of_each == above
