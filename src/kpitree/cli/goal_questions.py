"""Questions of the first step: the goal, and how the file is to be read."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from kpitree.analysis.proposing.choices import Only
from kpitree.analysis.proposing.columns import Column, is_better_low, words_of
from kpitree.analysis.proposing.goals import Goal, goal_of, goals_of, several_currencies
from kpitree.analysis.proposing.likeliest import currency_column
from kpitree.analysis.proposing.reading import Reading, reading_of
from kpitree.cli.answers import currency_code, label, one_of, yes
from kpitree.cli.asking import Asker, Defaults, Question
from kpitree.errors import SourceError, UsageError
from kpitree.pipeline import starting
from kpitree.pipeline.starting import Start
from kpitree.tree.currencies import CODES, SIGNS


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
        f"{found.example} is {_english(found.example, decimal=',')}",
        f"{found.example} is {_english(found.example, decimal='.')}",
    ]
    at = asker.ask(
        Question(
            text=f"How are the numbers of {names} written?",
            why="They can be read two ways: with a decimal mark, or with thousands.",
            default="none",
            options=tuple(options),
            read=one_of(options),
        )
    )
    decided = reading_of(begun.columns, ",."[at])
    assert isinstance(decided, Reading)
    return decided


def _english(text: str, *, decimal: str) -> str:
    """With a point before the decimals, and nothing between thousands."""
    other = "." if decimal == "," else ","
    return text.strip().replace(other, "").replace(decimal, ".")


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
            read=label,
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
            read=label,
            more="number, currency, percent (0.25 is 25 %), days, hours, or a word of your own"
            " such as tickets",
        )
    )


def ask_only(asker: Asker, begun: Start, goal: Goal) -> Only | None:
    """Which rows count, where a column says that their amounts are in several currencies."""
    column = currency_column(begun.columns) if goal.unit == "currency" else None
    if column is None or column.members is None or len(column.members) < 2:
        return None
    codes = list(column.members)
    lines = [*(f"{code} alone" for code in codes), "all, added up as if they were alike"]
    at = asker.ask(
        Question(
            text=f"The column {column.name} holds several currencies. Which rows should count?",
            why="Nothing is converted, so a sum over several means nothing.",
            default="1",
            options=tuple(lines),
            read=one_of(lines),
        )
    )
    return Only(column.name, codes[at]) if at < len(codes) else None


def ask_currency(asker: Asker, begun: Start, goal: Goal, only: Only | None) -> str | None:
    """A code of three letters, or None."""
    if only is not None:
        return currency_code(only.value.strip())
    if several_currencies(begun.columns, goal):
        return None
    return asker.ask(
        Question(
            text="In which currency?",
            why="It stands with the amounts; nothing is converted.",
            default=_currency_of(begun.columns, goal) or "none",
            read=currency_code,
            more="A code of three letters such as EUR, USD or CHF; or none.",
        )
    )


def ask_down(asker: Asker, begun: Start, goal: Goal, called: str) -> bool:
    """Whether less of it is better; by its name, and for plain counts by that of the file."""
    file = Path(begun.file).name if goal.kind == "count" else ""
    down = goal.down or is_better_low((*words_of(called), *words_of(file)))
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
    if goal.until is not None:
        times = [one for one in times if one.name == goal.time]
    elif goal.time is not None:
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
    beside = currency_column(columns)
    if beside is not None and beside.members:
        return beside.members[0].strip()
    for column in columns:
        if column.name in goal.numbers:
            if column.currency:
                return SIGNS.get(column.currency, column.currency)
            for word in column.words:
                if word.upper() in CODES:
                    return word.upper()
    return None
