"""Writes subscriptions.csv, ledger.csv and cash.csv: three years of a software firm nobody founded.

    python sample_data/saas/generate.py           # rewrites the three files beside this one

The same bytes come out on every machine and Python version: the only source of chance is
random.Random(SEED).random(), and everything is drawn from it with + - * / and comparisons alone.

How a subscription comes about: a month has a number of sales (growth x the month's luck); each
draws a day, a plan, a country and a price. In each month after that it may be cancelled, with the
chance that its plan has then, and ends on a day of that month. Sales before FIRST_DAY are made in
the same way, and those that ended before it are left out, as a firm's own export would.

Two causes are planted, so that an analysis can be held against what is known to be true:

1. The plan `team` is cancelled by 5.8 % a month instead of 2.0 % from 2026-06-01 on.
2. Sales and marketing cost 30 % more from 2026-03-01 on, and bring no more sales.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

SEED = 11
FIRST_SALE = date(2022, 1, 1)
FIRST_DAY = date(2023, 11, 1)  # from here on every subscription is in the file
LAST_DAY = date(2026, 10, 31)

# 1. The plan that is cancelled more often, 2. the marketing that costs more.
CANCELLED_A_MONTH = {"starter": 0.042, "team": 0.020, "business": 0.010}
TEAM_WORSENS_ON, TEAM_CANCELLED_AFTER = date(2026, 6, 1), 0.058
MARKETING_RISES_ON, MARKETING_RISE = date(2026, 3, 1), 1.30

SALES_A_MONTH = 52.0  # in the first month
GROWTH_A_MONTH = 1.35  # more sales than the month before
LUCK_OF_A_MONTH = 0.12  # up or down at most
ADD_ONS = 0.07  # sales to a customer who has a subscription already
NOTICE_GIVEN = 0.5  # of what will end in the month after the last day, known on it

PLANS = (("starter", 0.50), ("team", 0.36), ("business", 0.14))
COUNTRIES = (
    ("DE", 0.36),
    ("FR", 0.21),
    ("GB", 0.17),
    ("US", 0.17),
    ("NL", 0.07),
    ("", 0.02),  # nobody filled it in
)
SEATS = {"starter": (1, 4), "team": (5, 20), "business": (25, 70)}  # least, and up to so many more
PRICE_OF_A_SEAT = {"starter": 19.90, "team": 16.50, "business": 14.90}  # EUR a month

SERVICE_SHARE = 0.19  # of what is billed, for hosting and support
MARKETING_OF_A_SALE = 2_600.0  # EUR, at the level of SALES_A_MONTH and GROWTH_A_MONTH
OTHER_COSTS = 90_000.0  # EUR a month in the first one
OTHER_GROWTH = 2_200.0  # EUR more each month
CASH = 9_000_000.0  # EUR on the day before FIRST_DAY
NOT_TOLD = date(2025, 12, 31)  # the month end whose balance nobody wrote down

SUBSCRIPTIONS = "subscription_id,customer_id,sale,plan,country,start_date,end_date,mrr"


@dataclass(frozen=True)
class Subscription:
    """Active on a day when start <= day < end; end is None when nobody has cancelled yet."""

    customer: int
    add_on: bool
    plan: str
    country: str
    start: date
    end: date | None
    cents: int  # a month

    def active(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


def subscriptions() -> list[Subscription]:
    """All of them by the day they started, those that ended before FIRST_DAY left out."""
    rng = Random(SEED)
    found: list[Subscription] = []
    customers = 0
    month, number = FIRST_SALE, 0
    while month <= LAST_DAY:
        luck = 1 + LUCK_OF_A_MONTH * (2 * rng.random() - 1)
        sales = int((SALES_A_MONTH + GROWTH_A_MONTH * number) * luck + rng.random())
        length = (next_month(month) - month).days
        for day in sorted(int(rng.random() * length) for _ in range(sales)):
            sold = sale(rng, found, month + timedelta(days=day), customers + 1)
            customers += not sold.add_on
            found.append(sold)
        month, number = next_month(month), number + 1
    return [one for one in found if one.end is None or one.end >= FIRST_DAY]


def sale(rng: Random, before: list[Subscription], start: date, customer: int) -> Subscription:
    """One subscription: a new customer's, or a further one of a customer who is still there."""
    plan, country = pick(rng, PLANS), pick(rng, COUNTRIES)
    add_on = rng.random() < ADD_ONS
    chosen = int(rng.random() * len(before))
    if add_on and before and before[chosen].active(start):
        customer, country = before[chosen].customer, before[chosen].country
    else:
        add_on = False
    least, more = SEATS[plan]
    seats = least + int(rng.random() * rng.random() * (more + 1))
    cents = int(PRICE_OF_A_SEAT[plan] * seats * 100 + 0.5)
    if rng.random() < 0.4:  # paid by the year
        cents = int(cents * 0.85 + 0.5)
    return Subscription(customer, add_on, plan, country, start, end_of(rng, plan, start), cents)


def end_of(rng: Random, plan: str, start: date) -> date | None:
    """The first day without it, at most in the month after LAST_DAY; None when not cancelled."""
    month = next_month(start)
    while month <= LAST_DAY + timedelta(days=1):
        if rng.random() < cancelled(plan, month):
            end = month + timedelta(days=int(rng.random() * (next_month(month) - month).days))
            return end if end <= LAST_DAY or rng.random() < NOTICE_GIVEN else None
        month = next_month(month)
    return None


def cancelled(plan: str, month: date) -> float:
    """The share of a plan's subscriptions that end in a month."""
    if plan == "team" and month >= TEAM_WORSENS_ON:
        return TEAM_CANCELLED_AFTER
    return CANCELLED_A_MONTH[plan]


def next_month(day: date) -> date:
    """The first day of the month after a day's."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def pick(rng: Random, weighted: tuple[tuple[str, float], ...]) -> str:
    """One of the names, as often as its weight says; the weights add up to 1."""
    left = rng.random()
    for name, weight in weighted:
        left -= weight
        if left < 0:
            return name
    return weighted[-1][0]


def subscriptions_csv(sold: list[Subscription]) -> str:
    """The file of subscriptions as text, numbered in their order."""
    lines = [SUBSCRIPTIONS]
    for number, one in enumerate(sold, start=1):
        kind = "add-on" if one.add_on else "new"
        end = "" if one.end is None else one.end.isoformat()
        what = f"S{number:05},C{one.customer:05},{kind},{one.plan},{one.country}"
        lines.append(f"{what},{one.start},{end},{money(one.cents)}")
    return "\n".join(lines) + "\n"


def ledger_and_cash(sold: list[Subscription]) -> tuple[str, str]:
    """Both files: what each month brought and cost, booked on its last day, and the cash then."""
    rng = Random(SEED + 1)
    ledger, balances = ["day,category,amount"], ["day,balance"]
    cash = int(CASH * 100)
    month, number = FIRST_DAY, 0
    while month <= LAST_DAY:
        last = next_month(month) - timedelta(days=1)
        billed = sum(one.cents for one in sold if one.active(last))
        spent = costs_of(rng, month, number, billed)
        booked = {"billed": billed, **spent}
        ledger += [f"{last},{category},{money(cents)}" for category, cents in booked.items()]
        cash += billed - sum(spent.values())
        if last != NOT_TOLD:
            balances.append(f"{last},{money(cash)}")
        month, number = next_month(month), number + 1
    return "\n".join(ledger) + "\n", "\n".join(balances) + "\n"


def costs_of(rng: Random, month: date, number: int, billed: int) -> dict[str, int]:
    """What a month cost in cents, by category."""
    since_sales = (month.year - FIRST_SALE.year) * 12 + month.month - FIRST_SALE.month
    sales = SALES_A_MONTH + GROWTH_A_MONTH * since_sales
    rise = MARKETING_RISE if month >= MARKETING_RISES_ON else 1.0
    marketing = sales * MARKETING_OF_A_SALE * rise * (0.95 + 0.1 * rng.random())
    other = (OTHER_COSTS + OTHER_GROWTH * number) * (0.97 + 0.06 * rng.random())
    service = billed * SERVICE_SHARE * (0.97 + 0.06 * rng.random())
    return {
        "marketing": int(marketing * 100 + 0.5),
        "service": int(service + 0.5),
        "other": int(other * 100 + 0.5),
    }


def money(cents: int) -> str:
    """EUR with cents."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


def files() -> dict[str, str]:
    """Name -> the whole file as text, lines ended by a line feed."""
    sold = subscriptions()
    ledger, cash = ledger_and_cash(sold)
    return {"subscriptions.csv": subscriptions_csv(sold), "ledger.csv": ledger, "cash.csv": cash}


if __name__ == "__main__":
    for name, text in files().items():
        Path(__file__).with_name(name).write_bytes(text.encode("ascii"))
