"""A tree over a file that is there: look at it, propose, write the text, try it out."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import polars as pl

from kpitree import pipeline
from kpitree.analysis.proposing.choices import Choices, tables_of
from kpitree.analysis.proposing.columns import Column, day_of
from kpitree.analysis.proposing.elements import one_of
from kpitree.analysis.proposing.goals import Goal
from kpitree.analysis.proposing.labels import lowered
from kpitree.analysis.proposing.likeliest import times
from kpitree.analysis.proposing.near_times import near_times, year_and_month
from kpitree.analysis.proposing.numbers import FEWEST, PERIODS, aim, target_for, typical
from kpitree.analysis.proposing.seeming import columns_of
from kpitree.analysis.results.evaluation import Evaluation
from kpitree.data.starting.looking import look_into
from kpitree.data.starting.pairs import months_in, turned_in
from kpitree.errors import Notice, SourceError
from kpitree.numbers import Numbers
from kpitree.pipeline.question import Question
from kpitree.tree.read import read_tree
from kpitree.tree.writing import text_of

_LISTED: Final = 12  # columns named in a message


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A file to start from. file: where it is. path: as the tree file says it, relative to that."""

    file: str
    path: str
    columns: tuple[Column, ...]
    encoding: str | None

    @property
    def times(self) -> list[Column]:
        """At least one: the columns that may place rows in time, the likeliest first."""
        return times(self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a tree without targets gives: its goal in the last complete period, and lately.

    goal, elements: what they are in a period, over the last PERIODS complete ones; None where
    there are too few of them. elements: by name.
    """

    label: str
    value: float | None
    counted: tuple[str, float] | None
    goal: float | None
    elements: dict[str, float | None]
    warnings: tuple[Notice, ...]


def look_at(file: str, path: str, time_format: str | None = None) -> Start:
    """What a file holds.

    Raises SourceError: it cannot be read, holds no rows, or nothing in it says when.
    """
    look = look_into(file, file, time_format)
    start = Start(file=file, path=path, columns=columns_of(look.columns), encoding=look.encoding)
    if not start.times:
        start = _with_months(start)
    if not start.times:
        raise _no_time(start)
    return start


def _with_months(start: Start) -> Start:
    """With a computed day, where two columns say year and month."""
    parts = year_and_month(start.columns)
    found = None if parts is None else months_in(start.file, start.file, *parts)
    if parts is None or found is None:
        return start
    first, last, months = found
    day = replace(
        day_of(start.columns, *parts),
        first=first,
        last=last,
        days=months,
        month_starts=True,
        weekdays=7,
        sample=(first.isoformat(),),
    )
    return replace(start, columns=(*start.columns, day))


def _no_time(start: Start) -> SourceError:
    names = ", ".join(column.name for column in start.columns[:_LISTED])
    more = " …" if len(start.columns) > _LISTED else ""
    near = near_times(start.columns)
    return SourceError(
        f"no column says when its rows were: {names}{more}",
        where=start.file,
        hint=near or "a tree compares periods, so each row needs a date, such as 2026-01-31",
    )


def with_format(start: Start, time: Column, time_format: str) -> tuple[Start, Column]:
    """What is known of a column of dates once it is clear how its texts are meant."""
    looked = look_at(start.file, start.path, time_format)
    return looked, next(column for column in looked.columns if column.name == time.name)


def turned(start: Start, goal: Goal, time_format: str | None) -> int:
    """Of rows that last, those that end before they start."""
    if goal.time is None or goal.until is None:
        return 0
    return turned_in(start.file, start.file, goal.time, goal.until, time_format)


def tree_text(choices: Choices, tree_file: Path) -> str:
    """The text of the tree file, with comments for whoever reads it first.

    Raises TreeErrors for choices that give no tree.
    """
    text = _commented(text_of(tables_of(choices)), choices, tree_file)
    read_tree(text, tree_file)
    return text


def tried(choices: Choices, tree_file: Path) -> Past:
    """Evaluate the tree that has been chosen, and look back.

    Raises SourceError for what is wrong in the data, and with the tree where it has no value.
    """
    tree = read_tree(text_of(tables_of(choices)), tree_file)
    evaluation = pipeline.evaluate(tree, Question(cache=False, explain=()))
    value = _value(evaluation, choices.root)
    goal, elements = _lately(evaluation, choices)
    return Past(
        label=evaluation.period.span.label,
        value=value,
        counted=_counted(evaluation, choices),
        warnings=evaluation.warnings,
        goal=goal,
        elements=elements,
    )


def _value(evaluation: Evaluation, kpi: str) -> float | None:
    rows = evaluation.kpis.filter(pl.col("kpi") == kpi)
    found: float | None = rows["value"].item(-1)
    return found


def _counted(evaluation: Evaluation, choices: Choices) -> tuple[str, float] | None:
    """The first element that counts something, and how many there are."""
    if choices.breakdown.sign == "+":
        return None
    for name, element in choices.elements.items():
        value = _value(evaluation, name)
        if element.counts and element.unit != "days" and value is not None:
            return element.label, value
    return None


def _lately(
    evaluation: Evaluation, choices: Choices
) -> tuple[float | None, dict[str, float | None]]:
    """From the values of the last complete periods, so that the elements give the goal."""
    names = [choices.root, *choices.elements]
    history = _history(evaluation, names)
    known = [row for row in history if None not in row][-PERIODS:]
    if len(known) < FEWEST:
        return None, dict.fromkeys(choices.elements)
    if choices.goal.until is not None:
        known = known[-1:]  # a level is no mean
    goals, *elements = (list(values) for values in zip(*known, strict=True))
    goal, found = typical(choices.breakdown.sign, goals, elements)
    return goal, dict(zip(choices.elements, found, strict=True))


def _history(evaluation: Evaluation, names: list[str]) -> list[tuple[float | None, ...]]:
    """The values of the KPIs in each complete period, oldest first."""
    rows = evaluation.history.filter(pl.col("kpi").is_in(names))
    wide = rows.pivot(on="kpi", index="period", values="value", maintain_order=True)
    return list(wide.select(names).iter_rows()) if wide.height else []


def proposed_target(choices: Choices, past: Past) -> float | None:
    """For the goal: a little better than lately."""
    target = target_for(past.goal, aim(down=choices.down), _digits(choices))
    return round(target) if target is not None and choices.goal.kind == "count" else target


def lever_targets(choices: Choices, past: Past) -> dict[int, float]:
    """A target for each lever, so that together they give the goal's, all else as it was."""
    if choices.target is None or not past.goal or choices.breakdown.sign not in ("*", "+"):
        return {}
    ratio = choices.target / past.goal
    if choices.breakdown.sign == "*" and ratio > 0:
        ratio **= 1 / len(choices.levers or (0,))
    found = {
        at: target_for(past.elements[name], ratio, _digits(choices))
        for at, name in enumerate(choices.elements)
        if at in choices.levers
    }
    return {at: target for at, target in found.items() if target is not None}


def _digits(choices: Choices) -> int:
    """Round numbers; but where all elements have targets, they are to add up."""
    return 6 if choices.elements and len(choices.levers) == len(choices.elements) else 3


def first_dimension(choices: Choices) -> str | None:
    """The first word of --by, if there is any."""
    source = tables_of(choices)["sources"][choices.source]
    return next(iter(source.get("dimensions", ())), None)


def goal_in_words(choices: Choices, past: Past) -> str:
    """`Revenue in 2015-12: 64,701.15 (from 1,670 orders)`."""
    numbers = Numbers(unit=choices.goal.unit)
    text = f"{choices.label} in {past.label}: {numbers.value(past.value, word=True)}"
    if past.counted is None:
        return text
    label, count = past.counted
    things = one_of(label) if count == 1 else lowered(label)
    return f"{text} (from {Numbers(unit='number').value(count)} {things})"


# --- comments ------------------------------------------------------------------------------------


def _commented(text: str, choices: Choices, tree_file: Path) -> str:
    said = _comments(choices)
    lines = [*_head(choices, tree_file), ""]
    for line in text.rstrip("\n").split("\n"):
        key = "covers" if line.startswith("covers = ") else line
        lines += [f"# {comment}" for comment in said.get(key, ())]
        lines.append(line)
    return "\n".join(lines) + "\n"


def _head(choices: Choices, tree_file: Path) -> list[str]:
    name = _one_line(tree_file.name)
    by = f" --by {dimension}" if (dimension := first_dimension(choices)) else ""
    lines = {
        f"kpitree eval {name}": "what is, against target and last period",
        f"kpitree drivers {name}{by}": "what moved it",
        f"kpitree check {name}": "what would make these KPIs better",
    }
    wide = max(map(len, lines))
    return [
        f"# A KPI tree: {_one_line(choices.label)}, and what it is made of. Made by kpitree init.",
        "#",
        *(f"#   {line:{wide}}   {said}" for line, said in lines.items()),
    ]


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)


def _comments(choices: Choices) -> dict[str, tuple[str, ...]]:
    """By the header of a table, what stands above it."""
    found: dict[str, tuple[str, ...]] = {
        f"[sources.{choices.source}]": ("The rows, and the column that says when each was.",),
        f"[sources.{choices.source}.dimensions]": ("What --by splits every KPI by.",),
        f"[kpi.{choices.root}]": ("The goal: the formula holds to the cent.",)
        if choices.elements
        else ("The goal. Break it down: replace `measure` by a formula over other KPIs.",),
    }
    found["covers"] = (_covers_said(choices),)
    for at, name in enumerate(choices.elements):
        if at in choices.levers:
            found[f"[kpi.{name}]"] = ("A lever: somebody can move it.",)
    return found


def _covers_said(choices: Choices) -> str:
    """Why the source says which days its rows speak for."""
    if choices.goal.until is not None:
        return "Until when the rows are known: put the day of your export. See docs/stocks.md."
    if choices.time.far:
        return "Without the days that lie far from all others."
    return "Each row speaks for more than its day, so the last period is complete."
