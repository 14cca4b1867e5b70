"""Questions of the first step: the goal, and how the file is to be read."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from kpitree.analysis.proposing.columns import Column, is_better_low, words_of
from kpitree.analysis.proposing.goals import Goal, goal_of, goals_of
from kpitree.analysis.proposing.reading import Reading, reading_of
from kpitree.cli.answers import SIGNS, currency_code, one_of, words, yes
from kpitree.cli.asking import Asker, Defaults, Question
from kpitree.errors import SourceError, UsageError
from kpitree.pipeline import starting
from kpitree.pipeline.starting import Start

_CODES: Final = frozenset({"USD", "EUR", "GBP", "CHF", "JPY", "SEK", "NOK", "DKK", "PLN", "INR"})


def ask_reading(asker: Asker, begun: Start) -> Reading:
    """How numbers are written. Raises SourceError where only a person can tell, and none does."""
    found = reading_of(begun.columns)
    if isinstance(found, Reading):
        return found
    names = ", ".join(column.name for column in found.columns)
    if isinstance(asker, Defaults):
        raise SourceError(
            f"the number {found.example!r} can be read two ways",
            where=f"{begun.file}, column {found.columns[0].name!r}",
            hint='run kpitree init on a terminal, which asks; or write decimal = "." or ","'
            " into a tree file of your own",
        )
    options = [
        f"{found.example}: the comma is the decimal mark",
        f"{found.example}: the point is",
    ]
    at = asker.ask(
        Question(
            text=f"How are the numbers of {names} written?",
            why="They can be read two ways, and a thousand is not one.",
            default="none",
            options=tuple(options),
            read=one_of(options),
        )
    )
    decided = reading_of(begun.columns, ",."[at])
    assert isinstance(decided, Reading)
    return decided


def ask_goal(asker: Asker, begun: Start, reading: Reading) -> Goal:
    """The number that the tree explains."""
    goals = goals_of(begun.columns, reading.unread)
    lines = [f"{goal.label}: {goal.said}" for goal in goals]
    known = list(goals)

    def more(answer: str) -> int | None:
        if answer in reading.unread:
            raise UsageError(f"the numbers of {answer} are not all written alike")
        if (other := goal_of(begun.columns, answer)) is None:
            return None
        known.append(other)
        return len(known) - 1

    at = asker.ask(
        Question(
            text="Which number should the tree explain?",
            why="The one that says whether things go well. Everything else explains it.",
            default="1",
            options=tuple(lines),
            read=one_of(lines, more),
            more="Type a number of the list, or the name of a column to be summed up.",
        )
    )
    return known[at]


def ask_label(asker: Asker, goal: Goal) -> str:
    """What readers call it."""
    return asker.ask(
        Question(
            text="What do you call it?",
            why="Readers see this name.",
            default=goal.label,
            read=words,
        )
    )


def ask_unit(asker: Asker, goal: Goal) -> str:
    """What it is counted in, where that is not plain."""
    if goal.sure or goal.kind == "count" or goal.unit in ("currency", "percent"):
        return goal.unit
    return asker.ask(
        Question(
            text="In what is it counted?",
            why="The unit stands behind the numbers.",
            default="number",
            read=words,
            more="number, currency, percent (0.25 is 25 %), days, hours, or a word of your own"
            " such as tickets",
        )
    )


def ask_currency(asker: Asker, begun: Start, goal: Goal) -> str | None:
    """A code of three letters, or None."""
    return asker.ask(
        Question(
            text="In which currency?",
            why="It stands with the amounts; nothing is converted.",
            default=_currency_of(begun.columns, goal) or "none",
            read=currency_code,
            more="A code of three letters such as EUR, USD or CHF; or none.",
        )
    )


def ask_down(asker: Asker, begun: Start, goal: Goal, label: str) -> bool:
    """Whether less of it is better; by its name, and for plain counts by that of the file."""
    file = Path(begun.file).name if goal.kind == "count" else ""
    down = goal.down or is_better_low((*words_of(label), *words_of(file)))
    if goal.sure and not down:
        return False
    return not asker.ask(
        Question(
            text="Is more of it better?",
            why="It decides what counts as a miss.",
            default="no" if down else "yes",
            read=yes,
            more="yes for sales, no for costs, delays and complaints.",
        )
    )


def ask_time(asker: Asker, begun: Start, goal: Goal) -> tuple[Start, Column, str | None]:
    """The file, the column that says when, and its time_format if it needs one."""
    times = begun.times
    if goal.time is not None:
        times = sorted(times, key=lambda one: one.name != goal.time)
    time = times[0]
    if len(times) > 1:
        lines = [f"{one.name} (such as {one.sample[0]})" for one in times]
        at = asker.ask(
            Question(
                text="Which column says when a row counts?",
                why="It decides into which period a row falls.",
                default="1",
                options=tuple(lines),
                read=one_of(lines),
                more="For sales the day of the order, or of the payment: as your reports do it.",
            )
        )
        time = times[at]
    if time.kind != "text":
        return begun, time, None
    if len(time.formats) == 1:
        return begun, time, time.formats[0] or None
    time_format = ask_format(asker, begun, time)
    begun, time = starting.with_format(begun, time, time_format)
    return begun, time, time_format


def ask_format(asker: Asker, begun: Start, time: Column) -> str:
    """What day a text means. Raises SourceError if nobody is asked: it is never guessed."""
    if isinstance(asker, Defaults):
        ways = " or ".join(f'"{each}"' for each in time.formats)
        raise SourceError(
            f"the date {time.sample[0]!r} can be read {len(time.formats)} ways: {ways}",
            where=f"{begun.file}, column {time.name!r}",
            hint="run kpitree init on a terminal, which asks; or write time_format into a tree"
            " file of your own",
        )
    lines = [_day_said(time.sample[0], each) for each in time.formats]
    at = asker.ask(
        Question(
            text=f"What day is {time.sample[0]}?",
            why="The dates can be read in several ways, and nothing here decides which.",
            default="none",
            options=tuple(lines),
            read=one_of(lines),
        )
    )
    return time.formats[at]


def _day_said(text: str, time_format: str) -> str:

    day = datetime.strptime(text.strip(), time_format).replace(tzinfo=UTC)
    return f"{day.day} {day:%B} {day.year}"


def _currency_of(columns: Sequence[Column], goal: Goal) -> str | None:
    for column in columns:
        if column.name in goal.numbers:
            if column.currency:
                return SIGNS.get(column.currency, column.currency)
            for word in column.words:
                if word.upper() in _CODES:
                    return word.upper()
    return None
