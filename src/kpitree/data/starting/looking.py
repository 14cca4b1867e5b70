"""One look at a file that a tree may start from: a row of FOUND_COLUMNS for each column."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from kpitree.data.files.cleaning import Rule
from kpitree.data.files.found import Files, find_files
from kpitree.data.files.written import possible_formats
from kpitree.data.moments import PATTERNS, Clock, parser
from kpitree.data.sources import Opened, open_source
from kpitree.data.starting.encodings import encoding_of
from kpitree.errors import SourceError
from kpitree.tables import FOUND_COLUMNS
from kpitree.tree.model import Source

_ROWS: Final = 1_000_000  # looked at; the first and last day are those of all rows
_SAMPLE: Final = 300  # values of a column that tell what it may hold
_SHOWN: Final = 5
_MEMBERS: Final = 60  # different values of which all are kept
_LONGEST: Final = 200  # characters of such a value
_FRINGE: Final = 0.02  # of the days, at either end, may lie far from all others
_ENOUGH: Final = 50  # rows, below which none does
_FAR: Final = 366  # days
_DATES: Final = 0.97  # the share of texts that are dates, from which on a column is one of dates
NULL_WORDS: Final = (
    *("NULL", "null", "(null)", "N/A", "n/a", "#N/A", "NA", "NaN", "nan"),
    *("None", "none", "-", "--", "?", "0000-00-00"),
)
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
_CURRENCY: Final = re.compile(r"[$£€¥₹]|\b(?:USD|EUR|GBP|CHF|JPY|SEK|NOK|DKK|PLN|INR|CAD|AUD)\b")
_MARK: Final = "\x1f"  # stands between a column's number and what was asked of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen. columns: FOUND_COLUMNS. encoding: that the source has to say, or None."""

    columns: pl.DataFrame
    kind: str
    encoding: str | None


def look_into(location: str, shown: str, time_format: str | None = None) -> Look:
    """Look at a file, glob or folder. time_format: how texts that can be read two ways are meant.

    Raises SourceError: nothing there, unreadable, no column, no rows.
    """
    opened, files, encoding = opened_at(location, shown)
    rows: pl.LazyFrame = opened.rows
    asked = _Asking(opened, rows, opened.types, time_format)
    return Look(columns=asked.found(), kind=str(files.kind), encoding=encoding)


def opened_at(location: str, shown: str) -> tuple[Opened, Files, str | None]:
    """A file, glob or folder, its files, and the encoding that a source has to say.

    Raises SourceError: nothing there, or unreadable.
    """
    files = find_files(location, shown)
    encoding = encoding_of(files)
    source = Source(id="data", path=shown, location=location, time="", encoding=encoding)
    return open_source(source, files=files), files, encoding


@dataclass(frozen=True)
class _Asking:
    opened: Opened
    rows: pl.LazyFrame
    types: Mapping[str, pl.DataType]
    time_format: str | None

    def found(self) -> pl.DataFrame:
        names = list(self.types)
        seen = self._first_look(names)
        rows = seen.pop(_MARK)["rows"] if names else 0
        if not rows:
            raise SourceError(
                "there are no rows below the header" if names else "there are no columns",
                where=self.opened.shown,
            )
        numbers = self._readings(seen)
        strays = self._strays([name for name in self._likely_numbers(seen) if name not in numbers])
        dates = self._formats(seen)
        ranges = self._ranges(seen, numbers)
        days = self._days(seen, dates)
        found = [
            {
                "column": name,
                "rows": rows,
                **seen[name],
                **ranges.get(name, {}),
                **days.get(name, {}),
            }
            | {"readings": numbers.get(name), "formats": dates.get(name)}
            | {"stray": strays.get(name)}
            for name in names
        ]
        return pl.DataFrame(
            [{key: row.get(key) for key in FOUND_COLUMNS} for row in found],
            schema=FOUND_COLUMNS,
        )

    def _collect(self, asked: list[pl.Expr], rows: pl.LazyFrame | None = None) -> dict[str, Any]:
        if not asked:
            return {}
        frame = (self.rows.head(_ROWS) if rows is None else rows).select(asked)
        return self.opened.collect([frame])[0].row(0, named=True)

    # --- what every column is asked ---------------------------------------------------------

    def _first_look(self, names: list[str]) -> dict[str, dict[str, Any]]:
        asked = [pl.len().alias(f"{_MARK}rows")]
        for at, name in enumerate(names):
            value = self._value(name)
            asked += [
                value.null_count().alias(f"{at}{_MARK}nulls"),
                value.drop_nulls().n_unique().alias(f"{at}{_MARK}unique"),
                value.drop_nulls().head(_SAMPLE).implode().alias(f"{at}{_MARK}sample"),
            ]
        got = self._collect(asked)
        seen: dict[str, dict[str, Any]] = {_MARK: {"rows": got[f"{_MARK}rows"]}}
        for at, name in enumerate(names):
            sample = [str(one) for one in got[f"{at}{_MARK}sample"]]
            seen[name] = {
                "kind": self._kind(name, sample),
                "nulls": got[f"{at}{_MARK}nulls"],
                "unique": got[f"{at}{_MARK}unique"],
                "repeated": f"{name}_duplicated_0" in self.types or "_duplicated_" in name,
                "whole_sample": sample,
                "sample": sample[:_SHOWN],
                "currencies": _currencies(sample),
                "percent": any("%" in text for text in sample),
            }
        self._more(seen, names)
        return seen

    def _value(self, name: str) -> pl.Expr:
        """The column, as text where it is none of numbers or moments; blanks are null."""
        value = pl.col(name)
        match self.types[name]:
            case pl.String():
                return pl.when(value.str.strip_chars() != "").then(value)
            case pl.Float32() | pl.Float64():
                return value.fill_nan(None)
            case dtype if dtype.is_nested() or isinstance(dtype, pl.Binary | pl.Object | pl.Null):
                return pl.when(value.is_not_null()).then(pl.lit("…"))
            case pl.Categorical() | pl.Enum():
                return value.cast(pl.String)
            case _:
                return value

    def _kind(self, name: str, sample: list[str]) -> str:
        if not sample:
            return "nothing"
        match self.types[name]:
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

    def _more(self, seen: dict[str, dict[str, Any]], names: list[str]) -> None:
        """Members of columns with few values; words for nothing, and zeros before digits."""
        asked = []
        for at, name in enumerate(names):
            value = self._value(name)
            if (
                seen[name]["kind"] in ("text", "boolean", "number")
                and seen[name]["unique"] <= _MEMBERS
            ):
                counted = value.drop_nulls().cast(pl.String).value_counts(sort=False)
                asked.append(counted.implode().alias(f"{at}{_MARK}members"))
            if seen[name]["kind"] == "text":
                text = value.str.strip_chars()
                words = text.filter(text.is_in(NULL_WORDS)).unique().sort().implode()
                zeros = text.str.contains("^0[0-9]+$").sum()
                asked += [words.alias(f"{at}{_MARK}null_words"), zeros.alias(f"{at}{_MARK}zeros")]
        got = self._collect(asked)
        for key, value in got.items():
            place, what = key.split(_MARK)
            seen[names[int(place)]][what] = _members(value) if what == "members" else value

    # --- numbers -----------------------------------------------------------------------------

    def _readings(self, seen: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
        """By column of texts, the rules by which all its texts but words for nothing are read."""
        likely = self._likely_numbers(seen)
        found = self._read_by(likely, _PLAIN)
        odd = [name for name in likely if "plain" not in found.get(name, ())]
        _add(found, self._read_by(odd, _FOR_PEOPLE))
        if any(_is_comma(found.get(name, ())) for name in odd):
            plain = [name for name in likely if name not in odd]  # then 1.234 may be a thousand
            _add(found, self._read_by(plain, _FOR_PEOPLE))
        return found

    def _likely_numbers(self, seen: Mapping[str, Mapping[str, Any]]) -> list[str]:
        return [
            name
            for name, facts in seen.items()
            if facts["kind"] == "text" and _may_be_numbers(facts["whole_sample"])
        ]

    def _strays(self, names: list[str]) -> dict[str, str]:
        """By column that no rule reads, the first text that the fittest rule does not."""
        asked = []
        for at, name in enumerate(names):
            asked.append(self._said(name).count().alias(f"{at}{_MARK}{_MARK}said"))
            for word, rule in _RULES.items():
                bad = self._said(name).filter(rule.bad(self._said(name)))
                asked += [
                    bad.count().alias(f"{at}{_MARK}{word}{_MARK}count"),
                    bad.first().alias(f"{at}{_MARK}{word}{_MARK}text"),
                ]
        got = self._collect(asked)
        found = {}
        for at, name in enumerate(names):
            counts = {word: int(got[f"{at}{_MARK}{word}{_MARK}count"]) for word in _RULES}
            fittest = min(counts, key=counts.__getitem__)
            if counts[fittest] <= _STRAY * got[f"{at}{_MARK}{_MARK}said"]:
                found[name] = got[f"{at}{_MARK}{fittest}{_MARK}text"]
        return found

    def _read_by(self, names: list[str], words: Sequence[str]) -> dict[str, list[str]]:
        """By column, those of the rules that read all of its texts."""
        asked = [
            _RULES[word].bad(self._said(name)).sum().alias(f"{at}{_MARK}{word}")
            for at, name in enumerate(names)
            for word in words
        ]
        found: dict[str, list[str]] = {}
        for key, bad in self._collect(asked).items():
            place, word = key.split(_MARK)
            if not bad:
                found.setdefault(names[int(place)], []).append(word)
        return found

    def _said(self, name: str) -> pl.Expr:
        """The texts of a column, less those that stand for nothing."""
        text = self._value(name).cast(pl.String)
        return pl.when(~text.str.strip_chars().is_in(NULL_WORDS)).then(text)

    def _ranges(
        self, seen: Mapping[str, Mapping[str, Any]], numbers: Mapping[str, list[str]]
    ) -> dict[str, dict[str, Any]]:
        names = [
            name for name, facts in seen.items() if facts["kind"] == "number" or name in numbers
        ]
        asked = []
        for at, name in enumerate(names):
            number = self._number(name, numbers)
            asked += [
                number.min().alias(f"{at}{_MARK}low"),
                number.max().alias(f"{at}{_MARK}high"),
                (number == number.round()).all().alias(f"{at}{_MARK}whole"),
            ]
        found: dict[str, dict[str, Any]] = {}
        for key, value in self._collect(asked).items():
            place, what = key.split(_MARK)
            found.setdefault(names[int(place)], {})[what] = value
        return found

    def _number(self, name: str, numbers: Mapping[str, list[str]]) -> pl.Expr:
        if name in numbers:
            number = _RULES[numbers[name][0]].read(self._said(name))
        else:
            number = pl.col(name).cast(pl.Float64)
        return pl.when(number.is_finite()).then(number)

    # --- moments -----------------------------------------------------------------------------

    def _formats(self, seen: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
        """By column of texts, the formats by which nearly all of its texts are dates."""
        likely = {
            name: formats
            for name, facts in seen.items()
            if facts["kind"] == "text" and (formats := self._likely(facts["whole_sample"]))
        }
        asked = [
            self._parsed(name, form, seen[name]["whole_sample"])
            .count()
            .alias(f"{name}{_MARK}{form}")
            for name, formats in likely.items()
            for form in formats
        ]
        asked += [self._said(name).count().alias(f"{name}{_MARK}{_MARK}") for name in likely]
        got = self._collect(asked)
        found = {}
        for name, formats in likely.items():
            said = got[f"{name}{_MARK}{_MARK}"]
            shares = {form: got[f"{name}{_MARK}{form}"] / said if said else 0 for form in formats}
            best = max(shares.values())
            if best >= _DATES:
                found[name] = [form for form, share in shares.items() if share == best]
        return found

    def _likely(self, sample: list[str]) -> list[str]:
        texts = _dates(sample)
        if not texts:
            return []
        iso = sum(any(form.fullmatch(text) for form in PATTERNS.values()) for text in texts)
        if iso >= _DATES * len(texts):
            return [""]
        if self.time_format is not None:
            return [self.time_format]
        return _likely_of(possible_formats(texts))

    def _parsed(self, name: str, form: str, sample: list[str]) -> pl.Expr:
        texts = _dates(sample)
        parse, _ = parser(texts, form or None, place=lambda _: self.opened.shown, clock=Clock())
        return parse(self._said(name))

    def _days(
        self, seen: Mapping[str, Mapping[str, Any]], dates: Mapping[str, list[str]]
    ) -> dict[str, dict[str, Any]]:
        """Of columns that can say when, and in one way: over all rows."""
        found: dict[str, dict[str, Any]] = {}
        for name, facts in seen.items():
            if facts["kind"] in ("date", "instant"):
                found[name] = self._spread(pl.col(name).cast(pl.Date))
            elif len(dates.get(name, ())) == 1:
                day = self._parsed(name, dates[name][0], facts["whole_sample"]).cast(pl.Date)
                found[name] = self._spread(day) | self._no_dates(name, day)
        return found

    def _spread(self, day: pl.Expr) -> dict[str, Any]:
        """The days as they are, but for those far away from nearly all others."""
        number = day.cast(pl.Int32)
        ends = self._collect(
            [
                number.quantile(_FRINGE, "nearest").alias("early"),
                number.quantile(1 - _FRINGE, "nearest").alias("late"),
                number.count().alias("count"),
            ],
            self.rows,
        )
        near = pl.lit(value=True)
        if ends["count"] >= _ENOUGH:
            room = max(_FAR, ends["late"] - ends["early"])
            near = number.is_between(ends["early"] - room, ends["late"] + room)
        days = day.filter(near)
        ends_of_months = (days == days.dt.month_start()) | (days == days.dt.month_end())
        return self._collect(
            [
                days.min().alias("first"),
                days.max().alias("last"),
                days.drop_nulls().n_unique().alias("days"),
                ends_of_months.all().alias("month_starts"),
                days.dt.weekday().drop_nulls().n_unique().alias("weekdays"),
                day.filter(~near).unique().sort().head(_SHOWN).implode().alias("far"),
            ],
            self.rows,
        )

    def _no_dates(self, name: str, day: pl.Expr) -> dict[str, Any]:
        """The texts in a column of dates that are none, where they are a few words."""
        words = self._said(name).filter(day.is_null()).drop_nulls().unique().sort()
        found = self._collect([words.head(_SHOWN + 1).implode().alias("words")], self.rows)
        return {"no_dates": found["words"] if len(found["words"]) <= _SHOWN else []}


def _likely_of(formats: list[str]) -> list[str]:
    """With points between them, the day comes first wherever it can."""
    return [one for one in formats if one.startswith("%d.")] or formats


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


def _currencies(sample: list[str]) -> list[str]:
    return sorted({match[0] for text in sample if (match := _CURRENCY.search(text))})


def _dates(sample: list[str]) -> list[str]:
    """Those that may be dates: words such as Total and unknown are none in any spelling."""
    return [
        text.strip()
        for text in sample
        if text.strip() not in NULL_WORDS and any(map(str.isdigit, text))
    ]


def _members(counted: list[dict[str, Any]]) -> list[str]:
    """The values, most frequent first; of equal ones by name."""
    keyed = [(list(one.values()), one) for one in counted]
    pairs = [(str(values[0]), int(values[1])) for values, _ in keyed]
    return [name for name, _ in sorted(pairs, key=lambda pair: (-pair[1], pair[0]))]
