"""Which words find which KPI, and what is said when they find none."""

import pytest

from kpitree.catalogue.answers import Listing, Overview, Single, answer_of
from kpitree.catalogue.choosing import ALSO_CALLED, Choice, department_of, rhythm_of
from kpitree.catalogue.entry import DEPARTMENTS, Catalogue
from kpitree.catalogue.read import catalogue, catalogue_of
from kpitree.catalogue.search import found, nearest, the_one
from kpitree.catalogue.words import folded, stem
from kpitree.errors import KpiTreeError, UsageError

POOL = catalogue()
SMALL = """
[rows.customers]
about = "One row a customer"
from = "since"
to = "until"
[rows.customers.columns]
since = { type = "date", about = "the first day" }
until = { type = "date", about = "the first day it was gone", optional = true }

[kpi.churn_rate]
label = "Churn rate"
description = "Customers lost, as a share of those at the start."
formula = "lost / customers"
unit = "percent"
direction = "down"
indicator = "lagging"
level = "strategic"
[kpi.lost]
label = "Customers lost"
measure = "count()"
source = "customers"
count_when = "ended"
[kpi.customers]
label = "Customers"
measure = "count()"
source = "customers"
[kpi.retention]
label = "Customer-retention (gross)"
description = "Those who stayed, with the value of what they buy."
formula = "1 - churn_rate"
unit = "percent"
indicator = "leading"
level = "operational"
[kpi.labour_utilisation]
label = "Labour utilisation"
description = "Share of the hours of employees that were worked."
formula = "customers / lost"

[entry.retention]
departments = ["Sales", "Marketing"]
rhythms = ["weekly"]
readers = ["sales directors"]
gamed = "Nobody may leave."
[entry.churn_rate]
departments = ["Marketing"]
also = ["attrition", "logo churn"]
rhythms = ["monthly", "weekly"]
readers = ["account managers"]
gamed = "Lost ones are kept on the books."
[entry.labour_utilisation]
departments = ["Operations"]
rhythms = ["daily"]
gamed = "Hours are booked."
"""


@pytest.fixture(scope="module")
def small() -> Catalogue:
    return catalogue_of({"small.toml": SMALL})


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("churn rate", "churn_rate"),
        ("CHURN-RATE", "churn_rate"),
        ("churn_rates", "churn_rate"),
        ("churnrate", "churn_rate"),
        ("the rate of churn", "churn_rate"),
        ("Attrition", "churn_rate"),
        ("logo churns", "churn_rate"),
        ("retentions", "retention"),
        ("customer retention gross", "retention"),
        ("gross customer", "retention"),
        ("labor utilization", "labour_utilisation"),
        ("LABOUR UTILISATION", "labour_utilisation"),
        ("utili", "labour_utilisation"),
        ("hours employee", "labour_utilisation"),
        ("stayed", "retention"),
        ("chúrn", "churn_rate"),
        ("churned", "churn_rate"),
        ("churning", "churn_rate"),
        ("employees", "labour_utilisation"),
        ("utiliz", "labour_utilisation"),
        ("utilis", "labour_utilisation"),
        ("utilised", "labour_utilisation"),
        ("utilizing labor", "labour_utilisation"),
        ("staying", "retention"),
    ],
)
def test_words_find(small: Catalogue, text: str, first: str) -> None:
    assert found(small, text, Choice())[0].entry.id == first


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("churn", ["churn_rate"]),
        ("customer", ["retention", "churn_rate"]),
        ("share", ["churn_rate", "labour_utilisation"]),
        ("marketing", ["churn_rate", "retention"]),
    ],
)
def test_names_come_before_descriptions(small: Catalogue, text: str, order: list[str]) -> None:
    assert [match.entry.id for match in found(small, text, Choice())] == order


@pytest.mark.parametrize(
    "text", ["churn hours", "x", "ra", "churn rate of nobody", "the", "number of", "kpi", "a"]
)
def test_every_word_must_be_found(small: Catalogue, text: str) -> None:
    with pytest.raises(UsageError, match="no KPI of the catalogue matches"):
        found(small, text, Choice())


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("chrun rate", "did you mean 'Churn rate'"),
        ("retension", "did you mean 'retention'"),
        ("atrition", "did you mean 'attrition'"),
        ("utilisatoin labuor", "'Labour utilisation'"),
        ("zzzz", "all: kpitree catalog"),
        ("!?", "all: kpitree catalog"),
    ],
)
def test_nothing_found_names_the_nearest(small: Catalogue, text: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        found(small, text, Choice())
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("choice", "ids"),
    [
        (Choice(department="marketing"), ["churn_rate", "retention"]),
        (Choice(department="SALES"), ["retention"]),
        (Choice(rhythm="weekly"), ["retention", "churn_rate"]),
        (Choice(rhythm="Monthly"), ["churn_rate"]),
        (Choice(reader="director"), ["retention"]),
        (Choice(reader="account manager"), ["churn_rate"]),
        (Choice(indicator="leading"), ["retention"]),
        (Choice(level="strategic"), ["churn_rate"]),
        (Choice(department="marketing", indicator="leading"), ["retention"]),
        (Choice(level="Strategic"), ["churn_rate"]),
    ],
)
def test_filters(small: Catalogue, choice: Choice, ids: list[str]) -> None:
    assert [match.entry.id for match in found(small, "", choice)] == ids


@pytest.mark.parametrize(
    ("choice", "message", "hint"),
    [
        (Choice(department="finanse"), "no department 'finanse'", "did you mean 'Finance'?"),
        (Choice(department="e"), "no department 'e'", "known names:"),
        (Choice(department=""), "no department ''", "known names:"),
        (Choice(department="management"), "", ""),
        (Choice(rhythm="wekly"), "not one of: daily", "did you mean 'weekly'?"),
        (Choice(reader="sales driectors"), "reads it", "did you mean 'sales directors'?"),
        (Choice(reader=" "), "reads it", "known names: account managers, sales directors"),
        (Choice(reader="-"), "reads it", "known names: account managers, sales directors"),
        (Choice(reader="ceo"), "reads it", "known names: account managers, sales directors"),
        (Choice(level="tactical"), "not one of: strategic, operational", ""),
    ],
)
def test_filters_that_name_nothing(
    small: Catalogue, choice: Choice, message: str, hint: str
) -> None:
    if not message:
        assert department_of("management") == "Project management"
        return
    with pytest.raises(UsageError) as caught:
        found(small, "", choice)
    assert message in caught.value.message
    assert caught.value.hint.startswith(hint)


def test_filters_that_leave_nothing(small: Catalogue) -> None:
    choice = Choice(department="sales", reader="account managers", rhythm="month")
    for text in ("", "churn"):
        with pytest.raises(UsageError) as caught:
            found(small, text, choice)
        assert caught.value.message == (
            "no KPI is all of this: Sales, read by account managers, monthly"
        )
        assert caught.value.hint == "without --department: Churn rate"
    with pytest.raises(UsageError) as caught:
        found(small, "", Choice(department="operations", indicator="leading"))
    assert caught.value.hint == (
        "without --department: Customer-retention (gross); without --leading: Labour utilisation"
    )


@pytest.mark.parametrize(
    ("text", "rhythm"),
    [
        ("Annual", "yearly"),
        ("annually", "yearly"),
        ("every year", "yearly"),
        ("week", "weekly"),
        (" Daily ", "daily"),
        ("months", "monthly"),
        ("quarter", "quarterly"),
    ],
)
def test_rhythms_by_other_words(text: str, rhythm: str) -> None:
    assert rhythm_of(text) == rhythm


def test_other_names_of_departments_are_those_of_departments() -> None:
    assert set(ALSO_CALLED) <= set(DEPARTMENTS)
    for department, names in ALSO_CALLED.items():
        assert [department_of(name) for name in names] == [department] * len(names)


@pytest.mark.parametrize(
    ("forms", "others"),
    [
        ("churn churned churning", "church"),
        ("close closed closing", "clone"),
        ("plan planned planning", "planet"),
        ("qualify qualified qualifying", "quality"),
        ("organise organized organising organization", "organ"),
        ("cancel cancelled canceled cancelling", "cancer"),
        ("crash crashes crashed", "crass"),
        ("bill billed billing", "bilge"),
        ("hire hired hiring", "hirsute"),
        ("process processes processing processed", "procedure"),
        ("rate", "rating"),
        ("market", "marketing"),
        ("account", "accounting"),
    ],
)
def test_forms_of_a_word_share_a_stem(forms: str, others: str) -> None:
    stems = {stem(word) for word in folded(forms)}
    assert len(stems) == 1
    assert not stems & {stem(word) for word in folded(others)}


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("crashes", "crash_rate"),
        ("losses", "loss_reason_rate"),
        ("processes", "processing_lead_time"),
        ("utilised", "capacity_utilisation"),
        ("utilis", "capacity_utilisation"),
        ("churned", "churn_rate"),
        ("labor productivity", "labour_productivity"),
        ("human resources turnover", "employee_turnover_rate"),
    ],
)
def test_words_in_any_form_find(text: str, entry: str) -> None:
    assert entry in [match.entry.id for match in found(POOL, text, Choice())]


@pytest.mark.parametrize("text", ["program", "taxes", "ebit", "absence", "CPC"])
def test_a_hint_by_spelling_alone_is_none(text: str) -> None:
    if any(match for match in _matches(text)):
        return
    assert nearest(POOL, text) == []


def _matches(text: str) -> list[str]:
    try:
        return [match.entry.id for match in found(POOL, text, Choice())]
    except UsageError:
        return []


def test_a_filter_that_hides_the_match_says_so(small: Catalogue) -> None:
    with pytest.raises(UsageError) as caught:
        found(small, "churn rate", Choice(department="sales"))
    assert "with these filters" in caught.value.message
    assert caught.value.hint == "without them: Churn rate"


@pytest.mark.parametrize(
    ("text", "department"),
    [
        ("hr", "HR and recruiting"),
        ("recruiting", "HR and recruiting"),
        ("it", "IT"),
        ("Customer service", "Customer service and success"),
        ("success", "Customer service and success"),
        ("software", "Software development"),
        ("back-office", "Back office"),
        ("personal", "Personal goals"),
        ("Human Resources", "HR and recruiting"),
        ("people", "HR and recruiting"),
        ("CS", "Customer service and success"),
        ("support", "Customer service and success"),
        ("ops", "Operations"),
        ("engineering", "Software development"),
    ],
)
def test_departments_by_some_of_their_words(text: str, department: str) -> None:
    assert department_of(text) == department


@pytest.mark.parametrize(
    ("text", "kind"),
    [("", Overview), ("churn rate", Single), ("attrition", Single), ("customer", Listing)],
)
def test_what_is_answered(small: Catalogue, text: str, kind: type[object]) -> None:
    assert isinstance(answer_of(small, text, Choice()), kind)


def test_the_one_whose_name_it_is(small: Catalogue) -> None:
    matches = found(small, "churn rate", Choice())
    assert the_one(matches) is matches[0].entry
    assert the_one(found(small, "share", Choice())) is None
    assert the_one([]) is None


def test_every_entry_is_found_by_its_id_and_its_label() -> None:
    for entry in POOL.entries.values():
        for text in (entry.id, entry.label):
            answer = answer_of(POOL, text, Choice())
            assert isinstance(answer, Single), text
            assert answer.entry.id == entry.id


def test_another_name_finds_its_kpi_first_or_among_others_of_that_name() -> None:
    for entry in POOL.entries.values():
        for name in entry.also:
            exact = [match.entry.id for match in found(POOL, name, Choice()) if match.exact]
            assert entry.id in exact, name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Sales KPIs'", ("sale", "kpis")),
        ("Analysis of bonuses", ("analysis", "of", "bonus")),
        ("deliveries", ("delivery",)),
        ("crashes processes losses boxes", ("crash", "process", "loss", "box")),
        ("four hours, our hourly labour", ("four", "hour", "our", "hourly", "labor")),
        ("utilization fulfillment programmes", ("utilisation", "fulfilment", "program")),
        ("LTV:CAC", ("ltv", "cac")),
        ("", ()),
    ],
)
def test_words_as_they_are_compared(text: str, words: tuple[str, ...]) -> None:
    assert folded(text) == words


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('gamed = "Nobody may leave."\n', "", "the key 'gamed' is missing"),
        ('["weekly"]', '["wekly"]', "is not one of"),
        ('["Sales", "Marketing"]', '["Salse"]', "there is no department 'Salse'"),
        ("[entry.retention]", "[entry.retentoin]", "the file has no KPI 'retentoin'"),
        ("[rows.customers]", "[row.customers]", "there is no such table"),
        ('type = "date"', 'type = "day"', "is not one of: date, number, text, boolean"),
        ('about = "One row a customer"\n', "", "the key 'about' is missing"),
        ("optional = true", "optionl = true", "there is no key 'optionl' here"),
    ],
)
def test_mistakes_of_a_file_are_told(old: str, new: str, message: str) -> None:
    assert old in SMALL
    with pytest.raises(KpiTreeError, match=message):
        catalogue_of({"small.toml": SMALL.replace(old, new, 1)})


def test_nothing_stands_in_the_pool_twice() -> None:
    with pytest.raises(KpiTreeError, match="stands in the catalogue twice"):
        catalogue_of({"one.toml": SMALL, "two.toml": SMALL})
