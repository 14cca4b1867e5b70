"""How periods are written: the numbers of a label, and the forms that a calendar has.

2026-11-20, 2026-W45, 2026-10, 2026-Q4 and 2026; FY2026-W05, FY2026-P03, FY2026-Q3 and FY2026 of
fiscal years; and ranges such as 2026-01..2026-06, both ends included.
"""

import re
from dataclasses import dataclass
from typing import Final

from kpitree.errors import UsageError

FIRST_YEAR: Final = 1900  # of a label; data may be older or younger
LAST_YEAR: Final = 2199

PLAIN_FORMS: Final = (
    "periods are written 2026-11-20, 2026-W45, 2026-10, 2026-Q4, 2026, or 2026-01..2026-06"
)
FISCAL_FORMS: Final = (
    "periods are written 2026-11-20, 2026-W45, 2026-10, FY2026-Q4, FY2026, or 2026-01..2026-06;"
    " 2026-Q4 and 2026 are those of the calendar"
)
WEEKLY_FORMS: Final = (
    "periods are written 2026-11-20, FY2026-W45, FY2026-P10, FY2026-Q4, FY2026, or"
    " FY2026-P01..FY2026-P06; 2026-W45, 2026-10, 2026-Q4 and 2026 are those of the calendar"
)

_LABEL: Final = re.compile(
    r"(?:(?P<year>[0-9]{4})"
    r"(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?|-W(?P<week>[0-9]{2})|-Q(?P<quarter>[1-4]))?"
    r"|FY ?(?P<fiscal_year>[0-9]{4})"
    r"(?:-P(?P<part>[0-9]{2})|-W(?P<fiscal_week>[0-9]{2})|-Q(?P<fiscal_quarter>[1-4]))?)",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Label:
    """A label's numbers, by the name of what they count: year, month, day, week, quarter, part.

    fiscal: whether it begins with FY. part: a month of a fiscal year, FY2026-P03.
    """

    fiscal: bool
    numbers: dict[str, int]

    @property
    def year(self) -> int:
        """The year as it is written, whatever it is named by."""
        return self.numbers["year"]


def read_label(text: str) -> Label | None:
    """The numbers of a label, whether there is such a period or not; None for other texts."""
    found = _LABEL.fullmatch(text)
    if found is None:
        return None
    given = {part: int(digits) for part, digits in found.groupdict().items() if digits}
    fiscal = "fiscal_year" in given
    return Label(fiscal, {part.removeprefix("fiscal_"): n for part, n in given.items()})


def label_of(text: str, forms: str) -> Label:
    """The numbers of a label.

    Raises UsageError: it is no label, or its year lies outside 1900 to 2199. forms: its hint.
    """
    label = read_label(text)
    if label is None:
        raise UsageError(f"{text!r} is not a period", hint=forms)
    if not FIRST_YEAR <= label.year <= LAST_YEAR:
        years = f"{FIRST_YEAR} to {LAST_YEAR}"
        raise UsageError(f"{text!r} lies outside the years {years}", hint=forms)
    return label
