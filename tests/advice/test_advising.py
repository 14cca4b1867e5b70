"""Roles, `ignore`, codes selected, and what holds for the advice on any tree."""

import re
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.advice.advising import advise, runnable
from kpitree.advice.contract import Finding
from kpitree.advice.examples import EXAMPLES
from kpitree.advice.examples.contract import SOUND, TODAY, whole
from kpitree.advice.roles import Role, role_of, with_targets
from kpitree.advice.rules import RULES
from kpitree.advice.selecting import ALL, chosen, rule_of
from kpitree.calendar import Calendar
from kpitree.errors import UsageError
from kpitree.tree.model import PeriodTargets, TargetRow, Tree
from kpitree.tree.read import read_tree

FILE = Path("tree.toml")


def read(text: str) -> Tree:
    return read_tree(text, FILE)


def codes(text: str) -> list[str]:
    return [one.code for one in advise(read(text), today=TODAY)]


# --- roles ---------------------------------------------------------------------------------------

ROLES = """
[sources.s]
path = "s.csv"
time = "t"

[kpi.goal]
formula = "operand * assumed + declared"

[kpi.operand]
formula = "below + with_target"

[kpi.assumed]
value = 2

[kpi.declared]
measure = "count()"
role = "metric"

[kpi.below]
measure = "count()"

[kpi.with_target]
measure = "count()"
target = 3

[kpi.ranged]
measure = "count()"
range = [1, 2]

[kpi.kept]
measure = "count()"
role = "guardrail"
"""


def test_roles() -> None:
    tree = read('[tree]\nroot = "goal"\n' + ROLES)
    assert {name: role_of(tree, kpi).value for name, kpi in tree.kpis.items()} == {
        "goal": "kgi",
        "operand": "kpi",
        "assumed": "assumption",
        "declared": "metric",
        "below": "metric",
        "with_target": "kpi",
        "ranged": "metric",
        "kept": "guardrail",
    }


def test_a_target_in_the_table_counts() -> None:
    tree = read('[tree]\nroot = "goal"\n' + ROLES)
    period = Calendar().parse("2026-01")
    rows = [
        TargetRow(kpi="below", period=period, value=5.0, segment={}, where=""),
        TargetRow(kpi="ranged", period=period, value=5.0, segment={"rep": "A"}, where=""),
        TargetRow(kpi="with_target", period=period, value=5.0, segment={}, where=""),
    ]
    promised = with_targets(tree, rows)
    assert promised.kpis["below"].target == PeriodTargets(values={"2026-01": 5.0})
    assert promised.kpis["ranged"].target == PeriodTargets(values={})
    assert promised.kpis["with_target"].target == tree.kpis["with_target"].target
    assert role_of(promised, promised.kpis["below"]) is Role.KPI


# --- ignore --------------------------------------------------------------------------------------

LACKING = EXAMPLES["KT104"].bad_tree()  # revenue has no target


def ignoring(text: str, *, tree: str = "", kpi: str = "") -> str:
    if tree:
        text = text.replace("[tree]\n", f"[tree]\nignore = [{tree}]\n")
    return text.replace("[kpi.revenue]\n", f"[kpi.revenue]\nignore = [{kpi}]\n") if kpi else text


@pytest.mark.parametrize(
    ("tree", "kpi", "found"),
    [
        ("", "", ["KT104"]),
        ('"KT104"', "", []),
        ("", '"KT104"', []),
        ('"KT104"', '"KT104"', ["KT002"]),  # the KPI's own comes first
        ("", '"KT104", "KT103"', ["KT002"]),
        ('"KT203"', "", ["KT104", "KT002"]),
        ('"KT999"', "", ["KT104", "KT001"]),
        ('"KT999", "KT001"', "", ["KT104"]),
        ('"KT203", "KT002"', "", ["KT104"]),
        ('"KT104", "KT104"', "", []),
        ('"KT401"', "", ["KT104"]),  # needs data: nobody looked
        ('"KT109"', "", ["KT104", "KT002"]),  # a day was given
    ],
)
def test_ignore(tree: str, kpi: str, found: list[str]) -> None:
    assert codes(ignoring(LACKING, tree=tree, kpi=kpi)) == found


def test_what_was_not_looked_for_may_be_ignored() -> None:
    tree = read(ignoring(SOUND, tree='"KT109", "KT203", "KT401"'))
    assert advise(tree, chosen(["KT1", "KT002"])) == []
    assert [one.message for one in advise(tree, today=TODAY, from_data=())] == [
        f"the tree ignores {code}, and there is nothing to ignore"
        for code in ("KT109", "KT203", "KT401")
    ]


def test_findings_from_data_are_ignored_likewise() -> None:
    easy = Finding(code="KT402", message="never missed", key=("kpi", "revenue"), kpi="revenue")
    assert advise(read(SOUND), from_data=[easy]) == [easy]
    for where in ({"tree": '"KT402"'}, {"kpi": '"KT402"'}):
        assert advise(read(ignoring(SOUND, **where)), from_data=[easy]) == []
    assert advise(read(SOUND), chosen(["KT1"]), from_data=[easy]) == []


def test_a_finding_is_told_once() -> None:
    easy = Finding(code="KT402", message="never missed", key=("kpi", "revenue"), kpi="revenue")
    assert advise(read(SOUND), from_data=[easy, easy]) == [easy]


# --- select --------------------------------------------------------------------------------------


def test_codes_and_what_they_begin_with() -> None:
    assert chosen() == ALL == {rule.code for rule in RULES}
    assert chosen(["KT10"]) == {f"KT10{n}" for n in range(1, 10)}
    assert chosen(["kt301", "no-target"]) == {"KT301", "KT104"}
    assert chosen(["KT3"], ["KT301", "KT302"]) == {"KT303", "KT304", "KT305"}
    assert chosen([], ["KT"]) == frozenset()


@pytest.mark.parametrize(
    ("select", "leave_out", "hint"),
    [
        (["KT199"], [], "codes begin with KT0, KT1, KT2, KT3 or KT4"),
        ([], ["T104"], "did you mean 'KT104'?"),
        (["104"], [], "did you mean 'KT104'?"),
        (["no-targets"], [], "did you mean 'no-target'?"),
    ],
)
def test_codes_that_there_are_not(select: list[str], leave_out: list[str], hint: str) -> None:
    with pytest.raises(UsageError) as found:
        chosen(select, leave_out)
    assert found.value.hint.startswith(hint)


def test_a_rule_is_found_by_code_or_name() -> None:
    assert rule_of("kt104") is rule_of("no-target") is rule_of("KT104")
    with pytest.raises(UsageError, match="there is no advice 'no-targets'") as found:
        rule_of("no-targets")
    assert found.value.hint == "did you mean 'no-target'?"


def test_selected_rules_alone_look() -> None:
    bare = whole('[kpi.orders]\nmeasure = "count()"\n')
    everything = [one.code for one in advise(read(bare), today=TODAY)]
    for code in set(everything):
        found = [one.code for one in advise(read(bare), frozenset({code}), today=TODAY)]
        assert found == [one for one in everything if one == code]


def test_what_can_be_run() -> None:
    assert "KT109" not in runnable(dated=False, data=False)
    assert runnable(dated=True, data=True) == ALL


# --- laws ----------------------------------------------------------------------------------------

TREES = {
    **{code: example.bad_tree() for code, example in EXAMPLES.items()},
    **{
        path.stem: path.read_text("utf-8")
        for path in sorted((Path(__file__).parents[2] / "trees").glob("*.toml"))
    },
    "unwise": (Path(__file__).parent / "unwise.toml").read_text("utf-8"),
}


def in_any_order(found: list[Finding]) -> list[tuple[str, str]]:
    return sorted((one.code, one.message) for one in found)


@given(name=st.sampled_from(sorted(TREES)), data=st.data())
def test_the_order_of_the_file_changes_no_finding(name: str, data: st.DataObject) -> None:
    tree = read(TREES[name])
    order = data.draw(st.permutations(list(tree.kpis)))
    shuffled = replace(tree, kpis={kpi: tree.kpis[kpi] for kpi in order})
    before, after = advise(tree, today=TODAY), advise(shuffled, today=TODAY)
    assert in_any_order(after) == in_any_order(before)


@given(name=st.sampled_from(sorted(TREES)), data=st.data())
def test_the_names_of_kpis_change_no_finding(name: str, data: st.DataObject) -> None:
    text = TREES[name]
    tree = read(text)
    letters = st.text("abcdefghij", min_size=1, max_size=4)
    names = st.lists(letters, min_size=len(tree.kpis), max_size=len(tree.kpis), unique=True)
    new = [f"zz_{one}" for one in data.draw(names)]
    renamed = {old: replace(kpi, id=old) for old, kpi in tree.kpis.items()}
    found = advise(replace(tree, kpis=renamed), today=TODAY)
    again = advise(read(with_names(text, dict(zip(tree.kpis, new, strict=True)))), today=TODAY)
    told = {code for code, _ in in_any_order(found)}
    assert sorted(one.code for one in again) == sorted(one.code for one in found), told


def with_names(text: str, new: dict[str, str]) -> str:
    """The file with other names for its KPIs, which keep their labels."""
    labels = {name: name.replace("_", " ").capitalize() for name in new}
    formula = re.compile(r'(?<=^formula = ")[^"]*', re.MULTILINE)
    word = re.compile(rf"\b({'|'.join(new)})\b(?!\()")
    text = formula.sub(lambda found: word.sub(lambda one: new[one[0]], found[0]), text)
    for key in ("root", "counterweight"):
        text = re.sub(rf'(?<=^{key} = ")\w+', lambda one: new[one[0]], text, flags=re.MULTILINE)
    text = re.sub(
        r"(?<=^leads = \[).*?(?=\])",
        lambda found: word.sub(lambda one: new[one[0]], found[0]),
        text,
        flags=re.MULTILINE,
    )
    tables = re.split(r"(?m)^(?=\[)", text)
    for at, table in enumerate(tables):
        if found := re.match(r"\[kpi\.(\w+)\]\n?", table):
            label = "" if "\nlabel = " in table else f'label = "{labels[found[1]]}"\n'
            rest = table[found.end() :].lstrip("\n")
            tables[at] = f"[kpi.{new[found[1]]}]\n{label}{rest}"
    return "".join(tables)


@given(name=st.sampled_from(sorted(TREES)), day=st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_advice_is_the_same_every_time(name: str, day: date) -> None:
    tree = read(TREES[name])
    assert advise(tree, today=day) == advise(tree, today=day)


# --- size ----------------------------------------------------------------------------------------


def large(size: int) -> Tree:
    """Sums of sums down to rates and amounts, each leaf in two of them: the worst for walks."""
    lines = ['[sources.s]\npath = "s.csv"\ntime = "t"\n', '[tree]\nroot = "k0"\n']
    for at in range(size):
        below = [one for one in (2 * at + 1, 2 * at + 2, 2 * at + 3) if one < size]
        kind = (
            f'formula = "{" + ".join(f"k{one}" for one in below)}"\n'
            if below
            else 'measure = "count()"\n'
        )
        lines.append(f'[kpi.k{at}]\n{kind}target = {at}\nowner = "o{at % 400}"\n')
    return read("".join(lines))


def test_a_tree_of_two_thousand_kpis_takes_no_longer_than_its_size() -> None:
    """Four times the KPIs take about four times as long, and nowhere near sixteen."""

    def seconds(size: int) -> float:
        tree = large(size)
        assert advise(tree, today=TODAY)
        best = 1e9
        for _ in range(3):
            start = time.perf_counter()
            advise(tree, today=TODAY)
            best = min(best, time.perf_counter() - start)
        return best

    small, big = seconds(500), seconds(2_000)
    assert big < 10 * small
    assert big < 3
