"""Each rule that takes data: rows that call for it, and a twin that does not."""

import random
import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import pytest

from kpitree.advice.examples.data import ON_DATA
from kpitree.advice.rules import TAKES_DATA
from kpitree.analysis.advice.looks import LOOKS
from kpitree.errors import SourceError
from kpitree.pipeline.advice import Advised, advise
from kpitree.tree.read import load_tree

SOURCE = '[sources.sales]\npath = "sales.csv"\ntime = "day"\n'
AMOUNT = '[kpi.amount]\nmeasure = "sum(amount)"\nsource = "sales"\n'
# Up and down around 100, as an ordinary KPI goes.
STEADY = [98, 103, 99, 104, 97, 101, 105, 96, 100, 102, 99, 103, 98, 101]
GROWING = [100 + 10 * at for at in range(14)]


def months(count: int) -> list[str]:
    """The first days of so many months, up to October 2026."""
    last = 2026 * 12 + 9
    return [f"{at // 12}-{at % 12 + 1:02}-01" for at in range(last - count + 1, last + 1)]


def advice(
    folder: Path,
    tables: str,
    amounts: Iterable[float] = STEADY,
    more: Iterable[Iterable[float | str]] = (),
    top: str = "",
    as_of: date | None = None,
) -> Advised:
    """One row a month, on its first day; the source speaks for whole months. more: columns."""
    amounts, columns = list(amounts), [list(one) for one in more]
    days = months(len(amounts))
    names = ["day", "amount", *(f"c{at}" for at in range(len(columns)))]
    lines = [",".join(map(str, row)) for row in zip(days, amounts, *columns, strict=True)]
    (folder / "sales.csv").write_text("\n".join([",".join(names), *lines]) + "\n", "utf-8")
    covers = f'covers = ["{days[0]}", "2026-10-31"]\n'
    (folder / "tree.toml").write_text(f"{top}\n{SOURCE}{covers}{tables}", "utf-8")
    return advise(load_tree(folder / "tree.toml"), as_of=as_of)


def told(found: Advised) -> list[tuple[str, str]]:
    return [(one.code, one.message) for one in found.findings]


def test_there_is_a_case_for_every_rule() -> None:
    cases = {case[0] for case in BAD}
    assert cases == LOOKS.keys() == TAKES_DATA == ON_DATA.keys()


TWO = AMOUNT + '[kpi.other]\nmeasure = "sum(c0)"\nsource = "sales"\n'
SUM = TWO + '[kpi.total]\nformula = "amount + other"\n'
CANCEL = """
[kpi.deals]
measure = "sum(c0)"
source = "sales"
[kpi.revenue]
formula = "deals * value"
[kpi.value]
formula = "amount / deals"
"""
MEASURED = """
[kpi.other]
measure = "sum(c0)"
source = "sales"
[kpi.total]
formula = "amount + other"
measured = "sum(c1)"
source = "sales"
"""
ROOT = '[tree]\nroot = "total"\n'
LEADING = 'leads = ["amount"]\n'
WAVE = [100 + 10 * ((at * 7) % 5) for at in range(30)]


def noise(seed: int) -> list[float]:
    """Ten years of months without any rhythm."""
    chance = random.Random(seed)  # noqa: S311 - made-up rows need no secrecy, but a seed
    return [round(100 + chance.gauss(0, 10), 1) for _ in range(120)]


WALK = [50 + ((at * at * 31 + at * 17) % 23) for at in range(31)]  # no rhythm of its own

BAD = [
    (
        "KT401",
        AMOUNT + "target = 150\n",
        STEADY,
        (),
        "",
        "the target of amount, 150, was never reached: 105 is the best of 14 periods",
    ),
    (
        "KT401",
        AMOUNT + 'target = 50\ndirection = "down"\n',
        STEADY,
        (),
        "",
        "the target of amount, 50, was never reached: 96 is the best of 14 periods",
    ),
    (
        "KT401",
        AMOUNT + "target = 300\n",
        GROWING,
        (),
        "",
        "the target of amount, 300, was never reached: 230 is the best of 14 periods",
    ),
    (
        "KT402",
        AMOUNT + "target = 90\n",
        STEADY,
        (),
        "",
        "the target of amount was met in all 14 periods; 96 is the worst of them",
    ),
    (
        "KT402",
        AMOUNT + 'target = 200\ndirection = "down"\n',
        STEADY,
        (),
        "",
        "the target of amount was met in all 14 periods; 105 is the worst of them",
    ),
    (
        "KT403",
        SUM.replace("[kpi.other]", "target = 100\n[kpi.other]target = 100\n".replace("]t", "]\nt"))
        + "target = 250\n",
        STEADY,
        [STEADY],
        ROOT,
        (
            "in 2026-10 the targets under Total give 200, not 250: 50 short; furthest off is the"
            " target of Amount: 150 instead of 100 (+50.0 %)"
        ),
    ),
    (
        "KT404",
        AMOUNT + CANCEL,
        STEADY,
        [[at % 5 + 3 for at in range(14)]],
        '[tree]\nroot = "revenue"\n',
        (
            "deals explains nothing of revenue: what it adds directly and by way of value cancels"
            " out; driver = true for value would tell more"
        ),
    ),
    (
        "KT405",
        AMOUNT + MEASURED,
        STEADY,
        [STEADY, [2 * one for one in STEADY[:-1]] + [210]],
        ROOT,
        "the formula of total misses what is measured in 1 of 14 periods, in 2026-10 by 8 (+3.8 %)",
    ),
    (
        "KT406",
        AMOUNT.replace("sum(amount)", "sum(amount) / sum(c0)"),
        STEADY,
        [[0] * 14],
        "",
        "amount has no value in any of 14 periods: division by zero",
    ),
    (
        "KT407",
        AMOUNT + 'target = { "2026-08" = 100, "2026-09" = 110 }\n',
        STEADY,
        (),
        "",
        "the last target of amount is that of 2026-09; 2026-10 has none",
    ),
    (
        "KT408",
        TWO + LEADING,
        noise(1),
        [noise(2)],
        '[tree]\nroot = "amount"\n',
        (
            "other is said to lead amount, and 1 to 6 periods ahead the correlation of their"
            " changes is at most 0.44"
        ),
    ),
]

GOOD = [
    ("KT401", AMOUNT + "target = 106\n", STEADY, (), ""),  # within the limits of chance
    ("KT401", AMOUNT + "target = 150\n", STEADY[:11], (), ""),  # too short a history
    ("KT401", AMOUNT + "target = 239\n", GROWING, (), ""),  # one step further
    ("KT401", AMOUNT + "range = [150, 200]\n", STEADY, (), ""),
    ("KT402", AMOUNT + "target = 97\n", STEADY, (), ""),  # once missed
    ("KT402", AMOUNT + "target = 90\n", STEADY[:11], (), ""),
    ("KT402", AMOUNT + 'target = 90\nrole = "guardrail"\n', STEADY, (), ""),
    (
        "KT403",
        AMOUNT
        + "target = 100\n"
        + SUM[len(AMOUNT) :].replace('c0)"\n', 'c0)"\ntarget = 100\n')
        + "target = 200\n",
        STEADY,
        [STEADY],
        ROOT,
    ),
    (
        "KT404",
        AMOUNT + CANCEL + "driver = true\n",
        STEADY,
        [[at % 5 + 3 for at in range(14)]],
        '[tree]\nroot = "revenue"\n',
    ),
    ("KT405", AMOUNT + MEASURED, STEADY, [STEADY, [2 * one for one in STEADY]], ROOT),
    ("KT406", AMOUNT, STEADY, (), ""),
    ("KT407", AMOUNT + 'target = { "2026-09" = 100, "2026-10" = 110 }\n', STEADY, (), ""),
    ("KT407", AMOUNT + 'target = { "2026-10" = 110 }\n', STEADY, (), ""),  # begins only now
    # the follower does what the leader did a month before
    ("KT408", TWO + LEADING, WALK[:30], [WALK[1:]], '[tree]\nroot = "amount"\n'),
    ("KT408", TWO + LEADING, WAVE[:20], [WALK[:20]], '[tree]\nroot = "amount"\n'),  # too short
]


@pytest.mark.parametrize(("code", "tables", "amounts", "more", "top", "message"), BAD)
def test_bad_trees(
    code: str,
    tables: str,
    amounts: list[float],
    more: list[list[float]],
    top: str,
    message: str,
    tmp_path: Path,
) -> None:
    found = told(advice(tmp_path, tables, amounts, more, top))
    assert [one for one in found if one[0] == code] == [(code, message)]


@pytest.mark.parametrize(("code", "tables", "amounts", "more", "top"), GOOD)
def test_good_twins(
    code: str,
    tables: str,
    amounts: list[float],
    more: list[list[float]],
    top: str,
    tmp_path: Path,
) -> None:
    found = told(advice(tmp_path, tables, amounts, more, top))
    assert [one for one in found if one[0] == code] == []


# What `kpitree check --explain` shows, over data as it says.
MOVING = [at % 5 + 3.0 for at in range(14)]
DATA: dict[str, tuple[Sequence[float], Sequence[Sequence[float]]]] = {
    "KT404": (STEADY, [MOVING, STEADY]),
    "KT405": (STEADY, [STEADY, [*(2.0 * one for one in STEADY[:-1]), 210.0]]),
    "KT408": (noise(1), [noise(2), noise(1)]),
}


@pytest.mark.parametrize("code", ON_DATA)
def test_examples(code: str, tmp_path: Path) -> None:
    example = ON_DATA[code]
    amounts, more = DATA.get(code, (STEADY, [STEADY, STEADY]))
    root = next(iter(re.findall(r"kpi[.](total|revenue|amount)", example.bad)))
    top = f'[tree]\nroot = "{root}"\n'
    bad = told(advice(tmp_path, example.bad, amounts, more, top))
    assert [one for one in bad if one[0] == code] == [(code, example.message)]
    good = told(advice(tmp_path, example.good, amounts, more, top))
    assert [one for one in good if one[0] == code] == []


def test_what_is_after_as_of_is_not_known(tmp_path: Path) -> None:
    """A target that was in reach only once October was over."""
    amounts = [*STEADY[:-1], 200]
    tables = AMOUNT + "target = 150\n"
    assert "KT401" not in dict(told(advice(tmp_path, tables, amounts)))
    found = advice(tmp_path, tables, amounts, as_of=date(2026, 10, 1))
    assert "KT401" in dict(told(found))
    assert found.last_day == date(2026, 9, 30)


def test_the_last_day_is_that_of_the_data(tmp_path: Path) -> None:
    assert advice(tmp_path, AMOUNT).last_day == date(2026, 10, 31)


def test_a_missing_file_is_no_advice(tmp_path: Path) -> None:
    (tmp_path / "tree.toml").write_text(SOURCE + AMOUNT, "utf-8")
    with pytest.raises(SourceError):
        advise(load_tree(tmp_path / "tree.toml"))


# --- cancelling: by the formulas, not by what the data happen to be ------------------------------

DEALS = '[kpi.deals]\nmeasure = "sum(c0)"\nsource = "sales"\n'
COST = '[kpi.cost]\nmeasure = "sum(c1)"\nsource = "sales"\n'
RATE = '[kpi.rate]\nmeasure = "sum(c1) / sum(c0)"\nsource = "sales"\n'


def formula(**formulas: str) -> str:
    return "".join(f'[kpi.{name}]\nformula = "{one}"\n' for name, one in formulas.items())


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        (
            formula(x="revenue - cost", revenue="deals * value", value="amount / deals"),
            (
                "deals explains nothing of x: what it adds by way of revenue and value cancels out;"
                " driver = true for value would tell more"
            ),
        ),
        (
            formula(x="y + cost", y="deals * r", r="z", z="amount / deals"),
            (
                "deals explains nothing of x: what it adds by way of y and z cancels out;"
                " driver = true for z would tell more"
            ),
        ),
        (
            formula(x="deals * (amount / deals) + cost"),
            "deals explains nothing of x: it cancels out in the formula of x",
        ),
        # profit as a share of revenue: revenue moves nothing, and that is sound
        (formula(x="profit / amount", profit="amount - spent", spent="amount * rate"), None),
        (formula(x="(amount - amount * rate) / amount"), None),
        (formula(x="profit / deals", profit="deals * rate - deals * rate * 0.5"), None),
        # what is not served: nothing at all while there is room, and everything beyond
        (formula(x="amount - served", served="min(amount, cost)"), None),
        (formula(x="amount - above", above="max(amount - cost, 0)"), None),
        # 1 % of it does not cancel
        (formula(x="deals * value + 0.01 * deals", value="amount / deals"), None),
        (formula(x="deals * value", value="amount / prev(deals)"), None),
    ],
)
def test_what_cancels(tables: str, said: str | None, tmp_path: Path) -> None:
    used = [DEALS, COST, RATE, AMOUNT]
    columns = [[at % 5 + 3.0 for at in range(14)], [1e5 + at for at in range(14)]]
    found = advice(
        tmp_path, tables + "".join(used), STEADY, columns, top='[tree]\nroot = "x"\n'
    ).findings
    cancelled = [one for one in found if one.code == "KT404"]
    assert [one.message for one in cancelled] == ([] if said is None else [said])
    for one in cancelled:
        assert one.key == ("kpi", one.kpi)
        assert one.kpi is not None
        assert one.message.endswith((f"for {one.kpi} would tell more", f"formula of {one.kpi}"))


def test_zero_and_no_value_in_the_latest_period_are_moved_all_the_same(tmp_path: Path) -> None:
    tables = formula(x="deals * value", value="amount / deals") + DEALS + AMOUNT
    for latest in (0, ""):
        columns: list[list[float | str]] = [[*(at % 5 + 3.0 for at in range(13)), latest]]
        found = told(advice(tmp_path, tables, STEADY, columns, top='[tree]\nroot = "x"\n'))
        assert [code for code, _ in found if code == "KT404"] == ["KT404"]


# --- measured, growing, counterweights -----------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "measured", "said"),
    [
        ("currency", [round(2.0013 * one, 2) for one in STEADY], "by 0.13 (+0.1 %)"),
        ("currency", [2.00004 * one for one in STEADY], None),  # 0.002 %
        ("currency", [2 * one + 0.004 for one in STEADY], None),
        ("number", [2 * one + 0.4 for one in STEADY], "by 0.40 (+0.2 %)"),
        ('number"\ndecimals = 0\nlabel = "x', [2 * one + 0.4 for one in STEADY], None),
        ("percent", [2 * one + 0.3 for one in STEADY], "by +30.0 pp"),
    ],
)
def test_a_gap_that_matters(
    unit: str, measured: list[float], said: str | None, tmp_path: Path
) -> None:
    tables = AMOUNT + MEASURED.replace("measured", f'unit = "{unit}"\nmeasured')
    found = told(advice(tmp_path, tables, STEADY, [STEADY, measured], ROOT))
    messages = [message for code, message in found if code == "KT405"]
    assert len(messages) == (said is not None)
    if said is not None:
        assert messages[0].endswith(said)


@pytest.mark.parametrize(
    ("months_ahead", "code"), [(1, []), (3, []), (4, ["KT401"]), (12, ["KT401"])]
)
def test_a_growing_kpi_is_in_reach_of_three_periods(
    months_ahead: int, code: list[str], tmp_path: Path
) -> None:
    growing = [100 * 1.05**at for at in range(36)]
    target = growing[-1] + (growing[-1] - growing[-4]) * months_ahead / 3
    found = told(advice(tmp_path, AMOUNT + f"target = {target - 1e-6}\n", growing))
    assert [one for one, _ in found if one == "KT401"] == code


def test_a_counterweight_is_meant_to_be_met(tmp_path: Path) -> None:
    weighed = formula(total="amount").rstrip() + '\ncounterweight = "amount"\n'
    found = told(advice(tmp_path, weighed + AMOUNT + "target = 90\n", STEADY, top=ROOT))
    assert "KT402" not in dict(found)


def test_a_source_that_begins_within_the_only_period_has_time(tmp_path: Path) -> None:
    tree = f'{SOURCE}{AMOUNT}[kpi.ratio]\nformula = "amount / 2"\n'
    (tmp_path / "tree.toml").write_text(f'[tree]\nroot = "ratio"\n{tree}', "utf-8")
    (tmp_path / "sales.csv").write_text("day,amount\n2026-01-15,3\n2026-01-16,4\n", "utf-8")
    assert told(advise(load_tree(tmp_path / "tree.toml"))) == []
    late = "day,amount\n2026-01-01,\n2026-01-31,\n"
    (tmp_path / "sales.csv").write_text(late, "utf-8")
    tree = tree.replace("sum(amount)", "mean(amount)")
    (tmp_path / "tree.toml").write_text(f'[tree]\nroot = "ratio"\n{tree}', "utf-8")
    assert "KT406" in dict(told(advise(load_tree(tmp_path / "tree.toml"))))


def test_an_assumption_runs_out_as_well(tmp_path: Path) -> None:
    tables = formula(total="amount * price") + AMOUNT + '[kpi.price]\nvalue = { "2026-09" = 2 }\n'
    found = advice(tmp_path, tables, STEADY, top=ROOT).findings
    assert [(one.code, one.message, one.key) for one in found] == [
        (
            "KT407",
            "the last value of price is that of 2026-09; 2026-10 has none",
            ("kpi", "price", "value"),
        )
    ]


# --- leads ---------------------------------------------------------------------------------------


def led(correlation: float, size: int, seed: int) -> tuple[list[float], list[float]]:
    """A leader, and what follows it a month later."""
    chance = random.Random(seed)  # noqa: S311 - made-up rows need no secrecy, but a seed
    steps = [chance.gauss(0, 1) for _ in range(size + 1)]
    rest = (1 - correlation**2) ** 0.5
    leader = [round(100 + 10 * one, 2) for one in steps[1:]]
    follower = [round(100 + 10 * (correlation * z + rest * chance.gauss(0, 1)), 2) for z in steps]
    return leader, follower[:size]


@pytest.mark.parametrize("size", [26, 36, 120])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_real_lead_is_never_told_to_go(size: int, sign: int, tmp_path: Path) -> None:
    tables = TWO + LEADING + ('direction = "down"\n' if sign < 0 else "")
    for seed in range(4):
        leader, follower = led(0.7 * sign, size, seed)
        found = told(advice(tmp_path, tables, follower, [leader], '[tree]\nroot = "amount"\n'))
        assert "KT408" not in dict(found)


def test_what_moves_in_the_same_month_does_not_lead(tmp_path: Path) -> None:
    """And against each other, where less of one is better."""
    one = noise(5)
    for tables, other in (
        (TWO + LEADING, one),
        (TWO + LEADING + 'direction = "down"\n', [200 - value for value in one]),
    ):
        found = dict(told(advice(tmp_path, tables, other, [one], '[tree]\nroot = "amount"\n')))
        assert "the correlation of their changes is at most 0." in found["KT408"]
        assert found["KT408"].endswith(" against each other") is ("down" in tables)
