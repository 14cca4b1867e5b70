"""Writes deals.csv: two years of a CRM pipeline that no company ever had.

    python sample_data/deals/generate.py          # rewrites deals.csv beside this file

The same bytes come out on every machine and Python version: the only source of chance is
random.Random(SEED).random(), and everything is drawn from it with + - * / and comparisons alone
(no logarithms or cosines, whose last digit differs between C libraries).

How a deal comes about: a day has a level (growth x season x weekday x the month's luck); each deal
opened on it draws a region, a channel, a rep of the region, the days until it is decided, whether
it is won, and an amount. Deals that would be decided after LAST_DAY are still open.

Three causes are planted, so that an analysis can be held against what is known to be true:

1. EMEA wins 46 % instead of 63 % of the deals decided from 2026-08-01 on.
2. Prices are 8 % higher on deals decided from 2026-04-01 on.
3. The channel `event` opens no deal after 2026-06-30; nothing takes its place.
"""

from datetime import date, timedelta
from pathlib import Path
from random import Random

SEED = 7
FIRST_DAY = date(2024, 11, 1)
LAST_DAY = date(2026, 10, 31)

# 1. The close-rate drop, 2. the price rise, 3. the channel that vanishes.
WIN_RATE = {"EMEA": 0.63, "AMER": 0.64, "APAC": 0.60}
EMEA_DROPS_ON, EMEA_WIN_RATE_AFTER = date(2026, 8, 1), 0.46
PRICE_RISES_ON, PRICE_RISE = date(2026, 4, 1), 1.08
EVENTS_END_AFTER = date(2026, 6, 30)

DEALS_A_DAY = 42.0  # opened, on an average day at the start
GROWTH_A_MONTH = 0.0270  # of the starting level
SEASON = (0.96, 0.97, 1.04, 1.00, 1.00, 1.03, 0.97, 0.91, 1.03, 1.03, 1.05, 0.99)  # Jan..Dec
WEEKDAY = (1.25, 1.30, 1.25, 1.20, 1.10, 0.50, 0.40)  # Mon..Sun
LUCK_OF_A_MONTH = 0.05  # up or down at most

REGIONS = (("EMEA", 0.45), ("AMER", 0.37), ("APAC", 0.18))
CHANNELS = (
    ("website", 0.37),
    ("partner", 0.21),
    ("outbound", 0.17),
    ("event", 0.12),
    ("referral", 0.12),
    ("", 0.01),  # nobody filled it in
)
REPS = {
    "EMEA": ("Amara Obi", "Clara Voss", "Luca Ferri", "Nils Holm", "Zofia Lis"),
    "AMER": ("Dana Reyes", "Grace Moore", "Ivan Prado", "Tom Hale"),
    "APAC": ("Hana Mori", "Ravi Menon", "Wei Tan"),
}
ORDER_VALUE = 2330.0  # EUR, the mean of a deal before region, channel and price rise
VALUE_OF_REGION = {"EMEA": 1.02, "AMER": 1.05, "APAC": 0.90}
VALUE_OF_CHANNEL = {
    "website": 0.88,
    "partner": 1.08,
    "outbound": 1.06,
    "event": 1.14,
    "referral": 1.02,
    "": 0.95,
}
HEADER = "deal_id,opened_on,closed_on,stage,region,channel,rep,amount"


def deals_csv() -> str:
    """The whole file as text, rows by the day they were opened, lines ended by a line feed."""
    rng = Random(SEED)
    luck = {}
    lines = [HEADER]
    day = FIRST_DAY
    while day <= LAST_DAY:
        month = (day.year, day.month)
        if month not in luck:
            luck[month] = 1 + LUCK_OF_A_MONTH * (2 * rng.random() - 1)
        opened = int(level(day) * luck[month] * (0.85 + 0.3 * rng.random()) + rng.random())
        for _ in range(opened):
            if row := deal(rng, day):
                lines.append(f"D{len(lines):06},{row}")
        day += timedelta(days=1)
    return "\n".join(lines) + "\n"


def level(day: date) -> float:
    """Deals to be expected on a day, before luck, all channels there."""
    grown = 1 + GROWTH_A_MONTH * (day - FIRST_DAY).days / 30.4375
    return DEALS_A_DAY * grown * SEASON[day.month - 1] * WEEKDAY[day.weekday()]


def deal(rng: Random, opened: date) -> str:
    """One row without its id, or "" for the deal that an event would have brought."""
    region = pick(rng, REGIONS)
    channel = pick(rng, CHANNELS)
    rep = REPS[region][int(rng.random() * len(REPS[region]))]
    closed = opened + timedelta(days=days_to_decide(rng))
    decided = min(closed, LAST_DAY)
    won = rng.random() < win_rate(region, decided)
    amount = order_value(rng, region, channel, decided)
    if channel == "event" and opened > EVENTS_END_AFTER:
        return ""
    stage = "open" if closed > LAST_DAY else "won" if won else "lost"
    closed_on = "" if closed > LAST_DAY else closed.isoformat()
    return f"{opened},{closed_on},{stage},{region},{channel},{rep},{amount}"


def pick(rng: Random, weighted: tuple[tuple[str, float], ...]) -> str:
    """One of the names, as often as its weight says; the weights add up to 1."""
    left = rng.random()
    for name, weight in weighted:
        left -= weight
        if left < 0:
            return name
    return weighted[-1][0]


def days_to_decide(rng: Random) -> int:
    """From the same day (4 %) to 46 days, most of them short; 16 on average."""
    u = rng.random()
    return 0 if u < 0.04 else 2 + int(45 * u * u)


def win_rate(region: str, decided: date) -> float:
    """The share of deals won in a region."""
    if region == "EMEA" and decided >= EMEA_DROPS_ON:
        return EMEA_WIN_RATE_AFTER
    return WIN_RATE[region]


def order_value(rng: Random, region: str, channel: str, decided: date) -> str:
    """An amount in EUR with cents, skewed to the right: a product of three uniform factors."""
    spread = (0.5 + rng.random()) * (0.5 + rng.random()) * (0.5 + rng.random())
    price = PRICE_RISE if decided >= PRICE_RISES_ON else 1.0
    value = ORDER_VALUE * VALUE_OF_REGION[region] * VALUE_OF_CHANNEL[channel] * price * spread
    cents = int(value * 100 + 0.5)
    return f"{cents // 100}.{cents % 100:02}"


if __name__ == "__main__":
    Path(__file__).with_name("deals.csv").write_bytes(deals_csv().encode("ascii"))
