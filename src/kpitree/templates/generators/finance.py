"""Finance: orders and their invoices, operating cost, and the cash at the end of each month.

Planted: devices cost far more to make in the last month (a supplier raised its prices).
An order is invoiced about a month after it came in.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Final

from kpitree.templates.generators import chance

SEED: Final = 808
ORDERS_A_DAY: Final = 3.3
LUCK_OF_A_MONTH: Final = 0.24
PRODUCTS: Final = {"licences": 0.42, "devices": 0.36, "services": 0.22}
REGIONS: Final = {"DACH": 0.55, "Benelux": 0.27, "Nordics": 0.18}
AMOUNT: Final = {"licences": 4_300.0, "devices": 5_600.0, "services": 3_100.0}
COST: Final = {"licences": 0.16, "devices": 0.55, "services": 0.48}  # of the amount
DEVICES_COST_AT_LAST: Final = 0.76
MONTHLY_COST: Final = {  # in the first month, and growth a month
    ("payroll", "Engineering"): (182_000.0, 0.006),
    ("payroll", "Sales"): (104_000.0, 0.006),
    ("payroll", "Administration"): (61_000.0, 0.003),
    ("marketing", "Sales"): (46_000.0, 0.005),
    ("other", "Administration"): (52_000.0, 0.003),
}
CASH_AT_FIRST: Final = 8_400_000.0

Row = tuple[chance.Field, ...]


def rows() -> dict[str, str]:
    """invoices.csv: one row an order. costs.csv: a month, kind and team. cash.csv: a month."""
    rng = chance.source(SEED)
    sold, costs = list(_invoices(rng)), list(_costs(rng))
    numbered = ((f"R{n:05}", *row) for n, row in enumerate(sold, start=1))
    header = "invoice_id,ordered_on,issued_on,paid_on,product,region,amount,cost"
    return {
        "invoices.csv": chance.csv_text(header, numbered),
        "costs.csv": chance.csv_text("day,kind,team,amount", costs),
        "cash.csv": chance.csv_text("day,balance", _cash(sold, costs)),
    }


def _invoices(rng: Random) -> Iterator[Row]:
    """By the day of the order, from three months before the data's first day on."""
    luck = chance.luck(rng, LUCK_OF_A_MONTH, before=3)
    for day in chance.days(first=date(2024, 2, 1)):
        number = chance.month_number(day)
        week = chance.OFFICE_WEEK[day.weekday()] * 7 / 5.6
        expected = ORDERS_A_DAY * (1 + 0.007 * number) * luck[number + 3] * week
        for _ in range(chance.whole(rng, expected)):
            yield day, *_invoice(rng, day)


def _invoice(rng: Random, ordered: date) -> Row:
    """What became of an order: it is billed when it is delivered, and then costs something."""
    product, region = chance.pick(rng, PRODUCTS), chance.pick(rng, REGIONS)
    issued = chance.workday(ordered + timedelta(days=int(chance.middling(rng, 26, 38))))
    paid = chance.workday(issued + timedelta(days=int(chance.middling(rng, 12, 62))))
    amount = AMOUNT[product] * chance.middling(rng, 0.6, 1.4)
    dearer = product == "devices" and issued >= chance.LAST_MONTH
    part = DEVICES_COST_AT_LAST if dearer else COST[product]
    cost = amount * part * chance.middling(rng, 0.85, 1.15)
    when = chance.in_data(issued), chance.in_data(paid)
    return *when, product, region, f"{amount:.2f}", f"{cost:.2f}"


def _costs(rng: Random) -> Iterator[Row]:
    """Booked on the last day of each month."""
    for number, month in enumerate(chance.months()):
        for (kind, team), (cost, growth) in MONTHLY_COST.items():
            amount = cost * (1 + growth * number) * chance.middling(rng, 0.92, 1.08)
            yield chance.month_end(month), kind, team, f"{amount:.2f}"


def _cash(sold: list[Row], costs: list[Row]) -> Iterator[Row]:
    """What was paid in, less what was made and spent, month by month."""
    cash = CASH_AT_FIRST
    for month in chance.months():
        last = chance.month_end(month)
        cash += sum(float(str(row[5])) for row in sold if _within(row[2], month, last))
        cash -= sum(float(str(row[6])) for row in sold if _within(row[1], month, last))
        cash -= sum(float(str(row[3])) for row in costs if row[0] == last)
        yield last, f"{cash:.2f}"


def _within(day: chance.Field, first: date, last: date) -> bool:
    """Whether a day is known, and lies from first to last."""
    return isinstance(day, date) and first <= day <= last
