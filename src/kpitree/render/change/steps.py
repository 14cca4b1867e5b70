"""`--through`: the lines of every step from period to period, beside those of the whole way."""

import math
from collections.abc import Iterator, Sequence

from kpitree.analysis.attribution.contract import Attribution, Line
from kpitree.analysis.results.change import Change
from kpitree.numbers import THOUSAND, Numbers
from kpitree.render.amounts import printed_amounts
from kpitree.render.figures import Cell, Column, Label
from kpitree.render.kpis import numbers_of
from kpitree.render.names import effect_notes, line_name
from kpitree.render.style import Style
from kpitree.render.words import visible

Key = tuple[str, str]  # driver, effect

SUM, DIRECT = "sum", "direct"


def labels(change: Change) -> tuple[Label, ...]:
    """Every driver of any step, then the KPI explained."""
    drivers = (
        Label(text=line_name(line.label, (), effect_notes(line.effect)), hang="  ")
        for line in _lines(change).values()
    )
    return (*drivers, Label(text=visible(change.attribution.label), hang="  ", style="heading"))


def columns(change: Change, style: Style, *, coarse: bool = False) -> list[Column]:
    """Each step under the name of where it leads; their sum; the whole way at once."""
    keys = list(_lines(change))
    node = change.tree.kpis[change.attribution.kpi]
    coarse = coarse and abs(change.attribution.change or 0.0) >= THOUSAND
    numbers = numbers_of(node, style, coarse=coarse)
    built = [
        _column(f"step {at}", visible(link.to_label), _amounts(link, keys), link.change, numbers)
        for at, link in enumerate(change.links)
    ]
    built.append(_column(SUM, SUM, list(sums(change, keys)), _sum_of_changes(change), numbers))
    direct = change.attribution
    built.append(_column(DIRECT, DIRECT, _amounts(direct, keys), direct.change, numbers))
    return built


def note(change: Change) -> str:
    """What the two last columns are."""
    found = change.attribution
    return (
        f"{SUM} adds the lines of all steps; {DIRECT} goes from {visible(found.from_label)} to"
        f" {visible(found.to_label)} at once. Both add up to the change."
    )


def sums(change: Change, keys: Sequence[Key]) -> Iterator[float | None]:
    """Each driver's lines over all steps, added up; None where a step was not taken apart."""
    steps = [_by_key(link) for link in change.links]
    apart = all(link.reason is None for link in change.links)
    for key in keys:
        yield math.fsum(step.get(key, 0.0) for step in steps) if apart else None


def _sum_of_changes(change: Change) -> float | None:
    changes = [link.change for link in change.links]
    known = [each for each in changes if each is not None]
    return math.fsum(known) if len(known) == len(changes) else None


def _lines(change: Change) -> dict[Key, Line]:
    """A line of every driver, in the order of the whole way, then as they come."""
    every = (line for found in (change.attribution, *change.links) for line in found.lines)
    first: dict[Key, Line] = {}
    for line in every:
        first.setdefault((line.kpi, line.effect), line)
    return first


def _by_key(found: Attribution) -> dict[Key, float]:
    added: dict[Key, list[float]] = {}
    for line in found.lines:
        added.setdefault((line.kpi, line.effect), []).append(line.line)
    return {key: math.fsum(amounts) for key, amounts in added.items()}


def _amounts(found: Attribution, keys: Sequence[Key]) -> list[float | None]:
    known = _by_key(found)
    return [known.get(key) for key in keys]


def _column(
    key: str, title: str, amounts: list[float | None], total: float | None, numbers: Numbers
) -> Column:
    known = [amount for amount in amounts if amount is not None]
    whole = 0.0 if total is None else total
    places = numbers.places(whole, *known)
    printed = iter(printed_amounts(known, whole, numbers, places))
    cells = [Cell("" if amount is None else next(printed)) for amount in amounts]
    cells.append(Cell(numbers.change(total, places=places), "heading"))
    group = "" if key.startswith("step") else "whole"
    return Column(key=key, title=title, cells=tuple(cells), group=group)
