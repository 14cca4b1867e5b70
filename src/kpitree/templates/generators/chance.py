"""What all generators share: the days there are, drawing from chance, and writing CSV."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from io import StringIO
from random import Random
from typing import Final

FIRST_DAY: Final = date(2024, 5, 1)
LAST_DAY: Final = date(2026, 10, 31)
LAST_MONTH: Final = date(2026, 10, 1)  # in which every template has its planted cause
MONTHS: Final = 30

SATURDAY: Final = 5  # as date.weekday() counts
OFFICE_WEEK: Final = (1.1, 1.15, 1.1, 1.05, 0.9, 0.2, 0.1)  # how busy Monday to Sunday are

Field = str | int | float | date


def source(seed: int) -> Random:
    """What all numbers of one file set are drawn from, and nothing else."""
    return Random(seed)  # noqa: S311 - made-up sales, not a secret


def days(first: date = FIRST_DAY, last: date = LAST_DAY) -> Iterator[date]:
    """Every day from first to last."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def months() -> Iterator[date]:
    """The first day of each of the MONTHS months."""
    for number in range(MONTHS):
        years, month = divmod(FIRST_DAY.month - 1 + number, 12)
        yield date(FIRST_DAY.year + years, month + 1, 1)


def month_number(day: date) -> int:
    """0 for FIRST_DAY's month, 1 for the next; below 0 before it."""
    return (day.year - FIRST_DAY.year) * 12 + day.month - FIRST_DAY.month


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1) - timedelta(days=1)


def some_days(rng: Random, month: date, count: int) -> list[date]:
    """As many days of a month as said, in order; some of them twice."""
    length = month_end(month).day
    return sorted(month + timedelta(days=int(length * rng.random())) for _ in range(count))


def workday(day: date) -> date:
    """The day itself, or the Monday after it: nothing is decided on a weekend."""
    return day + timedelta(days=7 - day.weekday() if day.weekday() >= SATURDAY else 0)


def in_data(day: date) -> date | str:
    """The day, or an empty field where it lies after the data's end."""
    return day if day <= LAST_DAY else ""


def between(rng: Random, low: float, high: float) -> float:
    """Any number from low to high, all of them alike."""
    return low + (high - low) * rng.random()


def middling(rng: Random, low: float, high: float) -> float:
    """A number from low to high, those in the middle more often."""
    return low + (high - low) * (rng.random() + rng.random() + rng.random()) / 3


def whole(rng: Random, expected: float) -> int:
    """A count that is `expected` on average: rounded up or down by chance."""
    return int(expected + rng.random())


def share(rng: Random, of: int, rate: float) -> int:
    """How many of `of` are hit, each with a chance of `rate`."""
    return sum(rng.random() < rate for _ in range(of))


def pick(rng: Random, weighted: Mapping[str, float]) -> str:
    """One of the names, as often as its weight says; the weights add up to 1."""
    left = rng.random()
    for name, weight in weighted.items():
        left -= weight
        if left < 0:
            return name
    return list(weighted)[-1]


def luck(rng: Random, most: float, *, before: int = 0) -> list[float]:
    """A factor for each month, 1 - most to 1 + most: what makes months differ.

    before: for how many months before the first, too. The last three have next to none, so that
    in the last month nothing stands out but what was planted there.
    """
    usual = [between(rng, 1 - most, 1 + most) for _ in range(before + MONTHS - 3)]
    return usual + [between(rng, 1 - most / 5, 1 + most / 5) for _ in range(3)]


def csv_text(header: str, rows: Iterable[Sequence[Field]]) -> str:
    """A CSV file with a header of names separated by commas; lines end in a line feed."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return text.getvalue()
