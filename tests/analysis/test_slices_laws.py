"""Laws of every search, whatever the numbers."""

import itertools
import math

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.slicing import RATE, TOTAL, cuts_of, searched, told, whole_of
from kpitree.analysis.slices import most_telling
from kpitree.analysis.slices.cuts import candidates
from kpitree.tables import SEGMENT

amounts = st.floats(0.01, 1e6) | st.just(0.0)
signed = st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-3)
VALUES = {"a": "xyz", "b": "uvw", "c": "kl"}
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def kpis(
    draw: st.DrawFn, figures: tuple[str, ...] = TOTAL, values: st.SearchStrategy[float] = amounts
) -> pl.DataFrame:
    """Some of the cells of three dimensions, with any figures."""
    cells = list(itertools.product(*VALUES.values()))
    kept = draw(st.lists(st.sampled_from(cells), min_size=2, max_size=18, unique=True))
    rows = [
        dict(zip(VALUES, cell, strict=True)) | {name: draw(values) for name in figures}
        for cell in kept
    ]
    return pl.DataFrame(rows)


def rates() -> st.SearchStrategy[pl.DataFrame]:
    return kpis(RATE, st.floats(0.01, 1e6))


def gross(rows: pl.DataFrame) -> float:
    return float(rows["line"].abs().sum())


@few
@given(rows=kpis() | kpis(values=signed) | rates(), noise=st.booleans(), top=st.integers(1, 6))
def test_lines_add_up_to_the_change(rows: pl.DataFrame, noise: bool, top: int) -> None:
    whole = whole_of(rows)
    found = searched(rows, noise=noise, top=top)
    change = whole.after - whole.before
    largest = max(abs(whole.before), abs(whole.after), gross(found))
    assert math.fsum(found["line"]) == pytest.approx(change, rel=1e-12, abs=1e-14 * largest)
    assert len(told(found)) <= top


@few
@given(rows=kpis() | kpis(values=signed) | rates())
def test_no_two_slices_share_a_row(rows: pl.DataFrame) -> None:
    slices = told(searched(rows, noise=True))
    for one, other in itertools.combinations(slices, 2):
        assert any(name in other and other[name] != value for name, value in one.items())


@few
@given(rows=kpis() | rates())
def test_sizes_are_shares(rows: pl.DataFrame) -> None:
    found = searched(rows, noise=True)
    if found["size"].null_count() == 0:
        assert found["size"].is_between(0, 1 + 1e-12).all()
        assert found["size"].sum() == pytest.approx(1)
        assert found["surprise"].is_between(0, 1).all()


@few
@given(rows=kpis())
def test_figures_of_slices_and_rest_add_up_to_the_whole(rows: pl.DataFrame) -> None:
    whole, found = whole_of(rows), searched(rows, noise=True)
    assert math.fsum(found["from"]) == pytest.approx(whole.before, rel=1e-9, abs=1e-6)
    assert math.fsum(found["to"]) == pytest.approx(whole.after, rel=1e-9, abs=1e-6)


@few
@given(rows=kpis() | kpis(values=signed) | rates(), seed=st.integers(0, 1000))
def test_the_order_of_rows_and_cuts_changes_nothing(rows: pl.DataFrame, seed: int) -> None:
    cuts, whole = cuts_of(rows), whole_of(rows)
    shuffled = [
        type(cut)(
            dimensions=cut.dimensions, frame=cut.frame.sample(fraction=1, shuffle=True, seed=seed)
        )
        for cut in cuts
    ]
    found = most_telling(cuts, whole, noise=True).rows
    again = most_telling(tuple(shuffled), whole, noise=True).rows
    assert told(found) == told(again)
    assert again["line"].to_list() == pytest.approx(found["line"].to_list(), rel=1e-9, abs=1e-6)


@few
@given(rows=kpis() | rates(), factor=st.sampled_from([0.25, 4.0, 1024.0]))
def test_another_unit_scales_the_lines_and_keeps_the_slices(
    rows: pl.DataFrame, factor: float
) -> None:
    values = [name for name in rows.columns if name in (*TOTAL, *RATE[:2])]
    scaled = rows.with_columns(pl.col(values) * factor)
    found, again = searched(rows, noise=True), searched(scaled, noise=True)
    assert told(again) == told(found)
    assert again["line"].to_list() == pytest.approx(
        [line * factor for line in found["line"]], rel=1e-9, abs=1e-6 * factor
    )
    assert again["size"].to_list() == pytest.approx(found["size"].to_list(), nan_ok=True)


@few
@given(rows=kpis())
def test_names_do_not_matter_beyond_ties(rows: pl.DataFrame) -> None:
    """Renamed dimensions and values in the same order: the same slices under the new names."""
    renamed = rows.rename({"a": "p", "b": "q", "c": "r"}).with_columns(
        pl.col("p", "q", "r").str.replace("^", "n.")
    )
    new = {"a": "p", "b": "q", "c": "r"}
    expected = [
        {new[name]: f"n.{value}" for name, value in one.items()}
        for one in told(searched(rows, noise=True))
    ]
    assert told(searched(renamed, noise=True)) == expected


@few
@given(rows=kpis(), factor=st.floats(0.1, 10))
def test_what_grows_alike_everywhere_has_no_slices(rows: pl.DataFrame, factor: float) -> None:
    alike = rows.with_columns(after=pl.col("before") * factor)
    found = searched(alike, noise=True)
    assert told(found) == []
    assert [name for name in found.columns if name.startswith(SEGMENT)]


@few
@given(rows=kpis() | rates())
def test_the_line_of_a_slice_is_the_sum_of_its_cells(rows: pl.DataFrame) -> None:
    """Whatever the cut: also of a rate, whose mix is measured from the same value everywhere."""
    found = candidates(cuts_of(rows), whole_of(rows))
    tolerance = 1e-9 * max(1.0, gross(found))
    a, b, c = (pl.col(SEGMENT + name) for name in "abc")
    alone = found.filter(a.is_not_null(), b.is_null(), c.is_null())
    cells = found.filter(a.is_not_null(), b.is_not_null())
    sums = dict(cells.group_by("segment:a").agg(pl.col("line").sum()).iter_rows())
    for value, line in alone.select("segment:a", "line").iter_rows():
        assert sums[value] == pytest.approx(line, abs=tolerance)
