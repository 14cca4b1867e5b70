"""Rate and mix of real data against figures computed without kpitree (tests/expected/*.json).

Their mix is centred halfway between the ratio's two values.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analysis.splitting import attribution_of, line_of
from kpitree.analysis.segments import InSegments, Ratio, parts_needed, shape_of, split
from kpitree.analysis.segments.effects import Centre, Convention
from kpitree.tables import SEGMENT
from kpitree.tree.measures import Part
from kpitree.tree.read import load_tree

ROOT = Path(__file__).parents[2]
ROUNDING = 1e-9  # figures are given to 12 digits

PIZZAS = pl.read_csv(ROOT / "sample_data/pizzaplace/pizzaplace.csv", try_parse_dates=True)
PIZZAS = PIZZAS.with_columns(
    pl.when(pl.col("time").cast(pl.String) < "16:00:00")
    .then(pl.lit("lunch"))
    .otherwise(pl.lit("evening"))
    .alias("daypart")
)
FLIGHTS = pl.read_parquet(ROOT / "sample_data/nyc_flights/flights_2013q4.parquet")
# The parts of each ratio, above and below, as rows give them.
RATIOS = {
    "average_price": (pl.col("price").sum(), pl.col("price").count()),
    "on_time_rate": ((pl.col("arr_delay") < 15).sum(), pl.col("arr_delay").count()),
    "cancel_rate": (pl.col("dep_time").is_null().sum(), pl.len()),
    "average_delay": (pl.col("arr_delay").sum(), pl.col("arr_delay").count()),
}


def cases() -> Iterator[Any]:
    for name in ("pizzaplace", "nyc_flights"):
        facts = json.loads((ROOT / f"tests/expected/{name}.json").read_text("utf-8"))
        for dataset in ("month", "quarter", "month_by_flight_date"):
            for change in facts.get(dataset, {}).get("changes", ()):
                for dimension, by_driver in change["rate_and_mix"].items():
                    for driver, truth in by_driver.items():
                        case = (name, change["from"], change["to"], dimension, driver, truth)
                        yield pytest.param(*case, id="-".join(case[:5]))


def within(name: str, period: str) -> pl.DataFrame:
    rows, day = (PIZZAS, "date") if name == "pizzaplace" else (FLIGHTS, "flight_date")
    year, part = period.split("-")
    quarter = pl.col(day).dt.quarter() == int(part[1:]) if part[0] == "Q" else None
    month = pl.col(day).dt.month() == int(part) if quarter is None else quarter
    return rows.filter(pl.col(day).dt.year() == int(year), month)


def figures(rows: pl.DataFrame, driver: str, dimension: str) -> InSegments:
    above, below = (
        part.cast(pl.Float64).alias(at) for part, at in zip(RATIOS[driver], "01", strict=True)
    )
    segment = pl.col(dimension).cast(pl.String).alias(SEGMENT + dimension)
    by_segment = rows.group_by(segment).agg(above, below)
    return InSegments(frame=by_segment, whole=rows.select(above, below).row(0, named=True))


def columns(shape: Ratio) -> dict[tuple[str, Part], str]:
    [above], [below] = shape.above, shape.below
    return {above: "0", below: "1"}


@pytest.mark.parametrize(("name", "before", "after", "dimension", "driver", "truth"), list(cases()))
def test_rate_and_mix(
    name: str, before: str, after: str, dimension: str, driver: str, truth: dict[str, Any]
) -> None:
    tree = load_tree(ROOT / f"trees/{'pizza' if name == 'pizzaplace' else 'flights'}.toml")
    shape = shape_of(tree, driver, [dimension])
    assert isinstance(shape, Ratio)
    assert len(parts_needed([shape])) == 1
    states = [figures(within(name, period), driver, dimension) for period in (before, after)]
    ends = [state.whole["0"] / state.whole["1"] for state in states]  # type: ignore[operator]
    line = line_of(driver, *ends)
    found = split(
        replace(attribution_of([line], {driver: 1.0}), from_label=before, to_label=after),
        {driver: shape},
        *states,
        columns=columns(shape),
        dimensions=[dimension],
        convention=Convention(centre=Centre.ENDS),
    )
    segment = SEGMENT + dimension
    lines = {(row[segment], row["effect"]): row for row in found.iter_rows(named=True)}
    scale = max(abs(row["line"]) for row in lines.values())
    assert {name for name, _ in lines} == set(truth["segments"])
    for name_, one in truth["segments"].items():
        rate, mix = lines[name_, "rate"], lines[name_, "mix"]
        assert rate["line"] == pytest.approx(one["within"], rel=ROUNDING, abs=ROUNDING * scale)
        assert mix["line"] == pytest.approx(one["mix"], rel=ROUNDING, abs=ROUNDING * scale)
        assert mix["from"] == pytest.approx(one["weight_from"], rel=ROUNDING)
        assert mix["to"] == pytest.approx(one["weight_to"], rel=ROUNDING)
        # A rate carried to where the segment is not is null in the lines.
        assert rate["from"] in (None, pytest.approx(one["rate_from"], rel=ROUNDING))
        assert rate["to"] in (None, pytest.approx(one["rate_to"], rel=ROUNDING))
    for effect, total in (("rate", "within_total"), ("mix", "mix_total")):
        found_total = sum(row["line"] for (_, one), row in lines.items() if one == effect)
        assert found_total == pytest.approx(truth[total], rel=ROUNDING, abs=ROUNDING * scale)


def test_there_are_figures() -> None:
    assert len(list(cases())) == 3 * 4 + 2 * 3 * 3
