"""Recruiting: everyone who applied, how far each came, and what the sources of candidates cost.

Planted: of those with an offer from Engineering, only one in four accepts it in the last month
(a competitor pays more).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Final

from kpitree.templates.generators import chance

SEED: Final = 709
APPLICATIONS_A_DAY: Final = 5.0
LUCK_OF_A_MONTH: Final = 0.28
TEAMS: Final = {"Engineering": 0.46, "Sales": 0.32, "Operations": 0.22}
SOURCES: Final = {"job board": 0.45, "own site": 0.28, "referral": 0.15, "agency": 0.12}
INTERVIEWED: Final = {"job board": 0.24, "own site": 0.33, "referral": 0.56, "agency": 0.44}
OFFERED: Final = {"Engineering": 0.36, "Sales": 0.34, "Operations": 0.38}
ACCEPTED: Final = {"Engineering": 0.80, "Sales": 0.79, "Operations": 0.83}
ENGINEERING_ACCEPTS_AT_LAST: Final = 0.25
STAYS: Final = {"job board": 0.85, "own site": 0.90, "referral": 0.95, "agency": 0.86}
PROBATION: Final = timedelta(days=182)
COST_A_MONTH: Final = {
    "job board": 9_500.0,
    "own site": 3_800.0,
    "referral": 5_200.0,
    "agency": 21_000,
}

Row = tuple[chance.Field, ...]


def rows() -> dict[str, str]:
    """candidates.csv: one row an application. spend.csv: one row a month and source."""
    rng = chance.source(SEED)
    header = "candidate_id,applied_on,decided_on,team,source,reached,probation_ends_on,stayed"
    candidates = ((f"A{n:05}", *row) for n, row in enumerate(_candidates(rng), start=1))
    return {
        "candidates.csv": chance.csv_text(header, candidates),
        "spend.csv": chance.csv_text("day,source,amount", _spend(rng)),
    }


def _candidates(rng: Random) -> Iterator[Row]:
    """By the day they applied, from nine months before the data's first day on."""
    luck = chance.luck(rng, LUCK_OF_A_MONTH, before=9)
    for day in chance.days(first=date(2023, 8, 1)):
        number = chance.month_number(day)
        week = chance.OFFICE_WEEK[day.weekday()] * 7 / 5.6
        expected = APPLICATIONS_A_DAY * (1 + 0.004 * number) * luck[number + 9] * week
        for _ in range(chance.whole(rng, expected)):
            yield day, *_candidate(rng, day)


def _candidate(rng: Random, applied: date) -> Row:
    """What became of one, from the decision on; whom nobody has decided on has reached nothing."""
    team, source = chance.pick(rng, TEAMS), chance.pick(rng, SOURCES)
    decided = chance.workday(applied + timedelta(days=int(chance.middling(rng, 24, 40))))
    reached = _reached(rng, team, source, decided)
    ends = decided + PROBATION
    stays = rng.random() < STAYS[source]
    if decided > chance.LAST_DAY:
        return "", team, source, "", "", ""
    if reached != "hire":
        return decided, team, source, reached, "", ""
    return decided, team, source, reached, ends, _answer(ends, stays=stays)


def _reached(rng: Random, team: str, source: str, decided: date) -> str:
    """The last step: application, interview, offer or hire."""
    if rng.random() >= INTERVIEWED[source]:
        return "application"
    if rng.random() >= OFFERED[team]:
        return "interview"
    worse = team == "Engineering" and decided >= chance.LAST_MONTH
    accepted = ENGINEERING_ACCEPTS_AT_LAST if worse else ACCEPTED[team]
    return "hire" if rng.random() < accepted else "offer"


def _answer(ends: date, *, stays: bool) -> str:
    """Whether somebody stayed beyond the probation, as far as that is known."""
    if ends > chance.LAST_DAY:
        return ""
    return "true" if stays else "false"


def _spend(rng: Random) -> Iterator[Row]:
    """Booked on the last day of each month."""
    for month in chance.months():
        for source, cost in COST_A_MONTH.items():
            amount = cost * chance.middling(rng, 0.7, 1.3)
            yield chance.month_end(month), source, f"{amount:.2f}"
