"""From checked tables to model values: expressions parsed, defaults set, forms told apart."""

import keyword
import re
import unicodedata
from typing import Any

from kpitree.errors import UsageError
from kpitree.tree.expressions import RESERVED
from kpitree.tree.mistakes import Mistakes
from kpitree.tree.model import (
    Benchmark,
    Branch,
    Constant,
    Leaf,
    Node,
    Threshold,
    Thresholds,
)
from kpitree.tree.naming import label_of
from kpitree.tree.parsing import parse_condition, parse_formula, parse_measure
from kpitree.tree.positions import KeyPath
from kpitree.tree.schema import BenchmarkTable, ThresholdsTable
from kpitree.tree.surroundings import Surroundings, expression, optional
from kpitree.tree.targets import by_period, read_target

_ABOUT = (
    *("description", "unit", "decimals", "role", "owner", "review", "deadline", "indicator"),
    *("level", "department", "controllable", "driver", "missing", "counterweight"),
)
_KINDS = ("formula", "measure", "value")
_ROW_KEYS = ("source", "where", "time", "at", "count_when", "carry")


def build_kpi(name: str, table: dict[str, Any], around: Surroundings) -> Node | None:
    """One [kpi.name] table as a Leaf, Branch or Constant; None when its kind cannot be told."""
    key = ("kpi", name)
    _check_name(name, key, around.mistakes)
    kind = _kind_of(table, key, around.mistakes)
    if kind is None:
        return None
    about = _about(name, table, around)
    if kind != "measure":
        _refuse_row_keys(kind, table, key, around.mistakes)
    match kind:
        case "formula":
            return _branch(table, about, key, around)
        case "measure":
            return _leaf(table["measure"], "measure", table, about, around)
        case _:
            return _constant(table["value"], about, key, around)


def _kind_of(table: dict[str, Any], key: KeyPath, mistakes: Mistakes) -> str | None:
    """formula, measure or value; None when it is not exactly one, or one that could not be read."""
    given = [kind for kind in _KINDS if table[kind] is not None]
    unread = [kind for kind in _KINDS if mistakes.about((*key, kind))]
    if len(given) == 1 and not unread:
        return given[0]
    if len(given) + len(unread) != 1:
        kinds = " and ".join([*given, *unread]) or "none of them"
        hint = {
            "formula and measure": "a measure that a formula is checked against is: measured",
            "none of them": 'such as: measure = "count()"',
        }.get(kinds, "keep one of them")
        message = f"a KPI has exactly one of formula, measure, value; this has {kinds}"
        mistakes.add(key, message, hint)
    return None


def _check_name(name: str, key: KeyPath, mistakes: Mistakes) -> None:
    normal = unicodedata.normalize("NFKC", name)
    if name in RESERVED or keyword.iskeyword(name):
        mistakes.add(key, f"{name!r} is a word of the formula language", "choose another name")
    elif name.startswith("__"):
        mistakes.add(key, "no name begins with two underscores", "choose another name")
    elif not name.isidentifier():
        meant = re.sub(r"\W+", "_", normal).strip("_").lower()
        meant = meant if meant.isidentifier() else f"kpi_{meant}".rstrip("_")
        hint = f"letters, digits and _ only, such as: {meant[:40]}"
        mistakes.add(key, "this is not a name that a formula can use", hint)
    elif name != normal:  # a formula's names are read in this form, so they would never meet
        mistakes.add(
            key, "this name has letters in a form that formulas do not keep", f"write: {normal}"
        )


def _about(name: str, table: dict[str, Any], around: Surroundings) -> dict[str, Any]:
    key = ("kpi", name)
    bounds = _range(table, key, around.mistakes)
    return {
        **{field: table[field] for field in _ABOUT if table[field] is not None},
        "id": name,
        "label": table["label"] or label_of(name),
        "leads": tuple(table["leads"]),
        "tags": tuple(table["tags"]),
        "ignore": check_codes(table["ignore"], (*key, "ignore"), around.mistakes),
        "direction": "range" if bounds else table["direction"] or "up",
        "good_range": bounds,
        "thresholds": _thresholds(table["thresholds"], key, around.mistakes),
        "target": read_target(table["target"], (*key, "target"), around),
        "benchmark": _benchmark(table["benchmark"]),
        "rebaseline": _rebaseline(table["rebaseline"], (*key, "rebaseline"), around),
    }


def check_codes(codes: list[str], key: KeyPath, mistakes: Mistakes) -> tuple[str, ...]:
    """The codes of design advice that is not wanted; whether they exist is for advice to say."""
    for code in codes:
        if not re.fullmatch(r"KT[0-9]{3}", code):
            mistakes.add(
                key, f"{code!r} is no code of design advice", 'such as: ignore = ["KT104"]'
            )
    return tuple(codes)


def _range(table: dict[str, Any], key: KeyPath, mistakes: Mistakes) -> tuple[float, float] | None:
    bounds = table["range"]
    if bounds is None:
        return None
    if len(bounds) != 2 or bounds[0] > bounds[1]:
        mistakes.add((*key, "range"), "a range is [low, high]", "such as: range = [0.95, 1.05]")
        return None
    if table["direction"] is not None:
        mistakes.add((*key, "range"), "a KPI has a direction or a range, not both")
    return bounds[0], bounds[1]


def _thresholds(table: ThresholdsTable | None, key: KeyPath, mistakes: Mistakes) -> Thresholds:
    if table is None:
        return Thresholds()
    place = (*key, "thresholds")
    at_risk = _threshold(table.at_risk, (*place, "at_risk"), mistakes)
    off_track = _threshold(table.off_track, (*place, "off_track"), mistakes)
    if at_risk.relative == off_track.relative and at_risk.amount > off_track.amount:
        hint = "at_risk is the smaller one; off_track is 5% where it is not given"
        mistakes.add(place, "at_risk lies beyond off_track", hint)
    return Thresholds(at_risk=at_risk, off_track=off_track)


def _threshold(given: str | float, key: KeyPath, mistakes: Mistakes) -> Threshold:
    if not isinstance(given, str):
        if given < 0:
            mistakes.add(key, "a threshold is not negative")
        return Threshold(amount=abs(given), relative=False)
    found = re.fullmatch(r"\s*(\d{1,9}(?:\.\d+)?)\s*(%|pp)\s*", given)
    if found is None:
        hint = 'such as "5%" of the target, "2pp" for a rate, or a number in the KPI\'s unit'
        mistakes.add(key, f"{given[:60]!r} is not a threshold", hint)
        return Threshold(amount=0.0, relative=True)
    return Threshold(amount=float(found[1]) / 100, relative=found[2] == "%")


def _rebaseline(labels: list[str], key: KeyPath, around: Surroundings) -> tuple[str, ...]:
    for label in labels:
        try:
            span = around.calendar.parse(label)
        except UsageError as error:
            around.mistakes.add(key, error.message, error.hint)
            continue
        if span.grain is None:
            hint = f"write the first one: {span.label.split('..')[0]}"
            around.mistakes.add(key, f"a baseline starts with one period, not {label!r}", hint)
    return tuple(labels)


def _benchmark(table: BenchmarkTable | None) -> Benchmark | None:
    return None if table is None else Benchmark(value=table.value, source=table.source)


def _refuse_row_keys(kind: str, table: dict[str, Any], key: KeyPath, mistakes: Mistakes) -> None:
    if kind == "formula" and table["measured"] is not None:
        return
    hint = "a formula may have it beside: measured" if kind == "formula" else ""
    for name in _ROW_KEYS:
        if table[name] not in (None, False):
            mistakes.add((*key, name), f"this goes with a measure, not with a {kind}", hint)
    if table["measured"] is not None:
        mistakes.add((*key, "measured"), f"this goes with a formula, not with a {kind}")


def _branch(
    table: dict[str, Any], about: dict[str, Any], key: KeyPath, around: Surroundings
) -> Branch | None:
    formula = expression(table["formula"], parse_formula, (*key, "formula"), around.mistakes)
    measured = None
    if table["measured"] is not None:
        hidden = about | {"id": f"{about['id']}:measured", "target": None, "benchmark": None}
        measured = _leaf(table["measured"], "measured", table, hidden, around, about["id"])
    return None if formula is None else Branch(**about, formula=formula, measured=measured)


def _leaf(
    text: str,
    field: str,
    table: dict[str, Any],
    about: dict[str, Any],
    around: Surroundings,
    owner: str | None = None,
) -> Leaf | None:
    """A measure as a Leaf; `owner` is the KPI in whose table a hidden one stands."""
    key = ("kpi", owner or about["id"])
    measure = expression(text, parse_measure, (*key, field), around.mistakes)
    where = optional(table["where"], parse_condition, (*key, "where"), around.mistakes)
    source = table["source"]
    if source is None and len(around.sources) == 1:
        source = around.sources[0]
    if source is None and not _explained(around.mistakes, key):
        hint = (
            'such as: source = "sales"'
            if not around.sources
            else f"sources: {', '.join(around.sources)}"
        )
        around.mistakes.add(key, "a measure needs a source", hint)
    if measure is None or source is None:
        return None
    at, count_when = table["at"], table["count_when"]
    if at is None and count_when is None and source in around.lasting:
        at = "end"
    return Leaf(
        **about,
        measure=measure,
        source=source,
        where=where,
        time=table["time"],
        at=at,
        count_when=count_when,
        carry=table["carry"],
    )


def _explained(mistakes: Mistakes, key: KeyPath) -> bool:
    """Whether another mistake says why there is no source."""
    return mistakes.about((*key, "source")) or mistakes.about(("sources",))


def _constant(
    value: float | dict[str, float], about: dict[str, Any], key: KeyPath, around: Surroundings
) -> Constant:
    if isinstance(value, dict):
        value = by_period(value, (*key, "value"), around)
    return Constant(**about, value=value)
