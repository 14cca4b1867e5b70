"""Examples of KT4, which takes data: what the data says, and the tables that do not fit it."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class DataExample:
    """seen: what is in the data. bad, good: tables over a source sales (day, amount, c0, c1).

    message: what the rule says of the bad ones over such data.
    """

    seen: str
    bad: str
    good: str
    message: str


_AMOUNT: Final = """
[kpi.amount]
measure = "sum(amount)"
source = "sales"
"""
_OTHER: Final = """
[kpi.other]
measure = "sum(c0)"
source = "sales"
"""
_TOTAL: Final = """
[kpi.total]
formula = "amount + other"
"""
_RATES: Final = """
[kpi.revenue]
formula = "deals * value"

[kpi.deals]
measure = "sum(c0)"
source = "sales"

[kpi.value]
formula = "amount / deals"
"""
_CANCELS: Final = (
    "deals explains nothing of revenue: what it adds directly and by way of value cancels out;"
    " driver = true for value would tell more"
)
_FURTHEST: Final = (
    "in 2026-10 the targets under Total give 200, not 250: 50 short; furthest off is the"
    " target of Amount: 150 instead of 100 (+50.0 %)"
)

ON_DATA: Final[dict[str, DataExample]] = {
    "KT401": DataExample(
        seen="amount went up and down between 96 and 105 for 14 months",
        bad=_AMOUNT + "target = 150\n",
        good=_AMOUNT + "target = { value = 110, by = 2027-12-31, from = 99, since = 2026-01-01 }\n",
        message="the target of amount, 150, was never reached: 105 is the best of 14 periods",
    ),
    "KT402": DataExample(
        seen="amount went up and down between 96 and 105 for 14 months",
        bad=_AMOUNT + "target = 90\n",
        good=_AMOUNT + "target = 102\n",
        message="the target of amount was met in all 14 periods; 96 is the worst of them",
    ),
    "KT403": DataExample(
        seen="any",
        bad=f"{_TOTAL}target = 250\n{_AMOUNT}target = 100\n{_OTHER}target = 100\n",
        good=f"{_TOTAL}target = 200\n{_AMOUNT}target = 100\n{_OTHER}target = 100\n",
        message=_FURTHEST,
    ),
    "KT404": DataExample(
        seen="any: it is about the formulas",
        bad=_RATES + _AMOUNT,
        good=_RATES + "driver = true\n" + _AMOUNT,
        message=_CANCELS,
    ),
    "KT405": DataExample(
        seen="in October c1, what was booked, is 210, and amount and c0 are 101 each",
        bad=f'{_TOTAL}measured = "sum(c1)"\nsource = "sales"\n{_AMOUNT}{_OTHER}',
        good=f'{_TOTAL}measured = "sum(amount) + sum(c0)"\nsource = "sales"\n{_AMOUNT}{_OTHER}',
        message="the formula of total misses what is measured in 1 of 14 periods, in 2026-10 by 8"
        " (+3.8 %)",
    ),
    "KT406": DataExample(
        seen="nothing was ever returned, so that the divisor is 0",
        bad=_AMOUNT.replace("sum(amount)", "sum(amount) / sum(c1, where=c1 < 0)"),
        good=_AMOUNT,
        message="amount has no value in any of 14 periods: division by zero",
    ),
    "KT407": DataExample(
        seen="the latest month is 2026-10",
        bad=_AMOUNT + 'target = { "2026-08" = 100, "2026-09" = 110 }\n',
        good=_AMOUNT + 'target = { "2026-09" = 100, "2026-10" = 110 }\n',
        message="the last target of amount is that of 2026-09; 2026-10 has none",
    ),
    "KT408": DataExample(
        seen="for 120 months other and amount went up and down with nothing in common",
        bad=_OTHER + 'leads = ["amount"]\n' + _AMOUNT,
        good=_OTHER + _AMOUNT,
        message="other is said to lead amount, and 1 to 6 periods ahead the correlation of their"
        " changes is at most 0.44",
    ),
}
