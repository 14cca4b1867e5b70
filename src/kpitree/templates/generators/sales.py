"""Sales: a CRM's list of deals.

Planted: partners bring deals that are hardly ever won in the last month (their best reseller left).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Final

from kpitree.templates.generators import chance

SEED: Final = 101
DEALS_A_DAY: Final = 5.2  # opened, on an average day of the first month
GROWTH_A_MONTH: Final = 0.006
LUCK_OF_A_MONTH: Final = 0.28
REGIONS: Final = {"North": 0.38, "South": 0.34, "West": 0.28}
CHANNELS: Final = {"website": 0.36, "partner": 0.28, "outbound": 0.20, "referral": 0.16}
WIN_RATE: Final = {"website": 0.27, "partner": 0.38, "outbound": 0.24, "referral": 0.42}
PARTNERS_WIN_AT_LAST: Final = 0.10
ORDER_VALUE: Final = {
    "website": 4_800.0,
    "partner": 6_600.0,
    "outbound": 7_200.0,
    "referral": 5_600,
}


def rows() -> dict[str, str]:
    """deals.csv: one row a deal."""
    header = "deal_id,opened_on,closed_on,stage,region,channel,amount"
    numbered = ((f"D{n:05}", *row) for n, row in enumerate(_deals(chance.source(SEED)), start=1))
    return {"deals.csv": chance.csv_text(header, numbered)}


def _deals(rng: Random) -> Iterator[tuple[chance.Field, ...]]:
    """Deals by the day they were opened, from two months before the data's first."""
    luck = chance.luck(rng, LUCK_OF_A_MONTH, before=2)
    for day in chance.days(first=date(2024, 3, 1)):
        number = chance.month_number(day)
        expected = DEALS_A_DAY * (1 + GROWTH_A_MONTH * number) * luck[number + 2]
        for _ in range(chance.whole(rng, expected * chance.OFFICE_WEEK[day.weekday()] * 7 / 5.6)):
            region, channel = chance.pick(rng, REGIONS), chance.pick(rng, CHANNELS)
            closed = chance.workday(day + timedelta(days=int(chance.middling(rng, 26, 38))))
            won = rng.random() < _win_rate(channel, closed)
            amount = ORDER_VALUE[channel] * chance.middling(rng, 0.3, 1.7)
            stage = "open" if closed > chance.LAST_DAY else "won" if won else "lost"
            yield day, chance.in_data(closed), stage, region, channel, f"{amount:.2f}"


def _win_rate(channel: str, closed: date) -> float:
    """The share of a channel's deals that is won."""
    if channel == "partner" and closed >= chance.LAST_MONTH:
        return PARTNERS_WIN_AT_LAST
    return WIN_RATE[channel]
