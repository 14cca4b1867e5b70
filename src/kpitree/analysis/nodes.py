"""From leaves to every KPI: formulas as polars expressions, operands before what needs them."""

from collections.abc import Mapping, Sequence

import polars as pl

from kpitree.analysis.alike import formula_values
from kpitree.analysis.moments import Timeline
from kpitree.tables import MOMENT
from kpitree.tree.expressions import OVER_TIME, Call, Expr, Name, Number, calls_in
from kpitree.tree.model import Branch, Node

ROW = "row:"
BACK = "back:"


def node_values(
    leaf_values: pl.DataFrame,
    generations: Sequence[Sequence[Node]],
    constants: Mapping[str, Sequence[float | None]],
    times: Timeline,
) -> pl.DataFrame:
    """Compute every KPI of every cell.

    Args:
        leaf_values: from leaves.leaf_values: all spans of the timeline for each segment, in order.
        generations: the KPIs wanted, operands in earlier generations than what needs them.
        constants: constant KPI -> its value for each moment of the timeline.

    Returns:
        VALUES: the same rows with one more Float64 column per constant and formula, and one per
        look at other periods (looked_up_column), which Reasons reads. A formula is null wherever
        an operand is null or it has no value; never NaN or infinite. A KPI with `measured`
        beside its formula has the measured value, and is null where that is.
    """
    values = _with_constants(leaf_values, constants)
    values = _with_rows_back(values, times)
    over_time = OverTime(times)
    for generation in generations:
        branches = [kpi for kpi in generation if isinstance(kpi, Branch)]
        looks = {
            looked_up_column(call): _finite(over_time.expression(call))
            for kpi in branches
            for call in calls_in(kpi.formula)
            if call.name in OVER_TIME
        }
        values = values.with_columns(**looks) if looks else values
        formulas = {kpi.id: _formula(kpi) for kpi in branches}
        values = values.hstack(formula_values(values, formulas, looked_up_column))
    return values.drop(name for name in values.columns if name.startswith((ROW, BACK)))


def _formula(kpi: Branch) -> Expr:
    return kpi.formula if kpi.measured is None else Name(kpi.measured.id)


def looked_up_column(call: Call) -> str:
    """The column of VALUES that holds what prev(x, n) and its kin give."""
    kpi = call.args[0]
    assert isinstance(kpi, Name)  # checks.over_time_takes_a_kpi
    return f"{call.name}:{kpi.id}:{periods(call)}"


def _finite(value: pl.Expr) -> pl.Expr:
    return pl.when(value.is_finite()).then(value)


def _with_constants(
    values: pl.DataFrame, constants: Mapping[str, Sequence[float | None]]
) -> pl.DataFrame:
    if not constants:
        return values
    count = len(next(iter(constants.values())))
    schema = {MOMENT: pl.Int32, **dict.fromkeys(constants, pl.Float64)}
    by_span = pl.DataFrame({MOMENT: range(count), **constants}, schema=schema)
    return values.join(by_span, on=MOMENT, how="left", maintain_order="left")


def _with_rows_back(values: pl.DataFrame, times: Timeline) -> pl.DataFrame:
    """Row numbers of the cell n periods earlier in the same segment, null where there is none."""
    if not times.back and not any(times.year_to_date):
        return values
    count = len(times.moments)
    steps = {f"{BACK}{n}": places for n, places in times.back.items()}
    longest = max(map(len, times.year_to_date))
    for k in range(longest):
        steps[f"{BACK}year{k}"] = tuple(
            earlier[k] if k < len(earlier) else None for earlier in times.year_to_date
        )
    schema = {MOMENT: pl.Int32, **dict.fromkeys(steps, pl.Int64)}
    by_span = pl.DataFrame({MOMENT: range(count), **steps}, schema=schema)
    joined = values.join(by_span, on=MOMENT, how="left", maintain_order="left").with_row_index(ROW)
    segment_start = (pl.col(ROW).cast(pl.Int64) // count) * count
    return joined.with_columns((segment_start + pl.col(name)).alias(name) for name in steps)


class OverTime:
    """prev, rolling_sum, rolling_mean and year_to_date as look-ups of earlier cells."""

    def __init__(self, times: Timeline) -> None:
        self.longest_year = max(map(len, times.year_to_date), default=0)

    def expression(self, call: Call) -> pl.Expr:
        """A value is null where any period it needs is missing or null."""
        kpi = call.args[0]
        assert isinstance(kpi, Name)  # checks.over_time_takes_a_kpi
        match call.name:
            case "prev":
                return self.earlier(kpi.id, periods(call))
            case "rolling_sum":
                return self.window(kpi.id, periods(call))
            case "rolling_mean":
                return self.window(kpi.id, periods(call)) / periods(call)
            case _:
                return self.so_far_this_year(kpi.id)

    def earlier(self, kpi: str, n: int) -> pl.Expr:
        return pl.col(kpi).gather(pl.col(f"{BACK}{n}"))

    def window(self, kpi: str, n: int) -> pl.Expr:
        terms = [pl.col(kpi), *(self.earlier(kpi, back) for back in range(1, n))]
        return pl.sum_horizontal(terms, ignore_nulls=False)

    def so_far_this_year(self, kpi: str) -> pl.Expr:
        """This period and the earlier ones of its year; years have fewer of them early on."""
        terms = [
            pl.when(pl.col(f"{BACK}year{k}").is_null())
            .then(0.0)
            .otherwise(pl.col(kpi).gather(pl.col(f"{BACK}year{k}")))
            for k in range(self.longest_year)
        ]
        return pl.sum_horizontal([pl.col(kpi), *terms], ignore_nulls=False)


def periods(call: Call) -> int:
    """The n of prev(x, n), rolling_sum(x, n) and rolling_mean(x, n); 1 for prev(x)."""
    n = call.args[1] if len(call.args) > 1 else Number(1.0)
    assert isinstance(n, Number)  # parsing._Reader.whole_numbers
    return int(n.value)


def looked_back(calls: Sequence[Call]) -> frozenset[int]:
    """The numbers of periods that these over-time calls look back by."""
    steps: set[int] = set()
    for call in calls:
        match call.name:
            case "prev":
                steps.add(periods(call))
            case "rolling_sum" | "rolling_mean":
                steps.update(range(1, periods(call)))
    return frozenset(steps)
