"""Examples of KT2: the tree as a whole."""

from typing import Final

from kpitree.advice.examples.contract import Example

_GUARDRAILS: Final = "".join(
    f"""
[kpi.{name}]
role = "guardrail"
description = "Orders that were {name}"
measure = "sum({name})"
unit = "orders"
direction = "down"
target = 10
owner = "{{owner}}"
review = "monthly"
{{more}}
"""
    for name in ("returned", "late", "broken", "lost", "disputed")
)

BALANCE: Final[dict[str, Example]] = {
    "KT201": Example(
        around=_GUARDRAILS.format(owner="Operations", more=""),
        bad="""
[kpi.order_value]
description = "Average amount of an order"
measure = "sum(amount) / count()"
unit = "currency"
target = 50
owner = "Operations"               # who answers for five others
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
        message="6 KPIs for 'Operations', more than 5",
    ),
    "KT202": Example(
        around=_GUARDRAILS.format(owner="Service", more='department = "Service"'),
        bad="""
[kpi.order_value]
description = "Average amount of an order"
measure = "sum(amount) / count()"
unit = "currency"
target = 50
owner = "Pricing"
review = "monthly"
department = "Service"             # which has five others
""",
        good="""
[kpi.order_value]
description = "Average amount of an order"
measure = "sum(amount) / count()"
unit = "currency"
target = 50
owner = "Pricing"
review = "monthly"
department = "Sales"
""",
        message="6 KPIs for 'Service', more than 5",
    ),
    "KT203": Example(
        bad="""
[kpi.orders]
description = "Orders paid in the month"
measure = "count()"
target = 1_200
owner = "Marketing"
review = "weekly"
controllable = true
counterweight = "order_value"
""",
        good="""
[kpi.orders]
description = "Orders paid in the month"
measure = "count()"
target = 1_200
owner = "Marketing"
review = "weekly"
indicator = "leading"
controllable = true
counterweight = "order_value"
""",
        message="none of the 3 KPIs is a leading indicator",
    ),
    "KT204": Example(
        bad="""
[kpi.orders]
description = "Orders paid in the month"
measure = "count()"
target = 1_200
owner = "Marketing"
review = "weekly"
indicator = "leading"
""",
        good="""
[kpi.orders]
description = "Orders paid in the month"
measure = "count()"
target = 1_200
owner = "Marketing"
review = "weekly"
indicator = "leading"
controllable = true
counterweight = "order_value"
""",
        message="none of the 2 KPIs under revenue is controllable",
    ),
    "KT205": Example(
        bad="""
[kpi.orders]
description = "Orders paid in the month"
measure = "count()"
target = 1_200
owner = "Marketing"
review = "weekly"
indicator = "leading"
controllable = true
""",
        good="""
[kpi.orders]
description = "Orders paid in the month"
measure = "count()"
target = 1_200
owner = "Marketing"
review = "weekly"
indicator = "leading"
controllable = true
counterweight = "order_value"
""",
        message="orders is a count that somebody controls with a target, and has no counterweight",
    ),
    "KT206": Example(
        bad="""
[kpi.visits]
description = "Visits to the shop"
measure = "sum(visits)"
unit = "visits"
role = "guardrail"
target = 40_000
owner = "Marketing"
review = "weekly"
indicator = "leading"
""",
        good="""
[kpi.visits]
description = "Visits to the shop"
measure = "sum(visits)"
unit = "visits"
role = "guardrail"
target = 40_000
owner = "Marketing"
review = "weekly"
indicator = "leading"
leads = ["orders"]
""",
        message="visits is a leading indicator, and names nothing that it leads",
    ),
    "KT207": Example(
        around="""
[kpi.orders]
description = "Orders paid in the month"
measure = "count()"
target = 1_200
owner = "Marketing"
review = "weekly"
indicator = "leading"
controllable = true
counterweight = "return_rate"
""",
        bad="""
[kpi.return_rate]
description = "Share of the orders sent back"
measure = "count(where=returned) / count()"
unit = "percent"
direction = "down"
""",
        good="""
[kpi.return_rate]
description = "Share of the orders sent back"
measure = "count(where=returned) / count()"
unit = "percent"
range = [0, 0.08]
""",
        message="return_rate, the counterweight of orders, has no target or range",
    ),
    "KT208": Example(
        bad="""
[kpi.visits]
description = "Visits to the shop"
measure = "sum(visits)"
unit = "visits"
review = "quarterly"
indicator = "leading"
leads = ["orders"]                 # which are reviewed weekly
""",
        good="""
[kpi.visits]
description = "Visits to the shop"
measure = "sum(visits)"
unit = "visits"
review = "weekly"
indicator = "leading"
leads = ["orders"]
""",
        message="visits is reviewed quarterly, and orders, which it leads, weekly",
    ),
    "KT209": Example(
        bad="""
[sources.visits]
path = "visits.csv"
time = "day"

[kpi.order_value]
description = "Average amount of an order"
measure = "sum(amount) / count()"
source = "orders"
unit = "currency"
target = 50
owner = "Pricing"
review = "monthly"
""",
        good="""
[sources.visits]
path = "visits.csv"
time = "day"

[kpi.visits]
description = "Visits to the shop"
measure = "count()"
source = "visits"
leads = ["orders"]
""",
        around="""
[kpi.orders]
description = "Orders paid in the month"
measure = "count()"
source = "orders"
target = 1_200
owner = "Marketing"
review = "weekly"
indicator = "leading"
controllable = true
counterweight = "order_value"

[kpi.order_value]
description = "Average amount of an order"
measure = "sum(amount) / count()"
source = "orders"
unit = "currency"
target = 50
owner = "Pricing"
review = "monthly"
""",
        message="no KPI and no plan is about the source visits",
    ),
}
