"""What an example is: a few tables of a tree file, with and without what a rule advises against."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

TODAY: Final = date(2026, 6, 30)  # the day on which the examples are read
_TABLES: Final = re.compile(r"^(?=\[)", re.MULTILINE)

# A small tree that nothing can be said against. The tables of an example take the place of its own.
SOUND: Final = """\
[tree]
name = "Shop"
root = "revenue"
currency = "EUR"

[sources.orders]
path = "orders.csv"
time = "day"

[kpi.revenue]
description = "Paid orders of the month"
formula = "orders * order_value"
unit = "currency"
target = 60_000
owner = "Head of Sales"
review = "monthly"

[kpi.orders]
description = "Orders paid in the month"
measure = "count()"
target = 1_200
owner = "Marketing"
review = "weekly"
indicator = "leading"
controllable = true
counterweight = "order_value"

[kpi.order_value]
description = "Average amount of an order"
measure = "sum(amount) / count()"
unit = "currency"
target = 50
owner = "Pricing"
review = "monthly"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """bad: tables that the rule speaks up about. good: the same as they should be.

    message: what the rule says of the bad ones. around: tables of both that are not shown.
    """

    bad: str
    good: str
    message: str
    around: str = ""

    def bad_tree(self) -> str:
        """A whole tree file, with nothing to advise against but this."""
        return whole(self.around, self.bad)

    def good_tree(self) -> str:
        """Its twin, with nothing to advise against."""
        return whole(self.around, self.good)


def whole(*parts: str) -> str:
    """SOUND with these tables in the place of its own, and those it has not at its end."""
    tables: dict[str, str] = {}
    for part in (SOUND, *parts):
        for table in _TABLES.split(part):
            if table.strip():
                tables[table.split("\n", 1)[0].strip()] = table.strip() + "\n"
    return "\n".join(tables.values())
