"""What every column is asked: its kind, its gaps, how many values, a sample of them."""

import re
from typing import Any, Final

import polars as pl

from kpitree.data.starting.asking import MARK, NULL_WORDS, SHOWN, Asking
from kpitree.tree.currencies import CODES, SIGNS

_SAMPLE: Final = 300  # values of a column that tell what it may hold
_MEMBERS: Final = 60  # different values of which all are kept
_CURRENCY: Final = re.compile(rf"[{''.join(SIGNS)}]|\b(?:{'|'.join(sorted(CODES))})\b")


def first_look(asking: Asking, names: list[str]) -> dict[str, dict[str, Any]]:
    """By column, what it holds; under MARK, how many rows there are."""
    asked = [pl.len().alias(f"{MARK}rows")]
    for at, name in enumerate(names):
        value = asking.value(name)
        asked += [
            value.null_count().alias(f"{at}{MARK}nulls"),
            value.drop_nulls().n_unique().alias(f"{at}{MARK}unique"),
            value.drop_nulls().head(_SAMPLE).implode().alias(f"{at}{MARK}sample"),
        ]
    got = asking.collect(asked)
    seen: dict[str, dict[str, Any]] = {MARK: {"rows": got[f"{MARK}rows"]}}
    for at, name in enumerate(names):
        sample = [str(one) for one in got[f"{at}{MARK}sample"]]
        seen[name] = {
            "kind": _kind(asking, name, sample),
            "nulls": got[f"{at}{MARK}nulls"],
            "unique": got[f"{at}{MARK}unique"],
            "repeated": f"{name}_duplicated_0" in asking.types or "_duplicated_" in name,
            "whole_sample": sample,
            "sample": sample[:SHOWN],
            "currencies": _currencies(sample),
            "percent": any("%" in text for text in sample),
        }
    _more(asking, seen, names)
    return seen


def _kind(asking: Asking, name: str, sample: list[str]) -> str:
    if not sample:
        return "nothing"
    match asking.types[name]:
        case pl.String() | pl.Categorical() | pl.Enum():
            return "text"
        case pl.Boolean():
            return "boolean"
        case pl.Date():
            return "date"
        case pl.Datetime():
            return "instant"
        case dtype if dtype.is_numeric():
            return "number"
        case _:
            return "other"


def _more(asking: Asking, seen: dict[str, dict[str, Any]], names: list[str]) -> None:
    """Members of columns with few values; words for nothing, and zeros before digits."""
    asked = []
    for at, name in enumerate(names):
        value = asking.value(name)
        if seen[name]["kind"] in ("text", "boolean", "number") and seen[name]["unique"] <= _MEMBERS:
            counted = value.drop_nulls().cast(pl.String).value_counts(sort=False)
            asked.append(counted.implode().alias(f"{at}{MARK}members"))
        if seen[name]["kind"] == "text":
            text = value.str.strip_chars()
            words = text.filter(text.is_in(NULL_WORDS)).unique().sort().implode()
            zeros = text.str.contains("^0[0-9]+$").sum()
            asked += [words.alias(f"{at}{MARK}null_words"), zeros.alias(f"{at}{MARK}zeros")]
    got = asking.collect(asked)
    for key, value in got.items():
        place, what = key.split(MARK)
        seen[names[int(place)]][what] = _members(value) if what == "members" else value


def _currencies(sample: list[str]) -> list[str]:
    return sorted({match[0] for text in sample if (match := _CURRENCY.search(text))})


def _members(counted: list[dict[str, Any]]) -> list[str]:
    """The values, most frequent first; of equal ones by name."""
    keyed = [(list(one.values()), one) for one in counted]
    pairs = [(str(values[0]), int(values[1])) for values, _ in keyed]
    return [name for name, _ in sorted(pairs, key=lambda pair: (-pair[1], pair[0]))]
