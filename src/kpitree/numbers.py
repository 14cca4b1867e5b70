"""Numbers for people by unit, and numbers for machines unrounded.

People:    2,802,450.00   82.4 %   −16.0 pp   +12.3 k   3.5 d   – (no value)
Machines:  2802450   0.824   -0.16   (empty or null)

Every machine format (plain, json, jsonl, csv, tsv) writes its numbers through `machine`.
"""

import math
from dataclasses import dataclass
from typing import Final

EXACT: Final = 2**53  # whole floats below this are whole numbers for every reader of JSON
TOO_LONG: Final = 1e15  # from here on digits are written with an exponent
COMPACT_FROM: Final = 10_000  # smaller numbers are short enough as they are
THOUSAND: Final = 1_000
SCALES: Final = ((1e12, "tn", 2), (1e9, "bn", 2), (1e6, "M", 2), (1e3, "k", 1))
SUFFIX: Final = {"percent": " %", "days": " d", "hours": " h"}
PLACES: Final = {"percent": 1, "currency": 2, "days": 1, "hours": 1}
UNITS_WITHOUT_WORD: Final = frozenset({"number", "currency", *SUFFIX})


def machine(value: float) -> int | float:
    """The number itself; whole ones below 2**53 without a fraction.

    Raises ValueError for NaN and infinity, which no frame may hold (tables.py).
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a value")
    return int(value) if value == int(value) and abs(value) < EXACT else value


def machine_text(value: float | None) -> str:
    """The shortest text that reads back as the same number; empty where there is none."""
    return "" if value is None else repr(machine(value))


def _is_whole(value: float) -> bool:
    return abs(value - round(value)) <= 1e-9 * max(1.0, abs(value))


def _digits(value: float, places: int) -> str:
    """Thousands separators, a plain minus, never a minus before nothing but zeros."""
    text = f"{value:.6g}" if abs(value) >= TOO_LONG else f"{value:,.{places}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """How the numbers of one KPI are written.

    unit, decimals: as in the tree file. With decimals None: percent, days and hours have 1,
    currency 2, other units 2 or, where all are whole numbers, 0.
    coarse: numbers from 1,000 on lose their default decimals, to fit a narrow screen.
    ascii: a hyphen for the minus sign and for "no value".
    """

    unit: str
    decimals: int | None = None
    coarse: bool = False
    ascii: bool = False

    @property
    def none(self) -> str:
        return "-" if self.ascii else "–"

    @property
    def scale(self) -> float:
        """What a value is multiplied by before it is printed."""
        return 100.0 if self.unit == "percent" else 1.0

    def places(self, *values: float) -> int:
        """Decimals for these values (in the KPI's unit) when they are shown together."""
        if self.decimals is not None:
            return self.decimals
        if self.unit == "percent":
            return PLACES[self.unit]
        if self.coarse and any(abs(value) >= THOUSAND for value in values):
            return 0
        if self.unit != "currency" and all(_is_whole(value) for value in values):
            return 0
        return PLACES.get(self.unit, 2)

    def value(self, value: float | None, *, word: bool = False) -> str:
        """A value with its unit's sign; word: free-text units are named too."""
        if value is None or not math.isfinite(value * self.scale):
            return self.none
        suffix = SUFFIX.get(self.unit, "")
        if word and self.unit not in UNITS_WITHOUT_WORD:
            suffix = f" {self.unit}"
        return self._signs(_digits(value * self.scale, self.places(value))) + suffix

    def between(self, low: float, high: float) -> str:
        """A range in few characters: `2.10 M to 2.90 M`, `48.2 % to 63.9 %`."""
        size = max(abs(low), abs(high))
        if self.unit == "percent" or not math.isfinite(size):
            return f"{self.value(low)} to {self.value(high)}"
        scale = self.compact_scale(size)
        ends = (self.compact(scale.of(end), scale, signed=False) for end in (low, high))
        return " to ".join(ends)

    def change(self, change: float | None, *, places: int | None = None) -> str:
        """A difference, always signed unless it prints as 0; of percentages in points (pp)."""
        if change is None or not math.isfinite(change * self.scale):
            return self.none
        places = self.places(change) if places is None else places
        return self._signed(_digits(change * self.scale, places)) + self._change_suffix

    def percent(self, fraction: float | None, *, places: int = 1) -> str:
        """A signed percentage of something: 0.066 is +6.6 %."""
        if fraction is None or not math.isfinite(fraction * 100):
            return self.none
        return self._signed(_digits(fraction * 100, places)) + " %"

    def compact(self, number: float, scale: "Compact", *, signed: bool = True) -> str:
        """A number that scale.of() gave, in its short form: −197.5 k."""
        digits = _digits(number, scale.places)
        return (self._signed(digits) if signed else self._signs(digits)) + scale.suffix

    def compact_scale(self, change: float) -> "Compact":
        """The short form in which a change, and the lines that add up to it, are told."""
        size = abs(change)
        if self.unit == "percent" or size < COMPACT_FROM or size >= TOO_LONG:
            places = Numbers(unit=self.unit, decimals=self.decimals, coarse=True).places(change)
            return Compact(self.scale, 1.0, self._change_suffix, places)
        for divisor, suffix, places in SCALES:
            # 999,960 is told as 1.00 M, not as 1,000.0 k.
            if size >= divisor or round(size / divisor * THOUSAND, 1) >= THOUSAND:
                return Compact(1.0, divisor, f" {suffix}{self._change_suffix}", places)
        raise AssertionError(f"{size} is below every scale")

    @property
    def _change_suffix(self) -> str:
        return " pp" if self.unit == "percent" else SUFFIX.get(self.unit, "")

    def _signs(self, text: str) -> str:
        return text if self.ascii else text.replace("-", "−", 1)

    def _signed(self, text: str) -> str:
        is_zero = not text.strip("-0.,")
        return self._signs(text if is_zero or text.startswith("-") else f"+{text}")


@dataclass(frozen=True, slots=True)
class Compact:
    """A short form: numbers are scaled, rounded to places and followed by suffix."""

    factor: float
    divisor: float
    suffix: str
    places: int

    def of(self, number: float) -> float:
        return number * self.factor / self.divisor

    @property
    def smallest(self) -> float:
        """The smallest number that does not print as 0."""
        return 10.0**-self.places
