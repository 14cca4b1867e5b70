"""Projects: tasks with their budgets and dates, requests to change the scope, and surveys.

Planted: tasks of the project ERP are late in the last month (its key person left).
A change of scope makes tasks late in the month after.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Final

from kpitree.templates.generators import chance

SEED: Final = 111
TASKS_A_DAY: Final = 4.0
PROJECTS: Final = {"ERP": 0.30, "Web shop": 0.28, "Warehouse": 0.24, "Intranet": 0.18}
TEAMS: Final = {"Berlin": 0.45, "Gdansk": 0.35, "Lisbon": 0.20}
BUDGET: Final = {"ERP": 3_400.0, "Web shop": 2_300.0, "Warehouse": 2_900.0, "Intranet": 1_700.0}
CHANGES_A_MONTH: Final = 22.0
LUCK_OF_CHANGES: Final = 0.5
ERP_ON_TIME_AT_LAST: Final = 0.36

Row = tuple[chance.Field, ...]


def rows() -> dict[str, str]:
    """tasks.csv: one row a task. changes.csv: one a request. surveys.csv: one an answer."""
    rng = chance.source(SEED)
    luck = chance.luck(rng, LUCK_OF_CHANGES)
    tasks = ((f"K{n:05}", *row) for n, row in enumerate(_tasks(rng, luck), start=1))
    return {
        "tasks.csv": chance.csv_text("task_id,due_on,done_on,project,team,budget,cost", tasks),
        "changes.csv": chance.csv_text("day,project,cost", _changes(rng, luck)),
        "surveys.csv": chance.csv_text("day,project,score", _surveys(rng)),
    }


def _tasks(rng: Random, luck: list[float]) -> Iterator[Row]:
    """By the day they are due, Monday to Friday."""
    for day in chance.days():
        number = chance.month_number(day)
        disturbed = luck[max(0, number - 1)]
        expected = TASKS_A_DAY * (1 + 0.004 * number) * 7 / 5
        for _ in range(chance.whole(rng, expected) if day.weekday() < chance.SATURDAY else 0):
            yield day, *_task(rng, day, disturbed)


def _task(rng: Random, due: date, disturbed: float) -> Row:
    """What became of a task: done early or late, or not yet."""
    project, team = chance.pick(rng, PROJECTS), chance.pick(rng, TEAMS)
    on_time = rng.random() < _on_time(project, due, disturbed)
    late = 2 + int(44 * rng.random() * rng.random())
    done = due + timedelta(days=-int(6 * rng.random()) if on_time else late)
    budget = BUDGET[project] * chance.middling(rng, 0.4, 1.6)
    cost = budget * chance.middling(rng, 0.75, 1.22) * (1.0 if on_time else 1.18)
    return chance.in_data(done), project, team, f"{budget:.0f}", f"{cost:.0f}"


def _on_time(project: str, due: date, disturbed: float) -> float:
    """The share of a project's tasks that is done by the day it is due."""
    if project == "ERP" and due >= chance.LAST_MONTH:
        return ERP_ON_TIME_AT_LAST
    return 0.84 - 0.17 * (disturbed - 1)


def _changes(rng: Random, luck: list[float]) -> Iterator[Row]:
    """On any days of each month."""
    for month, factor in zip(chance.months(), luck, strict=True):
        changes = chance.whole(rng, CHANGES_A_MONTH * factor)
        for day in chance.some_days(rng, month, changes):
            project = chance.pick(rng, PROJECTS)
            cost = 0.45 * BUDGET[project] * chance.middling(rng, 0.2, 1.8)
            yield day, project, f"{cost:.0f}"


def _surveys(rng: Random) -> Iterator[Row]:
    """Six stakeholders of each project answer on the 20th of each month, 1 to 5."""
    for month in chance.months():
        for project in PROJECTS:
            for _ in range(6):
                yield month.replace(day=20), project, 3 + chance.share(rng, 2, 0.55)
