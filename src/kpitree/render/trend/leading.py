"""What is said of a KPI that is believed to lead another.

Deals opened leads Deals by 1 month: the correlation of their changes is 0.71 (0.30 to 0.90).
"""

from typing import Final

from kpitree.analysis.lead import CANNOT_BE_TOLD, MOST_LAGS, NOT_SEEN, TOGETHER, Lag, Lead
from kpitree.analysis.results.trend import Trend
from kpitree.numbers import Numbers
from kpitree.render.style import Style
from kpitree.render.words import visible

HOW: Final = (
    f"leads: correlation of the changes, the leader's 0 to {MOST_LAGS} periods earlier;"
    " in brackets bounds of 95 % for all of these lags together"
)


def sentence(found: Lead, trend: Trend, style: Style) -> str:
    """Whether it does lead, with the correlation that says so."""
    kpis = trend.tree.kpis
    leader, follower = visible(kpis[found.kpi].label), visible(kpis[found.follower].label)
    if found.verdict == CANNOT_BE_TOLD:
        reason = visible(found.reason or "too little is known")
        return f"Whether {leader} leads {follower} cannot be told: {reason}."
    if found.verdict == NOT_SEEN or found.at is None:
        nearest = max(found.lags, key=lambda lag: abs(lag.correlation or 0.0))
        told = f"the strongest correlation of their changes is {_figures(nearest, style)}"
        return (
            f"That {leader} leads {follower} is not seen: {told}"
            f" at {_periods(nearest.lag, trend)}, which chance can give."
        )
    opposite = (found.at.correlation or 0.0) < 0
    what = f"the correlation of their changes is {_figures(found.at, style)}"
    if found.verdict == TOGETHER:
        how = "against" if opposite else "together with"
        return f"{leader} moves {how} {follower}, in the same {trend.grain.value}: {what}."
    way = ", the other way round" if opposite else ""
    return f"{leader} leads {follower} by {_periods(found.at.lag, trend)}{way}: {what}."


def _periods(count: int, trend: Trend) -> str:
    return f"{count} {trend.grain.value}{'' if count == 1 else 's'}"


def _figures(lag: Lag, style: Style) -> str:
    numbers = Numbers(unit="number", decimals=2, ascii=style.ascii)
    bounds = f"{numbers.value(lag.lower)} to {numbers.value(lag.upper)}"
    return f"{numbers.value(lag.correlation)} ({bounds}; {lag.n} pairs)"
