"""docs/advice.md names every rule; `--rewrite` writes its table anew. And the pre-commit hook."""

import re
from itertools import groupby
from pathlib import Path

import pytest

from kpitree.advice.contract import Rule
from kpitree.advice.rules import RULES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "advice.md"
TABLE = re.compile(r"(?<=advice_page.py -->\n).*?(?=<!-- end of rules -->)", re.DOTALL)
FAMILIES = {
    "0": "About `ignore` itself",
    "1": "Each KPI on its own",
    "2": "The tree as a whole",
    "3": "Arithmetic",
    "4": "With `--data`",
}


def row(rule: Rule) -> str:
    letter = rule.severity.value[0].upper()
    cells = (f"`{rule.code}`", rule.name, letter, rule.why, rule.mend.replace("|", r"\|"))
    return f"| {' | '.join(cells)} |"


def tables() -> str:
    parts = []
    for family, rules in groupby(RULES, lambda rule: rule.code[2]):
        head = f"### {FAMILIES[family]}\n\n| code | name | | why | mend |\n|---|---|---|---|---|\n"
        parts.append(head + "\n".join(map(row, rules)))
    return "\n" + "\n\n".join(parts) + "\n\n"


def test_the_page_has_every_rule(request: pytest.FixtureRequest) -> None:
    text = PAGE.read_text("utf-8")
    now = TABLE.sub(lambda _: tables(), text)
    if request.config.getoption("--rewrite"):
        PAGE.write_text(now, "utf-8")
    assert now == PAGE.read_text("utf-8")


def test_the_page_says_when_each_speaks_up() -> None:
    said = PAGE.read_text("utf-8").partition("## When exactly")[2]
    assert {rule.code for rule in RULES if rule.code not in said} == {"KT109"}  # among the options


@pytest.mark.parametrize(
    ("file", "hooked"),
    [
        ("trees/sales.toml", True),
        ("kpi/trees/sales.toml", True),
        ("tree.toml", True),
        ("kpi/sales.tree.toml", True),
        ("sales_tree.toml", True),
        ("pyproject.toml", False),
        ("street.toml", False),
        ("trees/old/sales.toml", False),
        ("trees/targets.csv", False),
    ],
)
def test_the_hook_is_about_tree_files(file: str, hooked: bool) -> None:
    text = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
    pattern = re.search(r"^  files: '(.*)'$", text, re.MULTILINE)
    assert pattern is not None
    assert bool(re.search(pattern[1], file)) is hooked
