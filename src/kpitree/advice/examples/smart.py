"""Examples of KT0 and KT1: `ignore`, and each KPI on its own."""

from typing import Final

from kpitree.advice.examples.contract import Example

SMART: Final[dict[str, Example]] = {
    "KT001": Example(
        bad="""
[tree]
root = "revenue"
currency = "EUR"
ignore = ["KT999"]
""",
        good="""
[tree]
root = "revenue"
currency = "EUR"
""",
        message="the tree ignores KT999, and there is no such code",
    ),
    "KT002": Example(
        bad="""
[kpi.order_value]
description = "Average amount of an order"
measure = "sum(amount) / count()"
unit = "currency"
target = 50
owner = "Pricing"
review = "monthly"
ignore = ["KT104"]
""",
        good="""
[kpi.order_value]
description = "Average amount of an order"
measure = "sum(amount) / count()"
unit = "currency"
target = 50
owner = "Pricing"
review = "monthly"
""",
        message="order_value ignores KT104, and there is nothing to ignore",
    ),
    "KT101": Example(
        bad="""
[kpi.order_value]
measure = "sum(amount) / count()"
unit = "currency"
target = 50
owner = "Pricing"
review = "monthly"
""",
        good="""
[kpi.order_value]
description = "Average amount of a paid order, without postage"
measure = "sum(amount) / count()"
unit = "currency"
target = 50
owner = "Pricing"
review = "monthly"
""",
        message="order_value has no description",
    ),
    "KT102": Example(
        bad="""
[kpi.order_value]
description = "Average amount of an order"
measure = "sum(amount) / count()"
target = 50
owner = "Pricing"
review = "monthly"
""",
        good="""
[kpi.order_value]
description = "Average amount of an order"
measure = "sum(amount) / count()"
unit = "currency"
target = 50
owner = "Pricing"
review = "monthly"
""",
        message="order_value has no unit",
    ),
    "KT103": Example(
        bad="""
[kpi.order_value]
description = "Average amount of an order"
measure = "sum(amount) / count()"
unit = "currency"
target = 50
review = "monthly"
""",
        good="""
[kpi.order_value]
description = "Average amount of an order"
measure = "sum(amount) / count()"
unit = "currency"
target = 50
owner = "Pricing"
review = "monthly"
""",
        message="order_value has no owner",
    ),
    "KT104": Example(
        bad="""
[kpi.revenue]
description = "Paid orders of the month"
formula = "orders * order_value"
unit = "currency"
owner = "Head of Sales"
review = "monthly"
""",
        good="""
[kpi.revenue]
description = "Paid orders of the month"
formula = "orders * order_value"
unit = "currency"
target = 60_000
owner = "Head of Sales"
review = "monthly"
""",
        message="revenue has no target or range",
    ),
    "KT105": Example(
        bad="""
[kpi.order_value]
description = "Average amount of an order"
measure = "sum(amount) / count()"
unit = "currency"
target = 50
owner = "Pricing"
""",
        good="""
[kpi.order_value]
description = "Average amount of an order"
measure = "sum(amount) / count()"
unit = "currency"
target = 50
owner = "Pricing"
review = "monthly"
""",
        message="order_value has no review rhythm",
    ),
    "KT106": Example(
        bad="""
[kpi.order_value]
description = "Average amount of an order"
measure = "sum(amount) / count()"
unit = "currency"
target = { value = 55, by = "2026-12-31", from = 42, since = "2026-01-01" }
deadline = 2026-09-30
owner = "Pricing"
review = "monthly"
""",
        good="""
[kpi.order_value]
description = "Average amount of an order"
measure = "sum(amount) / count()"
unit = "currency"
target = { value = 55, by = "2026-12-31", from = 42, since = "2026-01-01" }
deadline = 2026-12-31
owner = "Pricing"
review = "monthly"
""",
        message="order_value is due on 2026-09-30, and its target on 2026-12-31",
    ),
    "KT107": Example(
        bad="""
[kpi.page_views]
description = "Pages that visitors opened"
measure = "sum(pages)"
unit = "pages"
""",
        good="""
[kpi.page_views]
description = "Pages that visitors opened"
measure = "sum(pages)"
unit = "pages"
leads = ["orders"]
""",
        message="page_views has nothing to do with revenue",
    ),
    "KT108": Example(
        bad="""
[kpi.orders_opened]
label = "Orders"
measure = "count(opened_on)"
leads = ["orders"]
""",
        good="""
[kpi.orders_opened]
label = "Orders opened"
measure = "count(opened_on)"
leads = ["orders"]
""",
        message="orders_opened has the same label as orders: 'Orders'",
    ),
    "KT109": Example(
        bad="""
[kpi.order_value]
description = "Average amount of an order"
measure = "sum(amount) / count()"
unit = "currency"
target = { value = 55, by = "2025-12-31" }
owner = "Pricing"
review = "monthly"
""",
        good="""
[kpi.order_value]
description = "Average amount of an order"
measure = "sum(amount) / count()"
unit = "currency"
target = { value = 58, by = "2026-12-31" }
owner = "Pricing"
review = "monthly"
""",
        message="the target of order_value was due by 2025-12-31, before 2026-06-30",
    ),
    "KT110": Example(
        bad="""
[kpi.order_value]
description = "Average share of the list price that is paid"
measure = "sum(amount) / sum(list_price)"
unit = "percent"
target = 62
owner = "Pricing"
review = "monthly"
""",
        good="""
[kpi.order_value]
description = "Average share of the list price that is paid"
measure = "sum(amount) / sum(list_price)"
unit = "percent"
target = 0.62
owner = "Pricing"
review = "monthly"
""",
        message="order_value is in percent, and its target, 62, is 6,200 %",
        around="""
[kpi.revenue]
description = "Paid orders of the month"
formula = "orders * order_value"
target = 60_000
owner = "Head of Sales"
review = "monthly"
""",
    ),
}
