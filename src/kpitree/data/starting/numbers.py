"""Which columns of texts are numbers, by which rules, and between what their numbers lie."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from kpitree.data.files.cleaning import Rule
from kpitree.data.starting.asking import MARK, NULL_WORDS, Asking

_RULES: Final = {
    "plain": Rule("plain", "."),
    "comma": Rule("plain", ","),
    "people": Rule("number", None),
    "people.": Rule("number", "."),
    "people,": Rule("number", ","),
}
_STRAY: Final = 0.2  # the share of texts up to which others are taken for numbers
_PLAIN: Final = ("plain", "comma")
_FOR_PEOPLE: Final = ("people", "people.", "people,")  # asked only where need be: they take time
_NUMBER: Final = re.compile(r"\D{0,8}\d[\d.,'\u2019_\s]*(?:[eE][-+]?\d+)?\D{0,8}")


def readings_of(asking: Asking, seen: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """By column of texts, the rules by which all its texts but words for nothing are read."""
    likely = likely_numbers(seen)
    found = _read_by(asking, likely, _PLAIN)
    odd = [name for name in likely if "plain" not in found.get(name, ())]
    _add(found, _read_by(asking, odd, _FOR_PEOPLE))
    if any(_is_comma(found.get(name, ())) for name in odd):
        plain = [name for name in likely if name not in odd]  # then 1.234 may be a thousand
        _add(found, _read_by(asking, plain, _FOR_PEOPLE))
    return found


def likely_numbers(seen: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Columns of texts that look like numbers, whether or not a rule reads all of them."""
    return [
        name
        for name, facts in seen.items()
        if facts["kind"] == "text" and _may_be_numbers(facts["whole_sample"])
    ]


def strays_of(asking: Asking, names: list[str]) -> dict[str, str]:
    """By column that no rule reads, the first text that the fittest rule does not."""
    asked = []
    for at, name in enumerate(names):
        asked.append(asking.said(name).count().alias(f"{at}{MARK}{MARK}said"))
        for word, rule in _RULES.items():
            bad = asking.said(name).filter(rule.bad(asking.said(name)))
            asked += [
                bad.count().alias(f"{at}{MARK}{word}{MARK}count"),
                bad.first().alias(f"{at}{MARK}{word}{MARK}text"),
            ]
    got = asking.collect(asked)
    found = {}
    for at, name in enumerate(names):
        counts = {word: int(got[f"{at}{MARK}{word}{MARK}count"]) for word in _RULES}
        fittest = min(counts, key=counts.__getitem__)
        if counts[fittest] <= _STRAY * got[f"{at}{MARK}{MARK}said"]:
            found[name] = got[f"{at}{MARK}{fittest}{MARK}text"]
    return found


def _read_by(asking: Asking, names: list[str], words: Sequence[str]) -> dict[str, list[str]]:
    """By column, those of the rules that read all of its texts."""
    asked = [
        _RULES[word].bad(asking.said(name)).sum().alias(f"{at}{MARK}{word}")
        for at, name in enumerate(names)
        for word in words
    ]
    found: dict[str, list[str]] = {}
    for key, bad in asking.collect(asked).items():
        place, word = key.split(MARK)
        if not bad:
            found.setdefault(names[int(place)], []).append(word)
    return found


def ranges_of(
    asking: Asking, seen: Mapping[str, Mapping[str, Any]], numbers: Mapping[str, list[str]]
) -> dict[str, dict[str, Any]]:
    """Of columns of numbers, the lowest and the highest, and whether all are whole."""
    names = [name for name, facts in seen.items() if facts["kind"] == "number" or name in numbers]
    asked = []
    for at, name in enumerate(names):
        number = _number(asking, name, numbers)
        asked += [
            number.min().alias(f"{at}{MARK}low"),
            number.max().alias(f"{at}{MARK}high"),
            (number == number.round()).all().alias(f"{at}{MARK}whole"),
        ]
    found: dict[str, dict[str, Any]] = {}
    for key, value in asking.collect(asked).items():
        place, what = key.split(MARK)
        found.setdefault(names[int(place)], {})[what] = value
    return found


def _number(asking: Asking, name: str, numbers: Mapping[str, list[str]]) -> pl.Expr:
    if name in numbers:
        number = _RULES[numbers[name][0]].read(asking.said(name))
    else:
        number = pl.col(name).cast(pl.Float64)
    return pl.when(number.is_finite()).then(number)


def _may_be_numbers(sample: list[str]) -> bool:
    texts = [text for text in sample if text.strip() not in NULL_WORDS]
    return bool(texts) and sum(map(bool, map(_NUMBER.fullmatch, texts))) >= 0.9 * len(texts)


def _add(found: dict[str, list[str]], more: Mapping[str, list[str]]) -> None:
    for name, words in more.items():
        found.setdefault(name, []).extend(words)


def _is_comma(readings: Sequence[str]) -> bool:
    """Whether the column can only be read with the comma as the decimal mark."""
    point = not {"plain", "people."}.isdisjoint(readings)
    return not point and not {"comma", "people,"}.isdisjoint(readings)
