"""Customer service: tickets, how many customers there are, and the help articles written for them.

Planted: tickets about billing wait for days in the last month (an update printed wrong invoices).
A help article answers questions from the month after it was written: more of them are solved at
the first contact.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Final

from kpitree.templates.generators import chance

SEED: Final = 606
TICKETS_A_DAY: Final = 4.4
CUSTOMERS_AT_FIRST: Final = 1_900
TOPICS: Final = {"how to": 0.38, "billing": 0.22, "fault": 0.28, "account": 0.12}
CHANNELS: Final = {"mail": 0.46, "chat": 0.34, "phone": 0.20}
RESPONSE_HOURS: Final = {"mail": 2.9, "chat": 0.5, "phone": 0.4}  # on average
SOLUTION_HOURS: Final = {"how to": 30.0, "billing": 46.0, "fault": 92.0, "account": 22.0}
BILLING_AT_LAST: Final = 2.8  # times as many tickets, and as long a wait
ARTICLES_A_MONTH: Final = 9.0
LUCK_OF_ARTICLES: Final = 0.5

Row = tuple[chance.Field, ...]


def rows() -> dict[str, str]:
    """tickets.csv: one row a ticket. customers.csv: a month. articles.csv: an article."""
    rng = chance.source(SEED)
    luck = chance.luck(rng, LUCK_OF_ARTICLES)
    header = "ticket_id,opened_on,solved_on,channel,topic,response_hours,solution_hours,contacts"
    tickets = ((f"T{n:05}", *row) for n, row in enumerate(_tickets(rng, luck), start=1))
    return {
        "tickets.csv": chance.csv_text(f"{header},rating", tickets),
        "customers.csv": chance.csv_text("day,customers", _customers()),
        "articles.csv": chance.csv_text("published_on,topic", _articles(rng, luck)),
    }


def _tickets(rng: Random, luck: list[float]) -> Iterator[Row]:
    """By the day they were opened, from a month before the data's first."""
    for day in chance.days(first=date(2024, 4, 1)):
        number = max(0, chance.month_number(day))
        helped = luck[max(0, number - 1)]
        expected = (
            TICKETS_A_DAY * (1 + 0.006 * number) * chance.OFFICE_WEEK[day.weekday()] * 7 / 5.6
        )
        for topic, part in TOPICS.items():
            more = BILLING_AT_LAST if _flood(topic, day) else 1.0
            for _ in range(chance.whole(rng, expected * part * (0.4 + 0.6 * more))):
                yield day, *_ticket(rng, day, topic, helped)


def _ticket(rng: Random, day: date, topic: str, helped: float) -> Row:
    """What became of one ticket, from its end on."""
    channel = chance.pick(rng, CHANNELS)
    slow = BILLING_AT_LAST if _flood(topic, day) else 1.0
    response = RESPONSE_HOURS[channel] * slow * 3 * rng.random() * rng.random() + 0.1
    at_once = rng.random() < 0.34 + 0.30 * helped
    contacts = 1 if at_once else 2 + int(2.2 * rng.random())
    waiting = SOLUTION_HOURS[topic] * slow * (0.45 if at_once else 1.45)
    solution = response + waiting * (0.3 + 2.2 * rng.random() * rng.random())
    solved = day + timedelta(days=int(solution / 24 + 0.5))
    rating = _rating(rng, response, solution) if rng.random() < 0.55 else ""
    if solved > chance.LAST_DAY:
        return "", channel, topic, f"{response:.1f}", "", contacts, ""
    return solved, channel, topic, f"{response:.1f}", f"{solution:.1f}", contacts, rating


def _rating(rng: Random, response: float, solution: float) -> int:
    """1 to 5: who waits is less happy."""
    happy = 0.95 - (0.22 if response > 4 else 0.0) - (0.13 if solution > 72 else 0.0)
    return 4 + (rng.random() < 0.6) if rng.random() < happy else 1 + int(3 * rng.random())


def _flood(topic: str, day: date) -> bool:
    """Whether a topic is the one that everybody writes about."""
    return topic == "billing" and day >= chance.LAST_MONTH


def _customers() -> Iterator[Row]:
    """Counted at the end of each month."""
    for number, month in enumerate(chance.months()):
        yield chance.month_end(month), round(CUSTOMERS_AT_FIRST * (1 + 0.007 * number))


def _articles(rng: Random, luck: list[float]) -> Iterator[Row]:
    """On any days of each month."""
    for month, factor in zip(chance.months(), luck, strict=True):
        articles = chance.whole(rng, ARTICLES_A_MONTH * factor)
        for day in chance.some_days(rng, month, articles):
            yield day, chance.pick(rng, TOPICS)
