"""Evaluations told signal from noise: process limits beside each value, and what they say of it."""

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from kpitree.analysis.signal import Reading, baselines, readings
from kpitree.calendar import Calendar
from kpitree.tables import LIMITS, SEGMENT
from kpitree.tree.model import Node


def judged(
    history: pl.DataFrame,
    kpis: Mapping[str, Node],
    calendar: Calendar,
    shown: Iterable[str],
    *,
    median: bool = False,
) -> pl.DataFrame:
    """What each value of the periods shown says, by those before it (signal.readings).

    Args:
        history: HISTORY, oldest first in each KPI x segment; its dimension columns are kept.
        kpis: KPI -> itself, for the baselines it names.
        shown: labels of the periods wanted.
        median: limits around the median.

    Returns:
        kpi, dimension columns, period, and LIMITS: centre, lower, upper in the KPI's unit, all
        null where the history is too short; rule null for noise, too.
    """
    key = ["kpi", *(name for name in history.columns if name.startswith(SEGMENT))]
    wanted = set(shown)
    starts = history.group_by("kpi", maintain_order=True).agg(pl.col("start").unique().sort())
    anew = {
        kpi: baselines(kpis[kpi].rebaseline, days, calendar)
        for kpi, days in starts.iter_rows()
        if kpis[kpi].rebaseline
    }
    series = history.group_by(key, maintain_order=True).agg("period", "value")
    rows = [
        (*of, period, *(said.limits or (None, None, None)), said.rule)
        for *of, periods, values in series.iter_rows()
        for period, said in _of_one(periods, values, anew.get(of[0], ()), wanted, median=median)
    ]
    schema = {**dict.fromkeys(key, pl.String), "period": pl.String, **LIMITS}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _of_one(
    periods: list[str],
    values: list[float | None],
    anew: tuple[int, ...],
    wanted: set[str],
    *,
    median: bool,
) -> Iterator[tuple[str, Reading]]:
    places = [at for at, period in enumerate(periods) if period in wanted]
    if places:
        said = readings(values, anew, median=median, since=places[0])
        yield from ((periods[at], said[at]) for at in places)


def with_limits(kpis: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """KPIS with the columns of LIMITS. found: of judged(), for the same dimensions."""
    return _beside(kpis, found)


def with_signals(comparisons: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """COMPARISONS with `signal`: whether the value compared is a signal or noise.

    Null where the history is too short to tell, and where there is nothing to compare with.
    """
    told = pl.when(pl.col("rule").is_null()).then(pl.lit("noise")).otherwise(pl.lit("signal"))
    known = pl.col("reason").is_null() & pl.col("centre").is_not_null()
    beside = _beside(comparisons, found).with_columns(signal=pl.when(known).then(told))
    return beside.select(comparisons.columns)


def _beside(rows: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    key = [name for name in found.columns if name not in LIMITS]
    return rows.join(found, on=key, how="left", nulls_equal=True, maintain_order="left")
