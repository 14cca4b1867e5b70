"""Production: what each shift of three filling lines planned, lost and made.

Planted: line 2 breaks down again and again in the last month, mostly on the late shift.
Maintenance that is skipped in a month costs availability in the next.
"""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Final

from kpitree.templates.generators import chance

SEED: Final = 202
SHIFT_HOURS: Final = 8.0
SECONDS_A_UNIT: Final = {"Line 1": 6.0, "Line 2": 7.5, "Line 3": 5.0}
BREAKDOWN: Final = {"Line 1": 0.060, "Line 2": 0.065, "Line 3": 0.070}  # of the planned time
LINE_2_AT_LAST: Final = {"early": 1.6, "late": 3.4}  # times its usual breakdowns
SPEED: Final = {"early": 0.935, "late": 0.905}  # of the ideal speed
SCRAP: Final = {"early": 0.022, "late": 0.028}
PRODUCTS: Final = {"water": 0.45, "juice": 0.33, "tea": 0.22}
MAINTENANCE_A_MONTH: Final = 60.0  # hours
LUCK_OF_MAINTENANCE: Final = 0.30
LUCK_OF_SCRAP: Final = 0.25


def rows() -> dict[str, str]:
    """shifts.csv: one row a line and shift. maintenance.csv: one row a planned stop."""
    rng = chance.source(SEED)
    care = chance.luck(rng, LUCK_OF_MAINTENANCE)
    faults = chance.luck(rng, LUCK_OF_SCRAP)
    shifts = (
        "day,line,shift,product,planned_hours,breakdown_hours,setup_hours,changeovers,"
        "seconds_a_unit,units,good_units"
    )
    return {
        "shifts.csv": chance.csv_text(shifts, _shifts(rng, care, faults)),
        "maintenance.csv": chance.csv_text("day,line,hours", _maintenance(rng, care)),
    }


def _shifts(
    rng: Random, care: list[float], faults: list[float]
) -> Iterator[tuple[chance.Field, ...]]:
    """Two shifts on each of three lines, Monday to Friday."""
    for day in chance.days():
        if day.weekday() < chance.SATURDAY:
            number = chance.month_number(day)
            broken, scrapped = 2.0 - care[max(0, number - 1)], faults[number]
            for line in SECONDS_A_UNIT:
                for shift in SPEED:
                    worse = _worse(day, line, shift) * broken
                    yield day, line, shift, *_shift(rng, line, shift, worse, scrapped)


def _worse(day: date, line: str, shift: str) -> float:
    """How many times its usual breakdowns a line has."""
    return LINE_2_AT_LAST[shift] if line == "Line 2" and day >= chance.LAST_MONTH else 1.0


def _shift(
    rng: Random, line: str, shift: str, broken: float, scrapped: float
) -> tuple[chance.Field, ...]:
    """What one shift of one line came to, from its product on; the factors are 1 as usual."""
    breakdown = round(SHIFT_HOURS * BREAKDOWN[line] * broken * chance.middling(rng, 0.0, 2.0), 2)
    changeovers = chance.whole(rng, 1.35)
    setup = round(changeovers * chance.middling(rng, 0.15, 0.45), 2)
    speed = SPEED[shift] * chance.middling(rng, 0.93, 1.07)
    run_hours = SHIFT_HOURS - breakdown - setup
    units = int(run_hours * 3600 / SECONDS_A_UNIT[line] * speed)
    good = units - int(units * SCRAP[shift] * scrapped * chance.middling(rng, 0.2, 1.8))
    product = chance.pick(rng, PRODUCTS)
    return product, SHIFT_HOURS, breakdown, setup, changeovers, SECONDS_A_UNIT[line], units, good


def _maintenance(rng: Random, care: list[float]) -> Iterator[tuple[chance.Field, ...]]:
    """Each line is stopped for planned maintenance twice a month, on a weekend."""
    for month, factor in zip(chance.months(), care, strict=True):
        for line in SECONDS_A_UNIT:
            for saturday in _saturdays(month)[:2]:
                hours = MAINTENANCE_A_MONTH * factor / 6 * chance.middling(rng, 0.8, 1.2)
                yield saturday, line, round(hours, 1)


def _saturdays(month: date) -> list[date]:
    """Those of a month."""
    every = chance.days(month, chance.month_end(month))
    return [day for day in every if day.weekday() == chance.SATURDAY]
