"""Web shop: visits, carts, orders and returns by day, channel and device; the newsletter.

Planted: on phones the checkout fails more often in the last month (a new payment page).
Who subscribes to the newsletter comes back the month after.
"""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Final

from kpitree.templates.generators import chance

SEED: Final = 404
SEASON: Final = (0.93, 0.92, 0.98, 1.0, 1.02, 0.97, 0.93, 0.95, 1.0, 1.03, 1.22, 1.3)  # Jan..Dec
WEEK: Final = (1.05, 1.0, 0.98, 0.97, 0.95, 0.95, 1.1)
VISITS_A_DAY: Final = {"search": 520.0, "social": 260.0}
VISITS_OF_A_SIGNUP: Final = 9.0  # in the month after it
SIGNUPS_A_DAY: Final = 42.0
LUCK_OF_SIGNUPS: Final = 0.35
DEVICES: Final = {"desktop": 0.44, "phone": 0.56}
CART: Final = {"search": 0.085, "social": 0.060, "newsletter": 0.110}
CHECKOUT: Final = {"desktop": 0.43, "phone": 0.34}
PHONE_CHECKOUT_AT_LAST: Final = 0.20
ORDER_VALUE: Final = {"search": 68.0, "social": 57.0, "newsletter": 74.0}
RETURNED: Final = 0.085
COST_OF_A_VISIT: Final = {"search": 0.31, "social": 0.24, "newsletter": 0.02}

Row = tuple[chance.Field, ...]


def rows() -> dict[str, str]:
    """shop.csv: one row a day, channel and device. newsletter.csv: one row a day."""
    rng = chance.source(SEED)
    luck = chance.luck(rng, LUCK_OF_SIGNUPS)
    shop = "day,channel,device,visits,carts,orders,amount,returned,ad_spend"
    return {
        "shop.csv": chance.csv_text(shop, _shop(rng, luck)),
        "newsletter.csv": chance.csv_text("day,signups,unsubscribed", _newsletter(rng, luck)),
    }


def _shop(rng: Random, luck: list[float]) -> Iterator[Row]:
    """Growing by about 6 % a year."""
    for day in chance.days():
        number = chance.month_number(day)
        level = SEASON[day.month - 1] * WEEK[day.weekday()] * (1 + 0.005 * number)
        readers = luck[max(0, number - 1)] * SIGNUPS_A_DAY * VISITS_OF_A_SIGNUP
        for channel in CART:
            for device, part in DEVICES.items():
                visits = VISITS_A_DAY.get(channel, readers) * level * part
                visits *= chance.middling(rng, 0.8, 1.2)
                yield day, channel, device, *_sold(rng, day, channel, device, int(visits))


def _sold(rng: Random, day: date, channel: str, device: str, visits: int) -> Row:
    """What a day's visits came to."""
    carts = chance.whole(rng, visits * CART[channel] * chance.middling(rng, 0.75, 1.25))
    orders = chance.share(rng, carts, _checkout(day, device))
    amount = sum(ORDER_VALUE[channel] * chance.middling(rng, 0.3, 1.7) for _ in range(orders))
    returned = amount * RETURNED * chance.middling(rng, 0.2, 1.8)
    spend = visits * COST_OF_A_VISIT[channel] * chance.middling(rng, 0.8, 1.2)
    return visits, carts, orders, f"{amount:.2f}", f"{returned:.2f}", f"{spend:.2f}"


def _checkout(day: date, device: str) -> float:
    """The share of the carts that becomes an order."""
    if device == "phone" and day >= chance.LAST_MONTH:
        return PHONE_CHECKOUT_AT_LAST
    return CHECKOUT[device]


def _newsletter(rng: Random, luck: list[float]) -> Iterator[Row]:
    """Who came and who left; about a third as many leave as come."""
    for day in chance.days():
        factor = luck[chance.month_number(day)]
        signups = chance.whole(rng, SIGNUPS_A_DAY * factor * chance.middling(rng, 0.7, 1.3))
        yield day, signups, chance.whole(rng, 13 * chance.middling(rng, 0.6, 1.4))
