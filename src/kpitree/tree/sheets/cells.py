"""One row's cells as the keys of a KPI."""

import re
import tomllib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import partial
from typing import Any, Final

from kpitree.numbers import machine, machine_text
from kpitree.tree.sheets.columns import way_of
from kpitree.tree.sheets.numbers import CellError, Written, currency_of, percent_text, read_number
from kpitree.tree.sheets.sheet import Notes, Row, listed

TEXTS: Final = ("description", "source", "time", "owner", "department")
WORDS: Final[dict[str, tuple[str, ...]]] = {
    "role": ("kgi", "kpi", "metric", "guardrail"),
    "review": ("daily", "weekly", "monthly", "quarterly", "yearly"),
    "indicator": ("leading", "lagging"),
    "level": ("strategic", "operational"),
    "direction": ("up", "down"),
    "missing": ("zero", "carry"),
    "at": ("end", "start", "average"),
    "count_when": ("started", "ended"),
}
_SAME: Final = {
    "annually": "yearly", "annual": "yearly", "day": "daily", "week": "weekly",
    "month": "monthly", "quarter": "quarterly", "year": "yearly",
    "leading indicator": "leading", "lagging indicator": "lagging", "lead": "leading",
    "lag": "lagging", "higher": "up", "higher is better": "up", "increase": "up", "↑": "up",
    "lower": "down", "lower is better": "down", "decrease": "down", "↓": "down",
    "high": "up", "more": "up", "rising": "up", "increasing": "up", "maximize": "up", "max": "up",
    "low": "down", "less": "down", "falling": "down", "decreasing": "down", "minimize": "down",
    "min": "down",
    "goal": "kgi", "health metric": "metric",
}  # fmt: skip
_FLAGS: Final = {
    **dict.fromkeys(("yes", "y", "true", "x", "1", "1.0", "✓", "✔"), True),
    **dict.fromkeys(("no", "n", "false", "0", "0.0", "-", "–", "✗"), False),
}
_DASHES: Final = ("-", "–")  # under Higher is better, they say nothing rather than no
UNITS: Final = {
    **dict.fromkeys(("%", "percent", "pct", "percentage"), "percent"),
    **dict.fromkeys(("number", "#", "count", "no.", "pcs", "-"), "number"),
    **dict.fromkeys(("day", "days", "d"), "days"),
    **dict.fromkeys(("hour", "hours", "h", "hrs"), "hours"),
    **dict.fromkeys(("currency", "money"), "currency"),
}
_SHORT: Final = r"(?:k|t|m|mn|mm|mio\.?|tsd\.?|bn|mrd\.?|thousands?|millions?|'?000)"
_SHORT_BEFORE: Final = re.compile(_SHORT + r"\s*(\S{1,3})", re.IGNORECASE)
_SHORT_AFTER: Final = re.compile(r"([^\w\s]|\w{3})\s*" + _SHORT, re.IGNORECASE)
_ENDS: Final = re.compile(r"(.*\d\s*%?)\s*(?:\bto\b|\bbis\b|–|—|(?<=[\d%\s])-|\.\.)\s*(\S.*)")
Keys = dict[str, Any]


class Cells:
    """Reads the cells of rows; what is wrong in one is noted with its row and column."""

    def __init__(self, notes: Notes, decimal: str | None) -> None:
        self.notes = notes
        self.decimal = decimal
        self.currencies: dict[str, Row] = {}  # code -> the first row that has it
        self.fractions: dict[str, str] = {}  # KPI -> the first of its rates without a sign
        self.actuals: dict[str, float] = {}  # KPI -> its actual value

    def keys(self, row: Row) -> Keys:
        """What the row says of its KPI beside what it is made of and whom it names."""
        keys: Keys = {name: row.cells[name] for name in TEXTS if name in row.cells}
        unit, spelled = self.unit(row)
        keys |= {} if unit in (None, "number") else {"unit": unit}
        for name in WORDS:
            reader = self._direction if name == "direction" else partial(_word, words=WORDS[name])
            keys |= self._read(row, name, reader)
        for name in ("controllable", "driver", "carry"):
            keys |= {key: True for key, flag in self._read(row, name, flag_of).items() if flag}
        keys |= self._read(row, "decimals", self._whole)
        keys |= self._read(row, "deadline", _day)
        for name in ("tags", "rebaseline", "ignore"):
            keys |= self._read(row, name, texts_of)
        self._numbers(row, keys, spelled)
        return keys

    def unit(self, row: Row) -> tuple[str | None, str]:
        """The unit, and how it was spelled; a currency is noted."""
        text = re.sub(r"^(unit\s*:|in\s)\s*", "", row.cells.get("unit", ""), flags=re.IGNORECASE)
        if not text:
            return None, ""
        if _is_in_short(text):
            hint = "write the numbers out, and the currency alone, such as EUR"
            self.notes.mistake(row, "unit", f"{text[:60]!r} is no plain currency", hint)
        if currency := currency_of(text):
            self.currencies.setdefault(currency, row)
            return "currency", text
        return UNITS.get(text.casefold(), text), text

    def _read(self, row: Row, column: str, reader: Callable[[str], Any]) -> Keys:
        if column not in row.cells:
            return {}
        try:
            return {column: reader(row.cells[column])}
        except CellError as error:
            self.notes.mistake(row, column, error.message, error.hint)
            return {}

    def _direction(self, text: str) -> str:
        """up or down; yes or no under a heading such as Lower is better."""
        way = way_of(self.notes.headings.get("direction", "direction"))
        flag = _FLAGS.get(text.casefold()) if text not in _DASHES else None
        if way is None or flag is None:
            return _word(text, WORDS["direction"])
        return way if flag else {"up": "down", "down": "up"}[way]

    def _whole(self, text: str) -> int:
        number = read_number(text, self.decimal)
        if number.percent or number.value != int(number.value):
            raise CellError(f"{text[:60]!r} is not a whole number", "such as 2")
        return int(number.value)

    def _numbers(self, row: Row, keys: Keys, spelled: str) -> None:
        """Value, target, range, benchmark and thresholds, all in the KPI's unit."""

        def number(text: str) -> int | float:
            return self.number(text, row, keys, spelled)

        for column in ("value", "target"):
            keys.update(self._read(row, column, lambda text: table_of(text) or number(text)))
        keys.update(self._read(row, "range", partial(_range, number=number)))
        benchmark = self._read(row, "benchmark", number)
        if "benchmark_source" in row.cells and "benchmark" not in row.cells:
            message = f"the source of a benchmark that {row.name} does not have is not read"
            self.notes.notice("no_benchmark", message, row.name)
        if benchmark:
            source = row.cells.get("benchmark_source")
            keys["benchmark"] = {"value": benchmark["benchmark"]} | (
                {"source": source} if source else {}
            )
        for actual in self._read(row, "actual", number).values():
            self.actuals[row.name] = actual
        limits: Keys = {}
        for column in ("at_risk", "off_track"):
            limits |= self._read(row, column, partial(self._threshold, row=row, keys=keys))
        if limits:
            keys["thresholds"] = limits

    def number(self, text: str, row: Row, keys: Keys, spelled: str) -> int | float:
        """A number in the KPI's unit, or that tells its unit. Raises CellError."""
        number = read_number(text, self.decimal)
        if number.currency:
            self._tell_unit(number, "currency", keys)
            self.currencies.setdefault(number.currency, row)
        elif number.percent:
            self._tell_unit(number, "percent", keys)
        elif keys.get("unit") == "percent":
            self._fraction(text, number.value, row, spelled)
        return machine(number.value)

    def _fraction(self, text: str, value: float, row: Row, spelled: str) -> None:
        """A number without a percent sign is a fraction below 1, and nothing from 1 on."""
        if abs(value) >= 1:
            hint = f"write {text} % or {percent_text(value)}"
            hint += "; or 0.05 for 5 %" if abs(value) > 1 else " (in a workbook: as a text)"
            raise CellError(f"{text[:60]!r} of a rate can be read two ways", hint)
        if value and spelled != "percent":  # the word of a tree file, whose rates are fractions
            self.fractions.setdefault(row.name, f"{text} is {percent_text(value)}")

    def _tell_unit(self, number: Written, unit: str, keys: Keys) -> None:
        known = keys.setdefault("unit", unit)
        if known != unit:
            sign = "a percent sign" if number.percent else f"a currency ({number.currency})"
            raise CellError(f"the number has {sign}, and the unit is {known!r}")

    def _threshold(self, text: str, row: Row, keys: Keys) -> str | int | float:
        """A share of the target (5 %), percent points (5 pp), or a distance in the KPI's unit."""
        points = text.endswith("pp")
        number = read_number(text.removesuffix("pp"), self.decimal)
        if number.percent or points:
            share = Decimal(repr(number.value)) * (100 if number.percent else 1)
            return f"{machine_text(float(share))} {'pp' if points else '%'}"
        if number.currency:
            self.currencies.setdefault(number.currency, row)
        if keys.get("unit") == "percent" and abs(number.value) >= 1:
            hint = f"write {text} % for a share of the target, or {text} pp for percent points"
            raise CellError(f"{text[:60]!r} of a rate can be read two ways", hint)
        return machine(number.value)

    def tell_fractions(self) -> None:
        """Say which numbers were taken for fractions, as they are meant most of the time."""
        if self.fractions:
            told = listed(f"{name} {what}" for name, what in self.fractions.items())
            message = f"rates without a percent sign are read as fractions: {told}"
            self.notes.notice("fractions", message)


def _is_in_short(text: str) -> bool:
    """Thousands or millions of a currency: k€, Mio. EUR, EUR m."""
    before, after = _SHORT_BEFORE.fullmatch(text), _SHORT_AFTER.fullmatch(text)
    currency = before[1] if before else after[1] if after else ""
    return currency_of(currency) is not None


def _word(text: str, words: tuple[str, ...]) -> str:
    small = " ".join(text.casefold().split())
    small = _SAME.get(small, small)
    if small in words:
        return small
    close = get_close_matches(small, words, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"one of: {', '.join(words)}"
    if small.isdigit() and words == WORDS["level"]:
        hint += "; where KPIs stand is said in a column parent, or by numbers such as 1.1"
    raise CellError(f"{text[:60]!r} is not known here", hint)


def flag_of(text: str) -> bool:
    """yes or no, in one of many words. Raises CellError."""
    found = _FLAGS.get(text.casefold())
    if found is None:
        raise CellError(f"{text[:60]!r} is neither yes nor no", "write yes, or leave it empty")
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(re.sub(r"[ T]00:00(:00)?$", "", text))
    except ValueError:
        raise CellError(f"{text[:60]!r} is not a date", "such as 2026-12-31") from None


def _range(text: str, number: Callable[[str], int | float]) -> list[int | float]:
    """Both ends; a percent sign behind the last is meant for both."""
    if text.startswith("["):
        return list(toml(text))
    ends = _ENDS.fullmatch(text)
    if ends is None:
        raise CellError(f"{text[:60]!r} is not a range", "such as 0.95 to 1.05, or 95 % to 105 %")
    low, high = ends.groups()
    sign = " %" if high.endswith("%") and not low.endswith("%") else ""
    return [number(low + sign), number(high)]


def texts_of(text: str) -> list[str]:
    """Texts between commas or semicolons, or a list as in a tree file."""
    if text.startswith("["):
        return [str(item) for item in toml(text)]
    return [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]


def table_of(text: str) -> Keys | None:
    """A table as in a tree file: { value = 55, by = 2026-12-31 }; None for what is none."""
    return dict(toml(text)) if text.startswith("{") else None


def toml(text: str) -> Any:
    """A value as in a tree file. Raises CellError."""
    try:
        tables = tomllib.loads(f"x = {text}")
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        hint = "such as { value = 55, by = 2026-12-31 }, or a plain number"
        raise CellError(f"{text[:60]!r} cannot be read", hint) from None
    if set(tables) != {"x"}:
        raise CellError(f"{text[:60]!r} cannot be read")
    return tables["x"]
