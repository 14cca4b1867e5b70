"""From VALUES to the frames a reader gets: KPIS, COMPARISONS, HISTORY (described in tables.py)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import polars as pl

from kpitree.analysis.moments import Moment
from kpitree.analysis.promise import Held, Reference
from kpitree.analysis.variance import with_status, with_variance
from kpitree.tables import COMPARISONS, KPIS, MOMENT, SEGMENT

WHOLE_ONLY = "is for the whole, not for a segment"
TOO_LARGE = "the change is too large for a number"
CELL = "cell:"  # 0 for the whole, 1.. for its segments in their order
BOUNDS = {"low": pl.Float64, "high": pl.Float64}
Why = Callable[[str, Mapping[str, float | None], int], str]
TOLD: Final = {"reference": pl.Float64, "reason": pl.String, "label": pl.String}
HELD_TO: Final = {
    "target": pl.Float64,
    "target_implied": pl.Float64,
    "implied_kind": pl.String,
    "implied_by": pl.String,
    "held_to": pl.Float64,
    "target_reason": pl.String,
}


@dataclass(frozen=True, slots=True)
class View:
    """VALUES of the whole (no dimensions) or by segment; `first` numbers its first segment."""

    frame: pl.DataFrame
    dimensions: tuple[str, ...]
    first: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What every frame is about: KPIs in file order, the views, --by, and why cells are null.

    known: the cells of each span that were asked for so far (see cells).
    """

    kpis: tuple[str, ...]
    views: tuple[View, ...]
    dimensions: tuple[str, ...]
    about: pl.DataFrame
    why: Why
    known: dict[int, pl.DataFrame] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def segment_columns(self) -> list[str]:
        return [SEGMENT + dimension for dimension in self.dimensions]


def cells(asked: Asked, span: int) -> pl.DataFrame:
    """One row per cell x KPI of one span: cell, dimension columns, kpi, value, reason."""
    if span not in asked.known:  # a period may be many others' reference
        asked.known[span] = pl.concat([_cells_of(asked, view, span) for view in asked.views])
    return asked.known[span]


def _cells_of(asked: Asked, view: View, span: int) -> pl.DataFrame:
    wide = view.frame.filter(pl.col(MOMENT) == span)
    missing = [name for name in asked.segment_columns if name not in wide.columns]
    wide = wide.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)
    wide = wide.with_row_index(CELL, offset=view.first)
    long = _long(wide, asked, [CELL, *asked.segment_columns])
    return long.with_columns(_reasons(asked, wide, long, span))


def _long(wide: pl.DataFrame, asked: Asked, index: list[str]) -> pl.DataFrame:
    """One row a KPI, the columns `kpi` and `value` beside the index."""
    # A KPI may be called kpi or value, so the new columns get their names last.
    long = wide.unpivot(asked.kpis, index=index, variable_name="kpi:", value_name="value:")
    return long.rename({"kpi:": "kpi", "value:": "value"})


def _reasons(asked: Asked, wide: pl.DataFrame, long: pl.DataFrame, span: int) -> pl.Series:
    if not long["value"].null_count():
        return pl.Series("reason", [None] * long.height, pl.String)
    # Segments of a period without any data are all alike: they lack values for the same reasons.
    figures = wide.drop(CELL, *asked.segment_columns)
    first_like: dict[tuple[object, ...], int] = {}
    alike = {
        cell: first_like.setdefault(row, at)
        for at, (cell, row) in enumerate(zip(wide[CELL], figures.iter_rows(), strict=True))
    }
    rows = wide.rows(named=True)
    why = cache(lambda kpi, at: asked.why(kpi, rows[at], span))
    found = (
        why(kpi, alike[cell]) if value is None else None
        for cell, kpi, value in long.select(CELL, "kpi", "value").iter_rows()
    )
    return pl.Series("reason", list(found), pl.String)


def kpi_frame(asked: Asked, shown: Sequence[tuple[int, str, Held]]) -> pl.DataFrame:
    """KPIS. shown: span, period label and targets of each period shown, oldest first."""
    parts = [
        _with_targets(cells(asked, span), asked, held).with_columns(
            period=pl.lit(label), order=pl.lit(at)
        )
        for at, (span, label, held) in enumerate(shown)
    ]
    return _in_order(pl.concat(parts), asked, [CELL, "order"]).select(
        "kpi", *asked.segment_columns, *list(KPIS)[1:]
    )


def _with_targets(rows: pl.DataFrame, asked: Asked, held: Held) -> pl.DataFrame:
    targets = pl.DataFrame(
        [
            row
            for cell, of in _held_by_cell(rows, asked, held).items()
            for row in _targets(asked.kpis, cell, of)
        ],
        schema={"kpi": pl.String, CELL: pl.get_index_type(), **HELD_TO},
        orient="row",
    )
    joined = rows.join(targets, on=["kpi", CELL], how="left", maintain_order="left")
    return with_status(_with_range(joined, held), asked.about).drop(*BOUNDS)


def _targets(
    kpis: Iterable[str], cell: int, held: Held
) -> Iterator[tuple[str, int, *tuple[float | str | None, ...]]]:
    """The columns of HELD_TO, of the KPIs of which there is anything to say."""
    for kpi in kpis:
        own, implied, reason = held.own.get(kpi), held.implied.get(kpi), held.reasons.get(kpi)
        if own is None and implied is None and reason is None:
            continue
        kind, by = (None, None) if own is not None else held.implied_from(kpi) or (None, None)
        yield kpi, cell, own, implied, kind, by, held.promise(kpi), reason


def _held_by_cell(rows: pl.DataFrame, asked: Asked, held: Held) -> dict[int, Held]:
    """The whole, and the segments that have targets."""
    if not held.segments:
        return {0: held}
    return {0: held} | {
        cell: held.segments[segment]
        for cell, segment in _segments(rows, asked).items()
        if segment in held.segments
    }


def _segments(rows: pl.DataFrame, asked: Asked) -> dict[int, tuple[str, ...]]:
    """Cell -> its segment, without the whole."""
    cells_of = rows.select(CELL, *asked.segment_columns).unique(CELL, maintain_order=True)
    return {row[0]: row[1:] for row in cells_of.iter_rows() if row[0] != 0}


def _with_range(rows: pl.DataFrame, held: Held) -> pl.DataFrame:
    """Add low and high: as targets, good ranges are about the whole."""
    bounds = [(kpi, 0, low, high) for kpi, (low, high) in held.ranges.items()]
    schema = {"kpi": pl.String, CELL: pl.get_index_type(), **BOUNDS}
    ranges = pl.DataFrame(bounds, schema=schema, orient="row")
    return rows.join(ranges, on=["kpi", CELL], how="left", maintain_order="left")


def comparison_frame(
    asked: Asked,
    shown: Sequence[tuple[int, str, Held, Sequence[Reference]]],
) -> pl.DataFrame:
    """COMPARISONS. shown: span, label, targets and references of each period, oldest first.

    signal is null everywhere: judged.with_signals tells it.
    """
    parts = [
        _compared(asked, span, held, reference).with_columns(
            period=pl.lit(label), order=pl.lit(at), rank=pl.lit(rank)
        )
        for at, (span, label, held, references) in enumerate(shown)
        for rank, reference in enumerate(references)
    ]
    if not parts:
        names = ["kpi", *asked.segment_columns, *list(COMPARISONS)[1:]]
        kinds = dict.fromkeys(asked.segment_columns, pl.String) | COMPARISONS
        return pl.DataFrame(schema={name: kinds[name] for name in names})
    rows = _in_order(pl.concat(parts), asked, [CELL, "order", "rank"])
    return rows.with_columns(signal=pl.lit(None, pl.String)).select(
        "kpi", *asked.segment_columns, *list(COMPARISONS)[1:]
    )


def _compared(
    asked: Asked,
    span: int,
    held: Held,
    reference: Reference,
) -> pl.DataFrame:
    actual = cells(asked, span)
    if reference.span is not None:
        other = cells(asked, reference.span)
        found = other.select(
            reference=pl.col("value"), reason=pl.col("reason"), label=pl.lit(reference.label)
        )
    else:
        found = _promised(actual, asked, reference)
    pairs = actual.rename({"reason": "own_reason"}).hstack(found)
    pairs = with_variance(_with_range(pairs, held), asked.about).drop(*BOUNDS)
    compared = pl.col("value").is_not_null() & pl.col("reference").is_not_null()
    reason = pl.coalesce(
        pl.col("reason"),
        pl.col("own_reason"),
        pl.when(compared & pl.col("change").is_null()).then(pl.lit(TOO_LARGE)),
    )
    return pairs.with_columns(vs=pl.lit(reference.vs), reason=reason).drop("own_reason")


def _promised(actual: pl.DataFrame, asked: Asked, reference: Reference) -> pl.DataFrame:
    """References that nobody measured: of the whole, and of the segments that have one."""
    segments = _segments(actual, asked) if reference.segments else {}
    of_cells = {0: reference} | {
        cell: reference.segments[segment]
        for cell, segment in segments.items()
        if segment in reference.segments
    }
    own = pl.concat(
        _told_of(of, reference, asked, whole=cell == 0).with_columns(
            pl.lit(cell, pl.get_index_type()).alias(CELL), pl.lit(value=True).alias("own")
        )
        for cell, of in of_cells.items()
    )
    found = actual.select("kpi", CELL).join(
        own, on=["kpi", CELL], how="left", maintain_order="left"
    )
    if found["own"].null_count():
        others = _told_of(None, reference, asked, whole=False)
        beside = others.rename({name: f"{name}:" for name in TOLD})
        found = found.join(beside, on="kpi", how="left", maintain_order="left").with_columns(
            pl.when("own").then(name).otherwise(f"{name}:").alias(name) for name in TOLD
        )
    return found.select(*TOLD)


def _told_of(
    of: Reference | None, reference: Reference, asked: Asked, *, whole: bool
) -> pl.DataFrame:
    """What _told() says of every KPI: `kpi` and the columns of TOLD."""
    values, reasons, labels = zip(
        *(_told(of, reference, kpi, whole=whole) for kpi in asked.kpis), strict=True
    )
    return pl.DataFrame(
        {"kpi": asked.kpis, "reference": values, "reason": reasons, "label": labels},
        schema={"kpi": pl.String, **TOLD},
    )


def _told(
    of: Reference | None, reference: Reference, kpi: str, *, whole: bool
) -> tuple[float | None, str | None, str]:
    """A KPI's reference, or why there is none, and what it is called. of: that of its cell."""
    value = None if of is None else (of.values or {}).get(kpi)
    label = ((reference if of is None else of).labels or {}).get(kpi, reference.label)
    why = None if of is None else (of.reasons or {}).get(kpi)
    if not whole:
        why = why or _why_no_segment(reference, kpi)
    reason = None if value is not None else why or reference.reason or f"no {reference.vs}"
    return value, reason, label


def _why_no_segment(reference: Reference, kpi: str) -> str | None:
    if kpi in reference.unsplit:
        return reference.unsplit[kpi]
    if (reference.values or {}).get(kpi) is None:
        return None
    return f"the {reference.vs} {WHOLE_ONLY}"


def history_frame(asked: Asked, spans: Sequence[tuple[int, Moment]]) -> pl.DataFrame:
    """HISTORY, with `cell` beside its own columns. spans: whole periods, oldest first."""
    moments = pl.DataFrame(
        [
            (span, at, moment.period.label, moment.period.start)
            for at, (span, moment) in enumerate(spans)
        ],
        schema={MOMENT: pl.Int32, "order": pl.Int32, "period": pl.String, "start": pl.Date},
        orient="row",
    )
    parts = [_history(asked, view, moments) for view in asked.views]
    names = ["kpi", *asked.segment_columns, "period", "start", "value", CELL]
    return _in_order(pl.concat(parts), asked, [CELL, "order"]).select(names)


def _history(asked: Asked, view: View, moments: pl.DataFrame) -> pl.DataFrame:
    """All values of a view in the moments given, long; history is drawn, not explained."""
    spans = view.frame[MOMENT].n_unique()
    missing = [name for name in asked.segment_columns if name not in view.frame.columns]
    wide = view.frame.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)
    wide = wide.with_row_index(CELL).with_columns(pl.col(CELL) // spans + view.first)
    wide = wide.filter(pl.col(MOMENT).is_in(moments[MOMENT].to_list()))
    long = _long(wide, asked, [CELL, *asked.segment_columns, MOMENT])
    return long.join(moments, on=MOMENT, how="left", maintain_order="left")


def _in_order(rows: pl.DataFrame, asked: Asked, then: list[str]) -> pl.DataFrame:
    """In the order of the tree file, the whole before its segments."""
    place = {kpi: at for at, kpi in enumerate(asked.kpis)}
    order = pl.col("kpi").replace_strict(place, return_dtype=pl.Int64)
    return rows.sort(order, *then, maintain_order=True)
