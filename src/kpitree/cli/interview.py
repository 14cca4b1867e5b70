"""From a file to a tree that runs: the four steps of `kpitree init`."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kpitree.analysis.proposing.choices import Choices, columns_used
from kpitree.analysis.proposing.naming import file_name
from kpitree.analysis.proposing.reading import with_null_words
from kpitree.analysis.proposing.times import REVIEWS, covers_of
from kpitree.cli import console, folders, templating
from kpitree.cli.answers import one_of
from kpitree.cli.asking import Asker, Defaults, Person, Question
from kpitree.cli.goal_questions import (
    ask_currency,
    ask_down,
    ask_goal,
    ask_label,
    ask_only,
    ask_reading,
    ask_time,
    ask_unit,
)
from kpitree.cli.tree_questions import (
    ask_breakdown,
    ask_by,
    ask_dimensions,
    ask_grain,
    ask_levers,
    ask_name,
    ask_owner,
    ask_target,
)
from kpitree.data.starting.finding import MOST, data_files
from kpitree.errors import UsageError
from kpitree.pipeline import starting
from kpitree.pipeline.remarks import remarks, told
from kpitree.pipeline.starting import Past, Start
from kpitree.render.words import visible


def start(folder: Path, data: Sequence[str], name: str | None, *, ask: bool, force: bool) -> None:
    """Ask, or take the defaults; then write the tree and say what to type next.

    Raises UsageError: no data, files that are there already. SourceError: data that cannot be read.
    """
    folders.make_folder(folder, dry=True)
    asker: Asker = Person() if ask else Defaults()
    try:
        _start(asker, folder, data, name, force=force)
    except EOFError:
        raise UsageError("no more answers: nothing was written") from None


def _start(
    asker: Asker, folder: Path, data: Sequence[str], name: str | None, *, force: bool
) -> None:
    found = list(data) or _found(folder)
    if not found and isinstance(asker, Person):
        _offer_templates(asker, folder, name, force=force)
        return
    if not found:
        hint = "give --data FILE, or --template NAME (see --list)"
        raise UsageError("there are no data files", where=str(folder), hint=hint)
    file = _file(asker, found)
    begun = starting.look_at(file, _path(file, folder))
    asker.say(_seen(begun))
    choices, past = _choices(asker, begun, folder, name, force=force)
    tree = folder / f"{file_name(choices.name)}.toml"
    text = starting.tree_text(choices, tree)
    folders.write_files(folder, {tree.name: text}, force=force)
    _tell(asker, choices, past, tree)


def _found(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    try:
        return [str(path) for path in data_files(folder)]
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"the folder cannot be read: {reason}", where=str(folder)) from None


def _offer_templates(asker: Asker, folder: Path, name: str | None, *, force: bool) -> None:
    asker.say(
        "There are no data files here (CSV, TSV, Parquet, NDJSON). A template brings its own."
    )
    lines = templating.listing().splitlines()
    at = asker.ask(
        Question(
            text="Which template?",
            why="Each is a whole tree with made-up data, to look at and to change.",
            default="1",
            options=tuple(lines),
            read=one_of(lines),
            more="With a file of your own: kpitree init --data FILE",
        )
    )
    templating.write_template(folder, lines[at].split()[0], name, force=force)


def _file(asker: Asker, names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    if isinstance(asker, Defaults):
        raise UsageError(
            f"there are {len(names)} data files, and nobody is asked: {', '.join(names)}",
            hint="give one of them: --data FILE",
        )
    more = "A tree may have more sources: add them to the file later, see docs/tree-file.md."
    if len(names) == MOST:
        more = f"Only the first {MOST} are listed: kpitree init --data FILE names any other. {more}"
    at = asker.ask(
        Question(
            text="Which file should the tree start from?",
            why="One file gives the first numbers; others can be added later.",
            default="1",
            options=tuple(names),
            read=one_of(names),
            more=more,
        )
    )
    return names[at]


def _path(file: str, folder: Path) -> str:
    """The data as the tree file is to say it: relative to that, with / on every machine."""
    if "://" in file:
        return file
    try:
        return Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # another drive on Windows
        return Path(file).absolute().as_posix()


def _seen(begun: Start) -> str:
    columns = begun.columns
    count = f"{columns[0].rows:,} rows, {len(columns)} columns"
    return f"Found {begun.file}: {count}."


def _tell(asker: Asker, choices: Choices, past: Past, tree: Path) -> None:
    if isinstance(asker, Defaults):
        console.answer(f"{visible(starting.goal_in_words(choices, past))}\n")
    else:
        console.answer("\n")
    console.answer(f"wrote {visible(str(tree))}\n\n")
    by = starting.first_dimension(choices)
    drivers = "drivers {}" + (f" --by {by}" if by else "")
    console.answer(folders.next_commands(tree, "eval {}", drivers, "check {}"))


def _choices(
    asker: Asker, begun: Start, folder: Path, given: str | None, *, force: bool
) -> tuple[Choices, Past]:
    """Everything the tree needs, and what it gives."""
    # 1 the goal
    asker.say("\nStep 1 of 4: the goal")
    reading = ask_reading(asker, begun)
    console.warn(tuple(remarks(begun, reading)), "auto")
    goal = ask_goal(asker, begun, reading)
    label = ask_label(asker, goal)
    unit = ask_unit(asker, goal)
    only = ask_only(asker, begun, replace(goal, unit=unit))
    currency = ask_currency(asker, begun, goal, only) if unit == "currency" else None
    down = ask_down(asker, begun, goal, label)
    begun, time, time_format = ask_time(asker, begun, goal)
    goal = replace(goal, label=label, unit=unit)
    # 2 its elements
    asker.say("\nStep 2 of 4: its elements")
    breakdown = ask_breakdown(asker, begun, goal, time, only)
    # 3 which of them you can move
    asker.say("\nStep 3 of 4: what can be moved")
    levers = ask_levers(asker, breakdown)
    dimensions = ask_dimensions(asker, begun, goal, only)
    # 4 numbers, owners, deadlines, rhythm
    asker.say("\nStep 4 of 4: numbers, owner, rhythm")
    grain = ask_grain(asker, time)
    choices = Choices(
        name=label,
        path=begun.path,
        encoding=begun.encoding,
        reading=reading,
        time=time,
        time_format=time_format,
        goal=goal,
        label=label,
        currency=currency,
        breakdown=breakdown,
        levers=levers,
        dimensions=dimensions,
        grain=grain,
        review=REVIEWS[grain],
        owner="",
        down=down,
        only=only,
        covers=covers_of(time),
        turned=starting.turned(begun, goal, time_format),
    )
    used = [one for one in begun.columns if one.name in columns_used(choices)]
    choices = replace(choices, reading=with_null_words(reading, used))
    past = starting.tried(choices, folder / "tree.toml")
    console.warn(told(choices, begun, past), "auto")
    asker.say(starting.goal_in_words(choices, past))
    target = ask_target(asker, choices, past)
    by = ask_by(asker, target, time)
    owner = ask_owner(asker)
    name = ask_name(asker, begun, folder, given, force=force)
    choices = replace(choices, target=target, by=by, owner=owner, name=name)
    if target is not None:
        choices = replace(choices, lever_targets=starting.lever_targets(choices, past))
    return choices, past
