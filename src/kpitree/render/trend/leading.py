"""What is said of a KPI that is believed to lead another.

Deals opened leads Deals by 1 month: the correlation of their relative changes per day is 0.71 (0.30
to 0.90; 22 pairs).
"""

from typing import Final

from kpitree.analysis.lead import CANNOT_BE_TOLD, MOST_LAGS, NOT_SEEN, TOGETHER, Lag, Lead, Taken
from kpitree.analysis.results.trend import Trend
from kpitree.numbers import Numbers
from kpitree.render.style import Style
from kpitree.render.words import visible

HOW: Final = (
    f"leads: rank correlation of the changes, the leader's 0 to {MOST_LAGS} periods earlier;"
    " in brackets bounds of 95 % for all of these lags together"
)
SEASON: Final = "a season that both share can look like this, too"


def sentence(found: Lead, trend: Trend, style: Style) -> str:
    """Whether it does lead, with the correlation that says so."""
    kpis = trend.tree.kpis
    leader, follower = visible(kpis[found.kpi].label), visible(kpis[found.follower].label)
    if found.verdict == CANNOT_BE_TOLD:
        reason = visible(found.reason or "too little is known")
        return f"Whether {leader} leads {follower} cannot be told: {reason}."
    if found.verdict == NOT_SEEN or found.at is None:
        nearest = max(found.lags, key=lambda lag: abs(lag.correlation or 0.0))
        told = (
            f"the strongest correlation of {_changes(found, trend)} is {_figures(nearest, style)}"
        )
        return (
            f"That {leader} leads {follower} is not seen: {told}"
            f" at {_periods(nearest.lag, trend)}, which chance can give."
        )
    opposite = (found.at.correlation or 0.0) < 0
    what = f"the correlation of {_changes(found, trend)} is {_figures(found.at, style)}; {SEASON}"
    if found.verdict == TOGETHER:
        how = "against" if opposite else "together with"
        return f"{leader} moves {how} {follower}, in the same {trend.grain.value}: {what}."
    way = ", the other way round" if opposite else ""
    return f"{leader} leads {follower} by {_periods(found.at.lag, trend)}{way}: {what}."


def _changes(found: Lead, trend: Trend) -> str:
    """Of both, with how they are taken."""
    leader, follower = found.taken
    if leader == follower:
        return f"their {_kind(leader)}"
    kpis = trend.tree.kpis
    names = (visible(kpis[kpi].label) for kpi in (found.kpi, found.follower))
    return " with ".join(
        f"the {_kind(taken)} of {name}" for taken, name in zip(found.taken, names, strict=True)
    )


def _kind(taken: Taken) -> str:
    return f"{'relative ' if taken.relative else ''}changes{' per day' if taken.per_day else ''}"


def _periods(count: int, trend: Trend) -> str:
    return f"{count} {trend.grain.value}{'' if count == 1 else 's'}"


def _figures(lag: Lag, style: Style) -> str:
    numbers = Numbers(unit="number", decimals=2, ascii=style.ascii)
    bounds = f"{numbers.value(lag.lower)} to {numbers.value(lag.upper)}"
    return f"{numbers.value(lag.correlation)} ({bounds}; {lag.n} pairs)"
