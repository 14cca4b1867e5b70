"""A KPI's target as the file has it, told apart by its keys and made a model value."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kpitree.calendar import Grain
from kpitree.errors import UsageError, did_you_mean
from kpitree.tree.expressions import AGGREGATES, calls_in
from kpitree.tree.forms import (
    IN_WORDS,
    KEYS,
    Form,
    GrowthTable,
    PlanTable,
    SpreadTable,
    form_of,
    keys_of,
)
from kpitree.tree.mistakes import Mistakes
from kpitree.tree.model import (
    DataTarget,
    GrowthTarget,
    Leaf,
    PathTarget,
    PeriodTargets,
    PlainTarget,
    SpreadTarget,
    Target,
    TargetsFile,
)
from kpitree.tree.parsing import parse_condition, parse_measure
from kpitree.tree.positions import KeyPath
from kpitree.tree.schema import TargetsTable
from kpitree.tree.shape import read_numbers, read_table
from kpitree.tree.surroundings import Surroundings, expression, location_of, optional


def read_target(
    given: float | dict[str, Any] | None, key: KeyPath, around: Surroundings
) -> Target | None:
    """The target of one KPI; None where there is none, or a mistake in it."""
    match given:
        case None:
            return None
        case dict():
            return _of_table(given, key, around)
        case _:
            return PlainTarget(value=given)


def read_targets_file(raw: object, folder: Path, mistakes: Mistakes) -> TargetsFile | None:
    """The [targets] table, whose path is relative to the tree file's folder."""
    if raw is None:
        return None
    key = ("targets", "path")
    path = read_table(raw, TargetsTable, key[:1], mistakes)["path"]
    if path is None:
        if isinstance(raw, dict) and not mistakes.about(key):
            mistakes.add(key[:1], "the key 'path' is missing", 'such as: path = "targets.csv"')
        return None
    if not path.strip() or "\0" in path:
        mistakes.add(key, "this is not a path", 'such as: path = "targets.csv"')
        return None
    return TargetsFile(path=path, location=location_of(path, folder))


def _of_table(given: dict[str, Any], key: KeyPath, around: Surroundings) -> Target | None:
    form = form_of(set(given))
    if not given:
        around.mistakes.add(key, "the target is empty", IN_WORDS)
        return None
    if form is None and set(given) == {"value"}:
        around.mistakes.add(key, "the key 'per' or 'by' is missing", IN_WORDS)
        return None
    if form is None:
        return PeriodTargets(
            values=by_period(read_numbers(given, key, around.mistakes), key, around)
        )
    foreign = [name for name in given if name in KEYS and name not in keys_of(form)]
    if foreign:
        mixed = ", ".join(name for name in given if name in KEYS)
        message = f"these keys belong to different forms of a target: {mixed}"
        around.mistakes.add(key, message, IN_WORDS)
        return None
    table = _read(given, form, key, around)
    return None if table is None else _made(form, table, key, around)


def _read(
    given: dict[str, Any], form: Form, key: KeyPath, around: Surroundings
) -> dict[str, Any] | None:
    """The keys of one form; None where one is wrong or missing."""
    mistakes = around.mistakes
    before = len(mistakes.found)
    table = read_table(given, form, key, mistakes)
    for field in form.__struct_encode_fields__[: _needed(form)]:
        if field not in given and not mistakes.about((*key, field)):
            mistakes.add(key, f"the key {field!r} is missing", IN_WORDS)
    return table if len(mistakes.found) == before else None


def _needed(form: Form) -> int:
    """How many of the first keys must be there."""
    return len(form.__struct_fields__) - len(form.__struct_defaults__)


def _made(form: Form, table: dict[str, Any], key: KeyPath, around: Surroundings) -> Target | None:
    if form is SpreadTable:
        return SpreadTarget(value=table["value"], per=Grain(table["per"]))
    if form is GrowthTable:
        if table["growth"] <= -1:
            said = f"growth is above -1, and this is {table['growth']:g}: nothing would be left"
            around.mistakes.add((*key, "growth"), said, "write 0.2 for 20 % more, -0.2 for less")
            return None
        return GrowthTarget(growth=table["growth"], over=table["over"])
    if form is PlanTable:
        return _plan(table, key, around)
    return _path(table, key, around)


def by_period(values: dict[str, float], key: KeyPath, around: Surroundings) -> dict[str, float]:
    """Numbers by period label; a label that is none becomes a mistake."""
    for label in values:
        try:
            around.calendar.parse(label)
        except UsageError as error:
            around.mistakes.add((*key, label), error.message, error.hint)
    return values


# --- a path with a deadline ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Stop:
    """A place on the way: its key in the file, its day, and what is to be reached there."""

    key: KeyPath
    day: date
    value: float


def _path(table: dict[str, Any], key: KeyPath, around: Surroundings) -> PathTarget | None:
    since, by = table["since"], table["by"]
    if (table["from"] is None) != (since is None):
        there, lacking = ("since", "from") if table["from"] is None else ("from", "since")
        around.mistakes.add((*key, there), f"this goes with {lacking!r}", IN_WORDS)
        return None
    if since is not None and since >= by:
        message = f"the way begins on {since}, and is to be over by {by}"
        around.mistakes.add((*key, "since"), message)
        return None
    begin = [] if since is None else [_Stop((*key, "since"), since, table["from"])]
    between = sorted(_milestones(table["milestones"], key, around), key=lambda stop: stop.day)
    for stop in between:
        if stop.day >= by or (since is not None and stop.day <= since):
            bounds = f"before {by}" if since is None else f"between {since} and {by}"
            around.mistakes.add(stop.key, f"a milestone lies on the way, {bounds}")
    stops = [*begin, *between, _Stop((*key, "by"), by, table["value"])]
    return PathTarget(
        value=table["value"], by=by, points=tuple((stop.day, stop.value) for stop in stops)
    )


def _milestones(given: dict[str, float], key: KeyPath, around: Surroundings) -> Iterator[_Stop]:
    met: set[date] = set()
    for label, value in given.items():
        place = (*key, "milestones", label)
        try:
            day = date.fromisoformat(label)
        except ValueError:
            around.mistakes.add(place, f"{label[:60]!r} is not a date", "such as: 2026-06-30")
            continue
        if day in met:
            around.mistakes.add(place, f"there are two milestones for {day}", "keep one of them")
        met.add(day)
        yield _Stop(place, day, value)


# --- a plan that is data -------------------------------------------------------------------------


def _plan(table: dict[str, Any], key: KeyPath, around: Surroundings) -> DataTarget | None:
    mistakes, source = around.mistakes, table["source"]
    if source not in around.sources and not mistakes.about(("sources",)):
        hint = did_you_mean(source, around.sources) or f"declare it: [sources.{source}]"
        mistakes.add((*key, "source"), f"there is no source {source!r}", hint)
        return None
    measure = expression(table["measure"], parse_measure, (*key, "measure"), mistakes)
    where = optional(table["where"], parse_condition, (*key, "where"), mistakes)
    if measure is None:
        return None
    if not any(call.name in AGGREGATES for call in calls_in(measure)):
        message = "a measure aggregates rows, and this does not"
        mistakes.add((*key, "measure"), message, "a plain number is a target: target = 2000")
        return None
    hidden = Leaf(
        id=f"{key[1]}:target",
        label="target",
        measure=measure,
        source=source,
        where=where,
        time=table["time"],
    )
    return DataTarget(plan=hidden, per=Grain(table["per"] or around.grain))
