"""Which values of the table of actuals are summed over a period, and which last."""

import pytest

from importing.sheets import imported, tree
from kpitree.calendar import Calendar
from kpitree.errors import TreeErrors
from kpitree.tree.model import Branch, Leaf
from kpitree.tree.sheets.importing import Wishes
from kpitree.tree.unparsing import spelled

CASES = {
    "a formula of its own": (
        "KPI,Formula,Unit\nRevenue,Deals * Order value,€\nDeals,,\nOrder value,,€",
        {"deals": "sum", "order_value": "last"},
    ),
    "a price that is a sum": (
        (
            "KPI,Parent,Unit,Formula\nRevenue,,€,Deals * Order value\nDeals,Revenue,,\n"
            "Order value,Revenue,€,\nList,Order value,€,\nFee,Order value,€,"
        ),
        {"deals": "sum", "list": "last", "fee": "last"},
    ),
    "a count for each of another": (
        (
            "KPI,Formula,Unit\nRevenue,Leads * Deals per lead * Basket,€\nLeads,,\n"
            "Deals per lead,,\nBasket,,€"
        ),
        {"leads": "sum", "deals_per_lead": "last", "basket": "last"},
    ),
    "two counts, of which one adds up": (
        "KPI,Formula\nItems,Visits * Items a visit\nVisits,\nItems a visit,",
        {"visits": "sum", "items_a_visit": "last"},
    ),
    "a price that is a quotient": (
        (
            "KPI,Formula,Unit\nRevenue,Deals * Order value,€\nDeals,,\nOrder value,Amount / Won,€\n"
            "Amount,,€\nWon,,"
        ),
        {"deals": "sum", "amount": "sum", "won": "sum"},
    ),
    "money times a rate": (
        "KPI,Formula,Unit\nTax,Sales * Tax rate,€\nSales,,€\nTax rate,,%",
        {"sales": "sum", "tax_rate": "last"},
    ),
    "a price for each of twelve": (
        "KPI,Formula,Unit\nRevenue,Deals * Price,€\nDeals,,\nPrice,Year / 12,€\nYear,,€",
        {"deals": "sum", "kpi_year": "last"},
    ),
    "named so": (
        "KPI,Parent,Unit\nAll,,€\nAverage basket,All,€\nPersonal,All,€",
        {"average_basket": "last", "personal": "sum"},
    ),
    "an amount for each of something": (
        "KPI,Formula,Unit\nRevenue,Deals * Size,€\nDeals,,\nSize,,€/deal",
        {"deals": "sum", "size": "last"},
    ),
    "what is there at one time": (
        (
            "KPI,Parent\nAll,\nHeadcount,All\nOpen tickets,All\nActive users,All\nBacklog,All\n"
            "Number of customers,All\nPipeline coverage,All\nTickets,All\nOpenings,All"
        ),
        {
            "headcount": "last",
            "open_tickets": "last",
            "active_users": "last",
            "backlog": "last",
            "number_of_customers": "last",
            "pipeline_coverage": "last",
            "tickets": "sum",
            "openings": "sum",
        },
    ),
    "what it is the sum of": (
        "KPI,Parent,Unit\nARR,,€\nLarge,ARR,€\nSmall,ARR,€",
        {"large": "last", "small": "last"},
    ),
    "what comes and goes": (
        (
            "KPI,Formula,Unit\nARR,Opening ARR + New ARR - Churned ARR,€\nOpening ARR,,€\n"
            "New ARR,,€\nChurned ARR,,€"
        ),
        {"opening_arr": "last", "new_arr": "sum", "churned_arr": "sum"},
    ),
    "a stock that adds up after all": (
        "KPI,Parent,Adds up\nAll,,\nBacklog,All,yes\nOther,All,",
        {"backlog": "sum", "other": "sum"},
    ),
    "what the sheet says": (
        "KPI,Parent,Unit,Adds up\nAll,,hours,\nWork,All,hours,yes\nMeetings,All,hours,",
        {"work": "sum", "meetings": "last"},
    ),
    "what the sheet says of a count": (
        "KPI,Formula,Adds up\nPay,Heads * Days worked,\nHeads,,no\nDays worked,,yes",
        {"heads": "last", "days_worked": "sum"},
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_what_adds_up_over_time(text: str, expected: dict[str, str]) -> None:
    kpis = tree(text).kpis
    measures = {
        name: spelled(kpi.measure).removesuffix("(value)")
        for name, kpi in kpis.items()
        if isinstance(kpi, Leaf)
    }
    assert measures == expected


def test_a_measured_rate_has_its_last_value() -> None:
    text = (
        "KPI,Formula,Unit,Actual\nRevenue,Deals * Order value,€,100\nDeals,,,10\n"
        "Order value,Amount / Won,€,10\nAmount,,€,50\nWon,,,5"
    )
    wishes = Wishes(name="x", period=Calendar().parse("2026-10"))
    kpis = tree(text, wishes).kpis
    measured = {
        name: spelled(kpi.measured.measure)
        for name, kpi in kpis.items()
        if isinstance(kpi, Branch) and kpi.measured is not None
    }
    assert measured == {"revenue": "sum(value)", "order_value": "last(value)"}


def test_a_measured_stock_has_its_last_value() -> None:
    text = "KPI,Formula,Actual\nARR,Old + New ARR,100\nOld,,60\nNew ARR,,40"
    arr = tree(text, Wishes(name="x", period=Calendar().parse("2026-10"))).kpis["arr"]
    assert isinstance(arr, Branch)
    assert arr.measured is not None
    assert spelled(arr.measured.measure) == "last(value)"


def test_it_is_told() -> None:
    found = imported("KPI,Formula,Unit\nRevenue,Deals * Price,€\nDeals,,\nPrice,,€")
    assert found.notices[0].code == "over_time"
    (told,) = [one.message for one in found.notices if one.code == "over_time"]
    assert told == (
        "over time, values are added up of: deals; the last one counts of: price (otherwise: a"
        " column adds_up with yes or no)"
    )


def test_neither_yes_nor_no() -> None:
    with pytest.raises(TreeErrors, match="'perhaps' is neither yes nor no"):
        tree("KPI,Adds up\na,perhaps")
