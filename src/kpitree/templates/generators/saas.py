"""Subscriptions: who pays what from when to when, trials, and what it took to win customers.

Planted: customers of the plan Team leave in numbers in the last month (its price was raised).
A trial lasts 30 days, so a good month of trials is a good month of sales one later.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Final

from kpitree.templates.generators import chance

SEED: Final = 305
TRIAL: Final = timedelta(days=30)
BEFORE: Final = date(2024, 4, 1)  # the first day of trials; their customers come in May
TRIALS_A_DAY: Final = 6.0
LUCK_OF_TRIALS: Final = 0.30
CONVERSION: Final = 0.26
CUSTOMERS_BEFORE: Final = 600
PLANS: Final = {"Solo": 0.52, "Team": 0.33, "Business": 0.15}
PRICE: Final = {"Solo": 29, "Team": 149, "Business": 590}
COUNTRIES: Final = {"DE": 0.45, "FR": 0.32, "NL": 0.23}
LEAVES: Final = {"Solo": 0.050, "Team": 0.032, "Business": 0.020}  # of a plan's customers a month
TEAM_LEAVES_AT_LAST: Final = 0.125
GROWS, SHRINKS = 0.022, 0.011  # of the customers a month
COST_OF_A_CUSTOMER: Final = {"ads": 690.0, "content": 260.0, "events": 210.0}

Row = tuple[chance.Field, ...]


@dataclass
class _Customer:
    """Who pays `mrr` a month since `since`, and why then; `change` is by how much more or less."""

    number: int
    plan: str
    country: str
    since: date
    mrr: int
    reason: str = "new"
    change: int = 0

    def until(self, day: date | str, status: str) -> Row:
        """This state as a row."""
        who = f"C{self.number:05}", self.plan, self.country
        return *who, self.since, self.reason, day, status, self.mrr, self.change


def rows() -> dict[str, str]:
    """subscriptions.csv (a row for as long as a price holds), trials.csv, spend.csv."""
    rng = chance.source(SEED)
    trials = _trials(rng)
    subscriptions = "customer_id,plan,country,start_date,start_reason,end_date,status,mrr,change"
    told = [row for row in trials if row[0] >= chance.FIRST_DAY]
    return {
        "subscriptions.csv": chance.csv_text(subscriptions, _subscriptions(rng, trials)),
        "trials.csv": chance.csv_text("day,country,trials", told),
        "spend.csv": chance.csv_text("day,channel,amount", _spend(rng)),
    }


def _trials(rng: Random) -> list[tuple[date, str, int]]:
    """How many began on each day in each country, from BEFORE on."""
    luck = [1.0, *chance.luck(rng, LUCK_OF_TRIALS)]
    found = []
    for day in chance.days(first=BEFORE):
        number = chance.month_number(day) + 1
        expected = TRIALS_A_DAY * (1 + 0.012 * number) * luck[number]
        for country, part in COUNTRIES.items():
            week = chance.OFFICE_WEEK[day.weekday()] * 7 / 5.6
            found.append((day, country, chance.whole(rng, expected * part * week)))
    return found


def _subscriptions(rng: Random, trials: list[tuple[date, str, int]]) -> list[Row]:
    """All rows by their first day."""
    numbers = count(1)
    customers = [
        _customer(rng, numbers, chance.pick(rng, COUNTRIES), BEFORE - timedelta(days=back % 400))
        for back in range(CUSTOMERS_BEFORE)
    ]
    found: list[Row] = []
    for month in chance.months():
        found += _moved(rng, customers, month)
        for day, country, begun in trials:
            start = day + TRIAL
            if (start.year, start.month) == (month.year, month.month):
                won = chance.whole(rng, begun * CONVERSION)
                customers += [_customer(rng, numbers, country, start) for _ in range(won)]
    rest = [customer.until("", "active") for customer in customers]
    return sorted(found + rest, key=lambda row: (str(row[3]), str(row[0])))


def _customer(rng: Random, numbers: Iterator[int], country: str, since: date) -> _Customer:
    """A new one."""
    plan = chance.pick(rng, PLANS)
    return _Customer(next(numbers), plan, country, since, PRICE[plan])


def _moved(rng: Random, customers: list[_Customer], month: date) -> list[Row]:
    """What ended in a month, because a customer left or pays another price from a day on.

    Those who left are taken out of the list; the others' prices are changed in it.
    """
    found, staying = [], []
    length = chance.month_end(month).day
    for customer in customers:
        day = month + timedelta(days=int(length * rng.random()))
        fate = rng.random() - _leaves(customer.plan, month)
        if fate < 0:
            found.append(customer.until(day, "left"))
            continue
        if fate < GROWS + SHRINKS:
            step = max(10, customer.mrr // 50 * 10)
            grows = fate < GROWS or customer.mrr <= PRICE[customer.plan]
            found.append(customer.until(day, "repriced"))
            customer.reason = "expansion" if grows else "contraction"
            customer.since, customer.change = day, step
            customer.mrr += step if grows else -step
        staying.append(customer)
    customers[:] = staying
    return found


def _leaves(plan: str, month: date) -> float:
    """The share of a plan's customers that leaves in a month."""
    return TEAM_LEAVES_AT_LAST if plan == "Team" and month == chance.LAST_MONTH else LEAVES[plan]


def _spend(rng: Random) -> Iterator[Row]:
    """Booked on the last day of each month."""
    for number, month in enumerate(chance.months()):
        for channel, cost in COST_OF_A_CUSTOMER.items():
            customers = TRIALS_A_DAY * 30 * CONVERSION * (1 + 0.016 * number)
            amount = cost * customers * chance.middling(rng, 0.85, 1.15)
            yield chance.month_end(month), channel, f"{amount:.2f}"
