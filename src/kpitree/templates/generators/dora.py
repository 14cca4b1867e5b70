"""Software delivery: every deployment of four services, and how much of the code is tested.

Planted: deployments of the service payments fail far more often in the last month (it was moved to
another cluster). Code without tests fails in the month after it was written.
"""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Final

from kpitree.templates.generators import chance

SEED: Final = 909
TEAMS: Final = {"catalogue": "Blue", "checkout": "Blue", "payments": "Green", "search": "Red"}
A_WORKDAY: Final = {"catalogue": 1.9, "checkout": 1.5, "payments": 1.2, "search": 1.4}
PAYMENTS_FAIL_AT_LAST: Final = 0.42
COVERAGE, SWING = 0.72, 0.09  # of the code that is tested: in the middle, and up or down at most
REVIEW_HOURS, BUILD_HOURS = 17.0, 6.5
RESTORE_HOURS: Final = {"catalogue": 2.6, "checkout": 3.4, "payments": 4.2, "search": 2.2}

Row = tuple[chance.Field, ...]


def rows() -> dict[str, str]:
    """deployments.csv: one row a deployment. tests.csv: one row a week."""
    rng = chance.source(SEED)
    coverage = [COVERAGE + SWING * (one - 1) for one in chance.luck(rng, 1.0)]
    header = "deployment_id,day,service,team,review_hours,build_hours,failed,restore_hours"
    deployments = ((f"V{n:05}", *row) for n, row in enumerate(_deployments(rng, coverage), start=1))
    return {
        "deployments.csv": chance.csv_text(header, deployments),
        "tests.csv": chance.csv_text("day,coverage", _tests(rng, coverage)),
    }


def _deployments(rng: Random, coverage: list[float]) -> Iterator[Row]:
    """More of them year by year, and each waits less for its review."""
    for day in chance.days():
        number = chance.month_number(day)
        untested = 1 - coverage[max(0, number - 1)]
        for service, expected in A_WORKDAY.items():
            busy = expected * (1 + 0.009 * number) * chance.OFFICE_WEEK[day.weekday()]
            for _ in range(chance.whole(rng, busy) if day.weekday() < chance.SATURDAY else 0):
                review = REVIEW_HOURS * (1 - 0.008 * number) * chance.middling(rng, 0.1, 1.9)
                build = BUILD_HOURS * chance.middling(rng, 0.5, 1.5)
                failed = rng.random() < _fails(day, service, untested)
                restore = RESTORE_HOURS[service] * chance.middling(rng, 0.2, 1.8)
                how = f"{review:.1f}", f"{build:.1f}", "true" if failed else "false"
                yield day, service, TEAMS[service], *how, f"{restore:.1f}" if failed else ""


def _fails(day: date, service: str, untested: float) -> float:
    """The share of a service's deployments that has to be mended or taken back."""
    if service == "payments" and day >= chance.LAST_MONTH:
        return PAYMENTS_FAIL_AT_LAST
    return 0.125 + 0.75 * (untested - 1 + COVERAGE)


def _tests(rng: Random, coverage: list[float]) -> Iterator[Row]:
    """Measured every Monday, and on the last day of a month."""
    for day in chance.days():
        if day.weekday() == 0 or day == chance.month_end(day):
            share = coverage[chance.month_number(day)] + chance.between(rng, -0.003, 0.003)
            yield day, f"{share:.4f}"
