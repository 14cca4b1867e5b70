"""Where KPIs land against what is promised, how sure that is, and what the days left must bring."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from kpitree.analysis.promise import Held
from kpitree.analysis.variance import SAME, facts, gap_to, with_status
from kpitree.tables import FORECASTS
from kpitree.tree.model import Node

LEVEL: Final = 0.8  # of an interval
TAIL: Final = (1.0 - LEVEL) / 2.0
LEAST: Final = 9  # errors for an interval: with fewer, no two of them hold 80 % between them

Pair = tuple[float, float]  # where a period would have been said to land, and where it did


@dataclass(frozen=True, slots=True)
class Errors:
    """How far off the same rule was in past periods.

    relative: actual / landing - 1; otherwise actual - landing, in the KPI's unit. Smallest first.
    """

    sizes: tuple[float, ...]
    relative: bool

    def outcome(self, landing: float, error: float) -> float:
        """What a landing comes to with this error."""
        return landing * (1.0 + error) if self.relative else landing + error

    def interval(self, landing: float, least: float = -math.inf) -> Pair | None:
        """Between which values 80 % of the outcomes are expected; None with too few errors.

        least: the outcome cannot be below it.
        """
        if len(self.sizes) < LEAST:
            return None
        ends = [self.outcome(landing, quantile(self.sizes, part)) for part in (TAIL, 1.0 - TAIL)]
        return max(min(ends), least), max(*ends, least)


def errors_of(pairs: Sequence[Pair], landing: float) -> Errors:
    """Errors relative to the landing where all are above 0, otherwise differences."""
    relative = landing > 0.0 and all(one > 0.0 for pair in pairs for one in pair)
    sizes = (actual / landed - 1.0 if relative else actual - landed for landed, actual in pairs)
    return Errors(tuple(sorted(sizes)), relative)


def quantile(ordered: Sequence[float], part: float) -> float:
    """The value at the place part x (n + 1), counted from 1, between two on a line.

    So the next of n + 1 errors in random order lies below it with probability `part` (Weibull;
    type 6 of Hyndman and Fan, The American Statistician 50, 1996). Places before the first and
    after the last are those.
    """
    place = part * (len(ordered) + 1) - 1.0
    nearest = round(place)
    place = float(nearest) if abs(place - nearest) < SAME * len(ordered) else place
    below = math.floor(place)
    first, last = (min(max(at, 0), len(ordered) - 1) for at in (below, below + 1))
    return ordered[first] + (ordered[last] - ordered[first]) * (place - below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is known of one KPI and the period that it is forecast for.

    horizon: period | deadline. period: its label. by: the last day that counts.
    value, reason: to date, and why there is none. landing, landing_reason: likewise.
    method: complete | course | run_rate | carried. periods: how many the course is taken from.
    grows: it adds up over time, so that it has a pace. days, days_left: gone by, and left.
    pairs: of the past periods, where they would have been said to land, and where they did.
    held, to_date: what the whole period, and its days to date, are held to.
    least: the outcome cannot be below it, as with a count what is there already; None: it can.
    """

    kpi: Node
    horizon: str
    period: str
    by: date
    value: float | None
    reason: str | None
    landing: float | None
    landing_reason: str | None
    method: str
    periods: int | None
    grows: bool
    days: int
    days_left: int
    pairs: tuple[Pair, ...]
    held: Held
    to_date: Held
    least: float | None = None


def forecast_rows(outlooks: Sequence[Outlook]) -> pl.DataFrame:
    """FORECASTS: one row an outlook, in their order."""
    rows = [_row(one) for one in outlooks]
    about = facts({one.kpi.id: one.kpi for one in outlooks}.values())
    frame = pl.DataFrame(
        rows,
        schema={
            name: kind for name, kind in FORECASTS.items() if name not in ("attainment", "status")
        },
    )
    landings = frame.select(
        "kpi",
        value="landing",
        held_to="target",
        low="range_low",
        high="range_high",
    )
    ends = frame.select("landing", "low", "high").iter_rows()
    likely = [likeliest(*row) for row in ends]
    judged = landings.with_columns(value=pl.Series(likely, dtype=pl.Float64))
    standing = [
        with_status(landings, about)["attainment"],
        with_status(judged, about)["status"],
    ]
    return frame.hstack(standing).select(*FORECASTS)


def leaning(landing: float | None, low: float | None, high: float | None) -> str | None:
    """Whether an interval lies wholly "above" or "below" a landing: the rule was usually off to
    that side. None where it holds the landing, or there is none.
    """
    if landing is None or low is None or high is None:
        return None
    if gap_to(landing, low) > 0.0:
        return "above"
    return "below" if gap_to(landing, high) < 0.0 else None


def likeliest(landing: float | None, low: float | None, high: float | None) -> float | None:
    """What a status is about: the landing, or the end of the interval nearest to it, where the
    rule was usually so far off to one side that the interval does not hold it.
    """
    match leaning(landing, low, high):
        case "above":
            return low
        case "below":
            return high
        case _:
            return landing


def _row(one: Outlook) -> Mapping[str, object]:
    kpi = one.kpi.id
    ends = one.held.ranges.get(kpi, (None, None))
    target = one.held.promise(kpi)
    goal = target if one.kpi.direction != "range" else _nearest_end(ends, one.landing)
    gap = None if one.landing is None or goal is None else gap_to(goal, one.landing)
    row: dict[str, object] = {
        "kpi": kpi,
        "horizon": one.horizon,
        "period": one.period,
        "by": one.by,
        "value": one.value,
        "reason": one.reason,
        "target": target,
        "target_label": None if target is None else one.held.label(kpi),
        "target_reason": one.held.reasons.get(kpi),
        "target_to_date": one.to_date.promise(kpi) if one.horizon == "period" else None,
        "range_low": ends[0],
        "range_high": ends[1],
        "method": one.method,
        "periods": one.periods,
        "landing": one.landing,
        "landing_reason": one.landing_reason,
        "gap": _finite(gap),
        "percent": _ratio(gap, None if goal is None else abs(goal)),
    }
    return row | _certainty(one, target, ends) | _effort(one, goal, gap)


def _nearest_end(ends: tuple[float | None, float | None], landing: float | None) -> float | None:
    """The end of a good range that a landing is beyond; inside it the landing itself."""
    low, high = ends
    if low is None or high is None or landing is None:
        return None
    return min(max(landing, low), high)


# --- how sure it is ------------------------------------------------------------------------------


def _certainty(
    one: Outlook, target: float | None, ends: tuple[float | None, float | None]
) -> dict[str, object]:
    none: dict[str, object] = {
        "low": None,
        "high": None,
        "errors": len(one.pairs),
        "interval_reason": None,
        "reached": None,
    }
    if one.landing is None:
        return none
    if one.method == "complete":
        return none | {"errors": 0, "interval_reason": "the period is complete"}
    errors = errors_of(one.pairs, one.landing)
    least = -math.inf if one.least is None else one.least
    interval = errors.interval(one.landing, least)
    if interval is None or not all(map(math.isfinite, interval)):
        return none | {"interval_reason": _too_short(len(one.pairs))}
    outcomes = [max(errors.outcome(one.landing, error), least) for error in errors.sizes]
    met = [_meets(one.kpi, outcome, target, ends) for outcome in outcomes]
    reached = None if None in met else sum(map(bool, met))
    return none | {"low": interval[0], "high": interval[1], "reached": reached}


def _too_short(count: int) -> str:
    if count >= LEAST:
        return "the interval is too wide for a number"
    periods = "1 past period" if count == 1 else f"{count or 'no'} past periods"
    return f"history too short for an interval: {periods} to judge by, {LEAST} are needed"


def _meets(
    kpi: Node, outcome: float, target: float | None, ends: tuple[float | None, float | None]
) -> bool | None:
    """Whether an outcome is what was promised; None where nothing was."""
    goal = target if kpi.direction != "range" else _nearest_end(ends, outcome)
    if goal is None:
        return None
    gap = gap_to(goal, outcome)
    match kpi.direction:
        case "range":
            return gap == 0.0
        case "down":
            return gap <= 0.0
        case _:
            return gap >= 0.0


# --- what it takes -------------------------------------------------------------------------------


def _effort(one: Outlook, goal: float | None, gap: float | None) -> dict[str, object]:
    """Paces a day, of what adds up over time; of a period that is running."""
    found: dict[str, object] = dict.fromkeys(
        ("share", "left", "pace", "expected", "needed", "ratio")
    )
    found["days_left"] = one.days_left
    value = one.value
    if not one.grows or value is None or one.horizon != "period":
        return found
    pace = value / one.days
    found |= {"pace": pace, "share": _ratio(value, one.landing)}
    rest = None if one.landing is None else _finite(gap_to(value, one.landing))
    if rest is not None and one.days_left:
        found["expected"] = rest / one.days_left
    if goal is None or (one.kpi.direction == "range" and gap == 0.0):
        return found
    left = _finite(0.0 - gap_to(goal, value))
    found["left"] = left
    if left is None or not one.days_left:
        return found
    ratio = _ratio(left, rest) if rest is not None and rest > 0.0 else None
    return found | {"needed": left / one.days_left, "ratio": ratio}


def _ratio(part: float | None, whole: float | None) -> float | None:
    if part is None or not whole:
        return None
    return _finite(part / whole)


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None
