"""Questions of the other steps: elements, levers, dimensions, numbers, owner and rhythm."""

import getpass
from datetime import date
from pathlib import Path
from typing import Final

from kpitree.analysis.proposing.choices import Choices, Only
from kpitree.analysis.proposing.columns import Column, Seems
from kpitree.analysis.proposing.elements import Breakdown, breakdowns_of
from kpitree.analysis.proposing.goals import Goal
from kpitree.analysis.proposing.naming import file_name
from kpitree.analysis.proposing.times import grain_of
from kpitree.calendar import Grain
from kpitree.cli import folders
from kpitree.cli.answers import day_after, number_reader, one_of, some_of, words, words_or_nothing
from kpitree.cli.asking import Asker, Person, Question
from kpitree.numbers import Numbers
from kpitree.pipeline import starting
from kpitree.pipeline.starting import Past, Start

_NOBODY: Final = frozenset({"root", "admin", "administrator", "system", "user", ""})
_MANY: Final = 8  # dimensions that are taken without a word


def ask_breakdown(
    asker: Asker, begun: Start, goal: Goal, time: Column, only: Only | None
) -> Breakdown:
    """What the goal is made of."""
    columns = [one for one in begun.columns if only is None or one.name != only.column]
    found = breakdowns_of(goal, columns, time)
    if len(found) == 1:
        return found[0]
    lines = [one.said for one in found]
    at = asker.ask(
        Question(
            text=f"What is it made of? {goal.label} =",
            why="Each of these is exact: the elements together give the goal.",
            default="1",
            options=tuple(lines),
            read=one_of(lines),
            more="An element can be taken apart further later: give it a formula of its own.",
        )
    )
    return found[at]


def ask_levers(asker: Asker, breakdown: Breakdown) -> tuple[int, ...]:
    """Places of the elements that can be moved."""
    names = [one.label for one in breakdown.elements]
    if not names:
        return ()
    targets = breakdown.sign in ("*", "+")  # of those that are divided none is proposed
    usual = [at for at, one in enumerate(breakdown.elements, start=1) if targets and not one.counts]
    return asker.ask(
        Question(
            text="Which of them can you move?",
            why="These get a target and an owner; the others are watched.",
            default=", ".join(map(str, usual)) or "none",
            options=tuple(names),
            read=some_of(names, names),
            more="Numbers with commas between them, all, or none. A lever is what your own"
            " decisions change.",
        )
    )


def ask_dimensions(asker: Asker, begun: Start, goal: Goal, only: Only | None) -> tuple[str, ...]:
    """The columns that --by splits by."""
    names = [one.name for one in begun.columns if one.seems is Seems.DIMENSION]
    if goal.outcome is not None and goal.outcome.column in names:
        names.remove(goal.outcome.column)
    if only is not None and only.column in names:
        names.remove(only.column)
    if not names:
        return ()
    by_name = {one.name: one for one in begun.columns}
    lines = [f"{name}: {_members_said(by_name[name])}" for name in names]
    default = "all" if len(names) <= _MANY else ", ".join(map(str, range(1, _MANY + 1)))
    chosen = asker.ask(
        Question(
            text="By what should it be split?",
            why="--by shows every number for each of these, and which of them moved it.",
            default=default,
            options=tuple(lines),
            read=some_of(lines, names),
            more="Numbers with commas between them, all, or none.",
        )
    )
    return tuple(names[at] for at in chosen)


def ask_grain(asker: Asker, time: Column) -> Grain:
    """The period of targets and reviews."""
    words = [str(grain) for grain in Grain]
    at = asker.ask(
        Question(
            text="How often do you look at it: every day, week, month, quarter or year?",
            why="Targets are for such a period, and it is reviewed as often.",
            default=str(grain_of(time)),
            read=one_of(words),
            more=f"One of {', '.join(words)}. kpitree eval --grain shows any other.",
        )
    )
    return list(Grain)[at]


def ask_target(asker: Asker, choices: Choices, past: Past) -> float | None:
    """What the goal is to be in such a period, or None."""
    proposed = starting.proposed_target(choices, past)
    numbers = Numbers(unit=choices.goal.unit)
    default = "none" if proposed is None else f"{proposed:g}" if proposed < 1e6 else str(proposed)
    percent = choices.goal.unit == "percent"
    why = "There is too little history to propose one."
    if past.goal is not None and choices.goal.until is not None:
        why = f"At the end of {past.label} it was {numbers.value(past.goal)}."
    elif past.goal is not None:
        why = f"Lately it was {numbers.value(past.goal)} a {choices.grain} on average."
    if proposed is not None:
        why += f" Proposed: 5 % {'less' if choices.down else 'more'}."
    return asker.ask(
        Question(
            text=f"What is the target for a {choices.grain}?",
            why=why,
            default=default,
            read=number_reader(
                default=default,
                percent=percent,
                such_as="70000" if proposed is None else default,
            ),
            more="12% or 0.12; or none."
            if percent
            else "A number such as 70000, 70,000.50 or 70.000,50; or none.",
        )
    )


def ask_by(asker: Asker, target: float | None, time: Column) -> date | None:
    """The day by which, or None. time: what the data knows lies behind."""
    if target is None:
        return None
    return asker.ask(
        Question(
            text="By which day is it to be reached?",
            why="A deadline; without one the target holds for every period.",
            default="none",
            read=day_after(time.last),
            more="A day such as 2027-12-31, or none.",
        )
    )


def ask_owner(asker: Asker) -> str:
    """Who answers for it, or ""; where nobody is asked, nobody does."""
    return asker.ask(
        Question(
            text="Who answers for it?",
            why="One name; without one nobody does.",
            default=(_login() if isinstance(asker, Person) else "") or "none",
            read=words_or_nothing,
            more="A person or a role such as Head of Sales; or none.",
        )
    )


def ask_name(asker: Asker, begun: Start, folder: Path, given: str | None, *, force: bool) -> str:
    """What the tree is called; no name that would overwrite a file."""
    default = given or _stem(begun.file)

    def free(answer: str) -> str:
        name = words(answer)
        path = folder / f"{file_name(name)}.toml"
        folders.refuse_taken([path], force=force)
        return name

    return asker.ask(
        Question(
            text="What is the tree called?",
            why=f"The file gets this name, in {_place(folder)}.",
            default=default,
            read=free,
        )
    )


def _members_said(column: Column) -> str:
    members = column.members or ()
    more = f" and {len(members) - 3} more" if len(members) > 3 else ""
    return f"{', '.join(members[:3])}{more}"


def _place(folder: Path) -> str:
    return "this folder" if folder == Path() else f"the folder {folder}"


def _login() -> str:
    """Who sits here, if that is a person."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user, as in some containers
        return ""
    return "" if name.casefold() in _NOBODY or not name.isprintable() else name


def _stem(file: str) -> str:
    """Of data/pizza.csv.gz: pizza."""
    stem = Path(file).name.partition(".")[0].replace("_", " ").strip(" *?[]-")
    return stem if stem and stem.isprintable() else "tree"
