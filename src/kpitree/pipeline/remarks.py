"""What `kpitree init` has to say about a file beside its questions."""

from collections.abc import Iterator
from typing import Final

from kpitree.analysis.proposing.choices import Choices
from kpitree.analysis.proposing.columns import Seems
from kpitree.analysis.proposing.goals import several_currencies
from kpitree.analysis.proposing.reading import Reading
from kpitree.errors import Notice
from kpitree.pipeline.starting import Past, Start

_LEFT_OUT: Final = frozenset({"null_dates"})  # notices of an evaluation that matter here


def remarks(start: Start, reading: Reading) -> list[Notice]:
    """What was not taken as it stands: letters that are no UTF-8, texts among numbers."""
    found = []
    if start.encoding is not None:
        message = f"the letters are read as {start.encoding}; if they look wrong, change `encoding`"
        found.append(Notice(code="encoding", message=message, source=start.path))
    for column in start.columns:
        if column.stray is not None and not column.formats and column.seems is not Seems.DIMENSION:
            message = f"{column.name!r} is not used as a number: it holds the text {column.stray!r}"
            found.append(Notice(code="no_number", message=message, source=start.path))
        elif column.name in reading.unread:
            message = f"{column.name!r} is not used: its numbers are not written like the others"
            found.append(Notice(code="no_number", message=message, source=start.path))
    return found


def told(choices: Choices, start: Start, past: Past) -> tuple[Notice, ...]:
    """What was taken for what, and which rows are left out."""
    own = (*_spellings(choices), *_currencies(choices, start), *_days(choices))
    found = (Notice(code=code, message=message, source=start.path) for code, message in own)
    return (*found, *(notice for notice in past.warnings if notice.code in _LEFT_OUT))


def _spellings(choices: Choices) -> Iterator[tuple[str, str]]:
    outcome = choices.goal.outcome
    if outcome is None or len(outcome.wins + outcome.losses) == 2:
        return
    won, lost = (", ".join(map(repr, words)) for words in (outcome.wins, outcome.losses))
    yield "spellings", f"in {outcome.column!r} {won} count as won, and {lost} as lost"


def _currencies(choices: Choices, start: Start) -> Iterator[tuple[str, str]]:
    if choices.goal.unit != "currency":
        return
    if choices.only is not None:
        column, value = choices.only.column, choices.only.value
        message = f"only rows whose {column!r} is {value!r} count, as nothing is converted"
        yield "currencies", f"{message}; see `where` in the file"
        return
    several = several_currencies(start.columns, choices.goal)
    if several:
        names = ", ".join(several)
        yield "currencies", f"amounts in several currencies are added up as they are: {names}"


def _days(choices: Choices) -> Iterator[tuple[str, str]]:
    time = choices.time
    if time.far and choices.covers is not None:
        far = ", ".join(map(str, time.far))
        first, last = choices.covers
        yield (
            "stray_dates",
            (f"days far from all others are left out: {far}; `covers` says {first} to {last}"),
        )
    if choices.turned:
        rows = "1 row ends" if choices.turned == 1 else f"{choices.turned} rows end"
        message = f"{rows} before the day of {time.name!r}, and is left out; see `where`"
        yield "turned", message if choices.turned == 1 else message.replace("and is", "and are")
    if time.no_dates:
        words = ", ".join(map(repr, time.no_dates))
        yield "no_dates", f"rows whose {time.name!r} is {words} have no date; see `null_values`"
