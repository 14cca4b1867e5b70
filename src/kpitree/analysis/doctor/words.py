"""Numbers and days as the messages of findings say them."""

from collections.abc import Sequence
from datetime import date

SHOWN = 3  # ranges of days that a message names


def some(count: int, one: str, many: str = "") -> str:
    """`1 row`, `1,200 rows`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def span(first: date, last: date) -> str:
    """One day, or from one to another."""
    return f"{first}" if first == last else f"{first} to {last}"


def listed(texts: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    more = len(texts) - SHOWN
    if more <= 1:
        return ", ".join(texts)
    return f"{', '.join(texts[:SHOWN])} and {more:,} more"


def runs(days: Sequence[date]) -> list[str]:
    """Days that follow each other as one range. days: oldest first."""
    found: list[tuple[date, date]] = []
    for day in days:
        if found and (day - found[-1][1]).days == 1:
            found[-1] = found[-1][0], day
        else:
            found.append((day, day))
    return [span(*one) for one in found]


def column(name: str) -> str:
    """A column in an expression of a tree file."""
    return name if name.isidentifier() else f"col({name!r})"


def number(value: float) -> str:
    """As short as it can be said, with thousands."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.6g}"
