"""Every rule that looks at the tree alone, on a tree it speaks up about and on its good twin.

The trees are those that `kpitree check --explain` and docs/advice.md show.
"""

import re
from pathlib import Path

import pytest

from kpitree.advice.advising import advise
from kpitree.advice.contract import Finding, Rule
from kpitree.advice.examples import EXAMPLES
from kpitree.advice.examples.contract import SOUND, TODAY, whole
from kpitree.advice.rules import RULES, TAKES_DATA
from kpitree.tree.read import read_tree

FILE = Path("tree.toml")
COUNTS = {0: 2, 1: 10, 2: 9, 3: 5, 4: 8}  # rules of each family
CODES = [f"KT{100 * family + at + 1:03}" for family, size in COUNTS.items() for at in range(size)]


def advised(text: str) -> list[Finding]:
    return advise(read_tree(text, FILE), today=TODAY)


def told(text: str) -> list[tuple[str, str]]:
    return [(one.code, one.message) for one in advised(text)]


def tree(*kpis: str, top: str = "") -> str:
    """The small sound tree with more KPIs, or others, in it, a `[kpi.x]` table each."""
    return whole(top, *kpis)


def codes(text: str) -> list[str]:
    return [one.code for one in advised(text)]


def test_all_codes_are_there_in_their_order() -> None:
    assert [rule.code for rule in RULES] == CODES
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_texts_are_sentences(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    for text in (rule.why, rule.mend):
        assert text[0].isupper()
        assert text.endswith(".")
        assert text.isprintable()


def test_every_rule_that_looks_at_the_tree_has_an_example() -> None:
    assert set(EXAMPLES) == set(CODES) - TAKES_DATA
    assert {rule.code for rule in RULES if rule.look is not None} <= set(EXAMPLES)


def test_the_tree_that_examples_change_is_sound() -> None:
    assert told(SOUND) == []


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_rule_speaks_up_about_its_bad_tree_alone(code: str) -> None:
    assert told(EXAMPLES[code].bad_tree()) == [(code, EXAMPLES[code].message)]


@pytest.mark.parametrize("code", EXAMPLES)
def test_and_not_about_the_good_twin(code: str) -> None:
    example = EXAMPLES[code]
    assert example.good_tree() != example.bad_tree()
    assert told(example.good_tree()) == []


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_finding_names_a_place_of_the_file(code: str) -> None:
    text = EXAMPLES[code].bad_tree()
    (found,) = advised(text)
    model = read_tree(text, FILE)
    match found.key:
        case ("kpi", name, *_):
            assert name == found.kpi
            assert name in model.kpis
            assert name in found.message
        case ("sources", name):
            assert name == found.source
            assert name in found.message
        case key:
            assert key in {(), ("tree", "ignore")}
            assert found.kpi is None


# --- what else rules speak up about, and what not ------------------------------------------------

RETURNS = """
[kpi.return_rate]
description = "Share of the orders sent back"
measure = "count(where=returned) / count()"
unit = "percent"
"""
KEPT = """
[kpi.revenue]
description = "Paid orders that were kept"
formula = "orders * order_value * (1 - return_rate)"
unit = "currency"
target = 60_000
owner = "Head of Sales"
review = "monthly"
"""
PROPER = 'owner = "Service"\nreview = "weekly"\n'


def test_a_range_is_something_to_meet() -> None:
    text = tree(KEPT, f"{RETURNS}{PROPER}range = [0, 0.08]\n")
    assert told(text) == []


def test_a_metric_needs_neither_owner_nor_target() -> None:
    assert told(tree(KEPT, f'{RETURNS}role = "metric"\n')) == []
    assert codes(tree(KEPT, RETURNS)) == ["KT103", "KT104", "KT105"]


def test_counts_and_ratios_of_alike_things_need_no_unit() -> None:
    for measure in (
        "count()",
        "n_unique(customer)",
        "count(where=paid) / count()",
        "sum(amount, where=paid) / sum(amount)",
        "count() / n_unique(customer)",
    ):
        kpi = f'[kpi.orders]\ndescription = "x"\nmeasure = "{measure}"\ntarget = 3\n{PROPER}'
        assert codes(tree(kpi + 'indicator = "leading"\ncontrollable = true\n')) in ([], ["KT205"])
    for measure in ("sum(amount)", "mean(days_between(a, b))", "max(amount) - min(amount)"):
        kpi = f'[kpi.orders]\ndescription = "x"\nmeasure = "{measure}"\ntarget = 3\n{PROPER}'
        assert "KT102" in codes(tree(kpi + 'indicator = "leading"\ncontrollable = true\n'))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", ["KT107"]),
        ('leads = ["orders"]', []),
        ('role = "guardrail"\nunit = "likes"\ntarget = 3\nowner = "x"\nreview = "daily"', []),
        ('role = "metric"', ["KT107"]),
    ],
)
def test_vanity(line: str, found: list[str]) -> None:
    kpi = f'[kpi.likes]\ndescription = "x"\nmeasure = "sum(likes)"\n{line}\n'
    assert codes(tree(kpi)) == found


def test_what_is_made_of_the_same_kpis_as_the_goal_is_no_vanity() -> None:
    visits = '[kpi.visits]\nmeasure = "sum(visits)"\nunit = "visits"\n'
    of_them = '[kpi.conversion]\nformula = "orders / visits"\nunit = "percent"\n'
    so_far = '[kpi.so_far]\nformula = "year_to_date(revenue)"\nunit = "currency"\n'
    assert codes(tree(visits, of_them, so_far)) == []
    assert codes(tree(visits)) == ["KT107"]


def test_of_kpis_that_feed_each_other_beside_the_tree_the_last_is_named() -> None:
    kpis = (
        '[kpi.likes]\nmeasure = "count(liked)"\n',
        '[kpi.fans]\nmeasure = "n_unique(fan)"\n',
        '[kpi.likes_per_fan]\nformula = "likes / fans"\n',
    )
    assert told(tree(*kpis)) == [("KT107", "likes_per_fan has nothing to do with revenue")]


def test_a_goal_without_drivers_is_not_told_that_it_has_none_that_lead() -> None:
    text = f"""
[sources.orders]
path = "orders.csv"
time = "day"
[kpi.revenue]
description = "x"
measure = "sum(amount)"
unit = "currency"
target = 3
{PROPER}
"""
    assert told(text) == []


def test_deadlines_before_today_only() -> None:
    for day, found in (("2026-06-29", ["KT109"]), ("2026-06-30", [])):
        line = f"target = 50\ndeadline = {day}"
        text = SOUND.replace("target = 50", line)
        assert codes(text) == found


def test_without_a_day_nothing_is_out_of_date() -> None:
    text = SOUND.replace("target = 50", "target = 50\ndeadline = 2000-01-01")
    assert advise(read_tree(text, FILE)) == []


def test_a_deadline_needs_a_target() -> None:
    text = tree(KEPT, f'{RETURNS}role = "metric"\ndeadline = 2026-12-31\n')
    assert told(text) == [
        ("KT106", "return_rate is due on 2026-12-31, and has no target to meet by then")
    ]


@pytest.mark.parametrize(
    ("lines", "how"),
    [
        ('unit = "percent"\nmeasure = "count(where=a) / count()"', "a rate"),
        (
            'unit = "days"\ndirection = "down"\nmeasure = "mean(days_between(a, b))"',
            "a duration",
        ),
        ('measure = "count()"\ncontrollable = true', "a count that somebody controls"),
        ('unit = "days"\nmeasure = "mean(days_between(a, b))"', None),
        ('measure = "count()"', None),
        ('unit = "EUR"\nmeasure = "sum(amount)"\ncontrollable = true', None),
    ],
)
def test_what_is_easily_gamed(lines: str, how: str | None) -> None:
    kpi = f'[kpi.x]\ndescription = "x"\nleads = ["revenue"]\ntarget = 3\n{PROPER}{lines}\n'
    expected = f"x is {how} with a target, and has no counterweight"
    assert told(tree(kpi)) == ([] if how is None else [("KT205", expected)])


def test_a_source_of_a_plan_or_of_what_is_measured_is_used() -> None:
    plan = '[sources.plan]\npath = "plan.csv"\ntime = "day"\n'
    by_plan = SOUND.replace(
        "target = 60_000", 'target = { source = "plan", measure = "sum(amount)" }'
    ).replace('\nmeasure = "', '\nsource = "orders"\nmeasure = "')
    assert codes(by_plan + plan) == []
    measured = SOUND.replace('\nmeasure = "', '\nsource = "orders"\nmeasure = "').replace(
        'formula = "', 'measured = "sum(amount)"\nsource = "plan"\nformula = "'
    )
    assert codes(measured + plan) == []


# --- average of averages -------------------------------------------------------------------------

RATES = """
[kpi.web]
measure = "count(where=a) / count(where=b)"
unit = "percent"

[kpi.shop]
measure = "count(where=c) / count(where=d)"
unit = "percent"

[kpi.spent]
measure = "sum(cost)"
unit = "currency"

[kpi.basket]
formula = "spent / orders"
unit = "currency"

[kpi.margin]
formula = "(spent - basket) / spent"

[kpi.roi]
formula = "spent / basket"

[kpi.fx]
value = 0.9
description = "By the bank"

[kpi.in_dollars]
formula = "spent / fx"
unit = "USD"

[kpi.in_thousands]
formula = "(spent + basket) / (1000 * fx)"
unit = "kEUR"
"""


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("(web + shop) / 2", "is the mean of 2 rates"),
        ("0.5 * (web + shop)", "is the mean of 2 rates"),
        ("(web + shop) * 0.5 + spent / spent", "is the mean of 2 rates"),
        ("web / 2 + shop / 2", "is the mean of 2 rates"),
        ("0.5 * (spent + orders)", None),
        ("web / 2 + shop / 3", None),
        ("rolling_mean(margin, 3)", "takes rolling_mean() of margin, which is a rate"),
        ("(margin + roi) / 2", "is the mean of 2 rates"),
        ("rolling_sum(in_dollars, 12)", None),  # an amount in another currency
        ("year_to_date(in_thousands)", None),
        ("rolling_mean(web, 3)", "takes rolling_mean() of web, which is a rate"),
        ("rolling_sum(basket, 3)", "takes rolling_sum() of basket, which is a rate"),
        ("year_to_date(web) * 2", "takes year_to_date() of web, which is a rate"),
        ("1 - web - shop", None),  # shares of one whole
        ("(web + shop) / 3", None),
        ("0.7 * web + 0.3 * shop", None),  # weights that somebody chose
        ("(web + basket) / 2", None),
        ("rolling_mean(spent, 3)", None),
        ("prev(web)", None),
    ],
)
def test_averages_of_averages(formula: str, said: str | None) -> None:
    kpi = f'{RATES}[kpi.x]\nformula = "{formula}"\n'
    found = [message for code, message in told(tree(kpi)) if code == "KT302"]
    assert found == ([] if said is None else [f"x {said}"])


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        ("mean(clicks / views)", "takes mean() of a rate of single rows"),
        ("mean(ctr)", "takes mean() of a rate of single rows"),
        ("mean(click_rate)", "takes mean() of a rate of single rows"),
        ("sum(ctr) / count()", "takes sum() of a rate of single rows"),
        ("sum(clicks) / sum(views)", None),
        ("mean(if_else(clicked, 1, 0))", None),
        ("mean(clicked)", None),
        ("mean(score / 100)", None),
        ("sum(ctr * views) / sum(views)", None),
    ],
)
def test_means_of_a_rate_of_rows(measure: str, said: str | None) -> None:
    columns = '[sources.orders.columns]\nctr = "clicks / views"\n'
    kpi = f'[kpi.x]\nmeasure = "{measure}"\nunit = "percent"\n'
    found = [message for code, message in told(tree(columns, kpi)) if code == "KT302"]
    assert found == ([] if said is None else [f"x {said}"])


# --- sums ----------------------------------------------------------------------------------------


def sums(**formulas: str) -> str:
    leaves = "abcd"
    kpis = [f'[kpi.{name}]\nmeasure = "count(where={name})"\n' for name in leaves]
    kpis += [f'[kpi.{name}]\nformula = "{formula}"\n' for name, formula in formulas.items()]
    return tree(*kpis)


@pytest.mark.parametrize(
    ("formulas", "said"),
    [
        ({"x": "a + b", "y": "x + a"}, ["y counts a twice: by itself and by way of x"]),
        ({"x": "a + a"}, ["x counts a twice"]),
        ({"x": "a + b", "y": "b + c", "z": "x + y"}, ["z counts b twice: by way of x and y"]),
        ({"x": "a + b", "y": "b + c", "z": "x + y", "t": "z + d"}, ["z counts b twice: by way of"]),
        ({"x": "a + b", "y": "b + c", "z": "x + y - b"}, []),  # what both have, once
        ({"x": "a - b", "y": "x + b"}, []),
        ({"x": "-a - b", "y": "c - b", "z": "x + y"}, ["z counts b twice: by way of x and y"]),
        ({"x": "a * b", "y": "b + c", "z": "x + y"}, []),
        ({"x": "a + b", "y": "b + c", "z": "x / y"}, []),
        ({"x": "a + b", "z": "(x + a) / c"}, ["z counts a twice: by itself and by way of x"]),
        ({"x": "a + b", "z": "12 * (c - x - a)"}, ["z counts a twice: by itself and by way of x"]),
        ({"x": "a + b", "z": "(x + c) / (x + d)"}, []),  # each sum by itself
        ({"x": "a + b", "y": "(x + c) / d", "z": "y + a"}, []),  # no amount of y is a
        ({"x": "max(a + b, a + c)"}, []),
        ({"x": "a + a + a"}, ["x counts a 3 times"]),
        ({"x": "a + b", "y": "x", "z": "x + y"}, ["z counts x twice: by itself and by way of y"]),
    ],
)
def test_counted_twice(formulas: dict[str, str], said: list[str]) -> None:
    found = [message for code, message in told(sums(**formulas)) if code == "KT303"]
    assert len(found) == len(said)
    assert all(message.startswith(one) for message, one in zip(found, said, strict=True))


# --- directions ----------------------------------------------------------------------------------


def directed(formula: str, kpi: str, *, root: str = "up") -> list[str]:
    """What is said of x with a target and a direction, under a root with this formula."""
    text = f"""
[kpi.revenue]
formula = "{formula}"
direction = "{root}"
[kpi.x]
{kpi}
target = 3
[kpi.y]
measure = "sum(y)"
[kpi.rate]
measure = "count(where=x) / count()"
unit = "percent"
"""
    return [message for code, message in told(tree(text)) if code == "KT304"]


SUM, SHARE = 'measure = "sum(x)"', 'measure = "count(where=x) / count()"'


@pytest.mark.parametrize(
    ("formula", "kpi", "root", "against"),
    [
        ("y - x", SUM, "up", True),
        ("y - x", f'{SUM}\ndirection = "down"', "up", False),
        ("y - x", SUM, "down", False),
        ("y + x", f'{SUM}\ndirection = "down"', "up", True),
        ("y + x", f'{SUM}\ndirection = "down"', "down", False),
        ("y * (1 - x)", SHARE, "up", True),
        ("y / x", SHARE, "up", True),
        ("y / x", SUM, "up", False),  # with more visits there are more orders
        ("(y - rate) * x", f'{SUM}\ndirection = "down"', "up", False),  # y - rate may be negative
        ("x * y - x", f'{SUM}\ndirection = "down"', "up", False),
        ("min(x, y)", f'{SUM}\ndirection = "down"', "up", True),
        ("if_else(x > y, x, y)", f'{SUM}\ndirection = "down"', "up", False),
        ("y - prev(x)", SUM, "up", False),
        ("y - x", f'{SUM}\nrole = "guardrail"', "up", False),
        ("rate * y", f'{SUM}\ndirection = "down"', "up", False),  # not under the root at all
    ],
)
def test_direction_against_formula(formula: str, kpi: str, root: str, against: bool) -> None:
    assert bool(directed(formula, kpi, root=root)) is against


# --- percent as hundreds -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('unit = "percent"\ntarget = 62', "x is in percent, and its target, 62, is 6,200 %"),
        ('unit = "percent"\nrange = [60, 80]', "x is in percent, and its range, 80, is 8,000 %"),
        (
            'unit = "percent"\nbenchmark = { value = 55, source = "b" }',
            "x is in percent, and its benchmark, 55, is 5,500 %",
        ),
        (
            'unit = "percent"\ntarget = { "2026-01" = 0.6, "2026-02" = -61.5 }',
            "x is in percent, and its target, -61.5, is -6,150 %",
        ),
        (
            'unit = "percent"\ntarget = { value = 62, by = 2026-12-31 }',
            "x is in percent, and its target, 62, is 6,200 %",
        ),
        ('unit = "percent"\ntarget = { growth = 20, over = "last_year" }', None),
        ('unit = "percent"\ntarget = 5', None),
        ('unit = "points"\ntarget = 62', None),
        ('unit = "%"', "the unit of x is '%', a word like any other: 0.62 stays 0.62"),
        ('unit = "Percent"', "the unit of x is 'Percent', a word like any other: 0.62 stays 0.62"),
    ],
)
def test_percent_is_a_share_of_one(lines: str, said: str | None) -> None:
    kpi = f'[kpi.x]\nmeasure = "sum(a) / sum(b)"\n{lines}\n'
    found = [message for code, message in told(tree(kpi)) if code == "KT110"]
    assert found == ([] if said is None else [said])


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('measure = "sum(a) / sum(b) * 100"', "x is in percent, and its measure multiplies by 100"),
        ('measure = "100 * mean(a)"', "x is in percent, and its measure multiplies by 100"),
        ('measure = "mean(a * 100)"', "x is in percent, and its measure multiplies by 100"),
        (
            'formula = "orders / revenue * 100"',
            "x is in percent, and its formula multiplies by 100",
        ),
        ('measure = "count(where=a * 100 > b) / count()"', None),
        ('measure = "sum(a) / 100"', None),
        ("value = 19", "x is in percent, and its value, 19, is 1,900 %"),
        ('value = { "2026-01" = 0.1, "2026-02" = 10 }', "x is in percent, and its value, 10, is"),
    ],
)
def test_percent_is_multiplied_by_nothing(lines: str, said: str | None) -> None:
    kpi = f'[kpi.x]\ndescription = "x"\nunit = "percent"\n{lines}\n'
    found = [message for code, message in told(tree(kpi)) if code == "KT110"]
    assert len(found) == (said is not None)
    assert all(message.startswith(said or "") for message in found)


# --- what a counterweight, an assumption and a lead connect ---------------------------------------

LIKED = '[kpi.fans]\nmeasure = "sum(fans)"\nunit = "fans"\n'
SOUND_WEIGHT = RETURNS + SOUND[
    SOUND.index("[kpi.orders]") : SOUND.index("[kpi.order_value]")
].replace("order_value", "return_rate")
DAYS = '[kpi.days]\nvalue = 20\ndescription = "Working days"\n'
BY_DAYS = KEPT.replace('order_value * (1 - return_rate)"', 'order_value / days"')


@pytest.mark.parametrize(
    ("kpis", "named"),
    [
        ((DAYS, BY_DAYS), []),
        ((DAYS, BY_DAYS, '[kpi.likes]\nformula = "fans / days"\n', LIKED), ["likes"]),
        ((f'{LIKED}counterweight = "orders"\n',), ["fans"]),
        ((f'{LIKED}leads = ["orders"]\n',), []),
        ((SOUND_WEIGHT,), []),
    ],
)
def test_what_connects(kpis: tuple[str, ...], named: list[str]) -> None:
    found = advised(tree(*kpis))
    assert [one.kpi for one in found if one.code == "KT107"] == named


def test_a_counterweight_needs_none_of_its_own() -> None:
    kpi = f'{RETURNS}{PROPER}target = 0.08\ndirection = "down"\n'
    weighed = SOUND.replace('"order_value"\n', '"return_rate"\n')
    assert codes(weighed + kpi) == []
    assert codes(tree(f'{kpi}leads = ["orders"]\n')) == ["KT205"]
    assert codes(tree(f'{kpi}role = "guardrail"\n')) == []


def test_what_is_said_to_lead_is_a_leading_indicator() -> None:
    plain = SOUND.replace('indicator = "leading"\n', "")
    assert told(plain) == [("KT203", "none of the 3 KPIs is a leading indicator")]
    assert codes(plain.replace("controllable", 'leads = ["revenue"]\ncontrollable')) == []


def test_a_leading_operand_is_looked_at_in_time() -> None:
    rarely = SOUND.replace('"weekly"', '"yearly"')
    assert told(rarely) == [
        ("KT208", "orders is reviewed yearly, and revenue, which it leads, monthly")
    ]
    assert codes(rarely.replace('indicator = "leading"\n', "")) == ["KT203"]


def test_a_long_label_is_cut() -> None:
    kpis = [f'[kpi.{name}]\nlabel = "{"x" * 10_000}"\n{RETURNS.split("]")[1]}' for name in "ba"]
    found = [one for one in advised(tree(*kpis)) if one.code == "KT108"]
    assert [one.kpi for one in found] == ["a"]  # b stands first in the file
    assert found[0].message == f"a has the same label as b: '{'x' * 59}…'"
