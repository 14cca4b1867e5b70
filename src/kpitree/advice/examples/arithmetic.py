"""Examples of KT3: units, averages of averages, sums, signs, assumptions."""

from typing import Final

from kpitree.advice.examples.contract import Example

ARITHMETIC: Final[dict[str, Example]] = {
    "KT301": Example(
        bad="""
[kpi.revenue]
description = "Paid orders of the month"
formula = "orders * return_rate"   # orders that came back, and no money
unit = "currency"
target = 60_000
owner = "Head of Sales"
review = "monthly"
""",
        good="""
[kpi.revenue]
description = "Paid orders of the month"
formula = "orders * order_value * (1 - return_rate)"
unit = "currency"
target = 60_000
owner = "Head of Sales"
review = "monthly"
""",
        around="""
[kpi.return_rate]
measure = "count(where=returned) / count()"
unit = "percent"
direction = "down"
role = "metric"
""",
        message="the formula of revenue gives a number without currency, and its unit is currency",
    ),
    "KT302": Example(
        bad="""
[kpi.return_rate]
formula = "(return_rate_web + return_rate_shop) / 2"
unit = "percent"
leads = ["orders"]
""",
        good="""
[kpi.return_rate]
measure = "count(where=returned) / count()"
unit = "percent"
leads = ["orders"]

[kpi.returned_more_in_shops]
formula = "return_rate_shop - return_rate_web"
unit = "percent"
leads = ["orders"]
""",
        around="""
[kpi.return_rate_web]
measure = "count(where=returned and channel == 'web') / count(where=channel == 'web')"
unit = "percent"

[kpi.return_rate_shop]
measure = "count(where=returned and channel == 'shop') / count(where=channel == 'shop')"
unit = "percent"
""",
        message="return_rate is the mean of 2 rates",
    ),
    "KT303": Example(
        bad="""
[kpi.orders]
description = "Orders paid in the month"
formula = "web + shop"
target = 1_200
owner = "Marketing"
review = "weekly"
indicator = "leading"

[kpi.web]
formula = "desktop + mobile"

[kpi.shop]
formula = "counter + mobile"       # mobile orders are in web already
""",
        good="""
[kpi.orders]
description = "Orders paid in the month"
formula = "web + shop"
target = 1_200
owner = "Marketing"
review = "weekly"
indicator = "leading"

[kpi.web]
formula = "desktop + mobile"

[kpi.shop]
formula = "counter"
""",
        around="""
[kpi.desktop]
measure = "count(where=channel == 'desktop')"

[kpi.mobile]
measure = "count(where=channel == 'mobile')"

[kpi.counter]
measure = "count(where=channel == 'counter')"
controllable = true
""",
        message="orders counts mobile twice: by way of shop and web",
    ),
    "KT304": Example(
        bad="""
[kpi.refunds]
description = "Paid back in the month"
measure = "sum(refunded)"
unit = "currency"
target = 2_000                     # direction = "up", as nothing else is said
owner = "Service"
review = "weekly"
""",
        good="""
[kpi.refunds]
description = "Paid back in the month"
measure = "sum(refunded)"
unit = "currency"
direction = "down"
target = 2_000
owner = "Service"
review = "weekly"
""",
        around="""
[kpi.revenue]
description = "Paid orders of the month, without what was paid back"
formula = "orders * order_value - refunds"
unit = "currency"
target = 60_000
owner = "Head of Sales"
review = "monthly"
""",
        message="the direction of refunds is up, yet more of it lowers revenue",
    ),
    "KT305": Example(
        bad="""
[kpi.margin]
value = 0.4
unit = "percent"
""",
        good="""
[kpi.margin]
description = "What is left after purchases: the books of 2025; renewed each January"
value = 0.4
unit = "percent"
""",
        around="""
[kpi.revenue]
description = "Gross profit of the month"
formula = "orders * order_value * margin"
unit = "currency"
target = 24_000
owner = "Head of Sales"
review = "monthly"
""",
        message="margin is an assumption without a description",
    ),
}
