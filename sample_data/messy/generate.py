"""Writes orders.csv, visits.csv and returns.csv: a small shop's data with everything wrong with it.

    python sample_data/messy/generate.py          # rewrites the files beside this one

The same bytes come out on every machine: the only source of chance is random.Random(SEED).random().
What is wrong is planted, each thing once, and told in SOURCE.md; `kpitree doctor` should find it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

SEED = 11
FIRST_DAY, LAST_DAY = date(2026, 1, 5), date(2026, 5, 31)  # 21 weeks; closed on Sundays
CLOSED = (date(2026, 3, 9), date(2026, 3, 14))  # no file came
TWICE = (date(2026, 2, 3), date(2026, 2, 4))  # loaded again
CHANNEL_ENDS = date(2026, 5, 18)  # from here on it is empty
BUSY_WEEK = (date(2026, 5, 11), date(2026, 5, 17))  # three times as many orders
VISITS_END = date(2026, 4, 30)

HERE = Path(__file__).parent


def orders() -> Iterator[str]:
    """One line an order."""
    chance = Random(SEED).random
    number = 0
    day = FIRST_DAY
    while day <= LAST_DAY:
        lines = []
        busy = 3 if BUSY_WEEK[0] <= day <= BUSY_WEEK[1] else 1
        for _ in range(0 if is_closed(day) else busy * int(5 + 4 * chance())):
            number += 1
            region = ("north", "south", "")[int(chance() * 2.2)]
            amount = int(500 + 9500 * chance())
            channel = "" if day >= CHANNEL_ENDS else ("web", "shop")[int(chance() * 2)]
            lines.append(f"{number},{day},{region},{channel},{amount // 100}.{amount % 100:02}\n")
        yield from lines
        yield from lines if day in TWICE else ()
        day += timedelta(days=1)
    yield "9001,1970-01-01,north,web,20.00\n"
    yield "9002,2062-05-04,south,web,35.50\n"
    yield "9003,,south,web,12.00\n"
    yield "9004,2026-05-06,north,web,-25.00\n"
    yield "9005,2026-05-07,north,web,1000000.00\n"


def is_closed(day: date) -> bool:
    """Whether there are no orders: on Sundays, and in the week without a file."""
    return day.weekday() == 6 or CLOSED[0] <= day <= CLOSED[1]


def visits() -> Iterator[str]:
    """One line a day."""
    chance = Random(SEED + 1).random
    day = FIRST_DAY
    while day <= VISITS_END:
        yield f"{day},{int(180 + 60 * chance())}\n"
        day += timedelta(days=1)


def write(name: str, header: str, lines: Iterator[str]) -> None:
    """Put a file beside this one."""
    text = header + "".join(lines)
    (HERE / name).write_text(text, encoding="ascii", newline="")


if __name__ == "__main__":
    write("orders.csv", "order_id,day,region,channel,amount\n", orders())
    write("visits.csv", "day,visits\n", visits())
    write("returns.csv", "day,amount\n", iter(["03/04/2026,20.00\n", "04/04/2026,35.50\n"]))
