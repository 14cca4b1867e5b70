"""What a value is to become: an amount, a percentage more, points more, or so much more.

420  3_000_000  62%     the value itself (62% is 0.62)
+5%  -5%                a percentage of its size more or less
+3pp  -3pp              percentage points; for percentages only
+20  -20                so much more or less, in the KPI's own unit
=-20                    the value itself, where its sign would make it a difference
"""

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kpitree.errors import UsageError
from kpitree.tree.model import Kpi

FORMS: Final = "write 420 or 62% (the value), +5% (relative), +3pp (points) or +20 (a difference)"
_SHIFT: Final = re.compile(r"(=?)([+-]?)(.*?)\s*(%|pp)?", re.DOTALL)


class Kind(StrEnum):
    """How an amount changes a value."""

    VALUE = "value"
    RELATIVE = "relative"  # of the value's size: -20 becomes -19 by +5%
    DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True)
class Shift:
    """amount: in the KPI's own unit, or a fraction where relative. points: written as `pp`."""

    kind: Kind
    amount: float
    points: bool = False

    def of(self, kpi: Kpi, value: float | None) -> float | None:
        """The value of a KPI after the shift; None where there is none to count from.

        Raises UsageError for points of what is no percentage, and for a result too large.
        """
        if self.points and kpi.unit != "percent":
            unit = "an amount" if kpi.unit == "currency" else f"a {kpi.unit}"
            raise UsageError(
                f"pp is for percentages, and {kpi.id!r} is {unit}", hint="write +5% or +20"
            )
        if self.kind is Kind.VALUE:
            result = self.amount
        elif value is None:
            return None
        elif self.kind is Kind.RELATIVE:
            result = value + abs(value) * self.amount
        else:
            result = value + self.amount
        if not math.isfinite(result):
            raise UsageError(f"{kpi.id!r} would be too large for a number")
        return result


def shift_of(given: str | float) -> Shift:
    """Read a shift; a number as such is the value itself. Raises UsageError for other texts."""
    if not isinstance(given, str):
        return Shift(Kind.VALUE, _finite(float(given), repr(given)))
    text = given.strip().replace("−", "-")
    found = _SHIFT.fullmatch(text)
    assert found is not None  # every part may be empty, and one of them holds anything
    itself, sign, digits, unit = found.groups()
    amount = _number(digits, given) / (100 if unit else 1) * (-1 if sign == "-" else 1)
    if itself or not sign:
        if unit == "pp":
            raise UsageError(f"{given!r} lacks a sign", hint="write +3pp or -3pp, or 62%")
        return Shift(Kind.VALUE, amount)
    if unit == "%":
        return Shift(Kind.RELATIVE, amount)
    return Shift(Kind.DIFFERENCE, amount, points=unit == "pp")


def _number(digits: str, given: str) -> float:
    try:
        number = float(digits)
    except ValueError:
        number = None
    if number is None or digits.startswith(("+", "-")):  # a second sign
        hint = "write numbers without separators: 3000000" if "," in digits else FORMS
        raise UsageError(f"{given!r} is not a number", hint=hint)
    return _finite(number, given)


def _finite(number: float, given: str) -> float:
    if not math.isfinite(number):
        raise UsageError(f"{given!r} is not a number to work with")
    return number
