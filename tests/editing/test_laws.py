"""Any sequence of edits changes what it is about and nothing else, whatever the file looks like."""

import copy
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from editing.nasty import MADE_UP, REAL, VARIANTS
from kpitree.errors import TreeErrors
from kpitree.tree.editing.edits import add_kpi, add_source, remove, set_keys
from kpitree.tree.editing.renaming import rename
from kpitree.tree.read import read_tree

Data = dict[str, Any]
FILES = {**REAL, **MADE_UP}
NAMES = ("nu", "xi", "größer", "rho_2", "a_b")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers(-9_999, 9_999) | st.sampled_from([0.5, 1e-7, 2.5e20])
# A key of a KPI that takes such values whatever else the KPI is, and leaves the file a tree.
SETTABLE = {
    ("label",): TEXTS,
    ("owner",): TEXTS,
    ("unit",): st.sampled_from(["tickets", "days", 'of "a"', "it's"]),
    ("tags",): st.lists(TEXTS, max_size=3),
    ("controllable",): st.booleans(),
    ("decimals",): st.integers(0, 9),
    ("thresholds", "off_track"): st.sampled_from(["50%", "6.5%"]),
    ("thresholds",): st.just({"at_risk": "1%", "off_track": "7%"}),
    ("benchmark",): st.fixed_dictionaries({"value": NUMBERS, "source": TEXTS}),
}
REMOVABLE = ("label", "owner", "description", "tags", "thresholds", "decimals", "benchmark")
ELSEWHERE: dict[tuple[str, ...], st.SearchStrategy[Any]] = {
    ("tree", "name"): TEXTS,
    ("tree", "currency"): st.sampled_from(["EUR", "USD"]),
    ("calendar", "fiscal_year_start"): st.integers(1, 12),
    ("calendar", "week_start"): st.sampled_from(["monday", "sunday"]),
}


def data_of(text: str) -> Data:
    return tomllib.loads(text.removeprefix("\ufeff"))


def lines_of(text: str) -> list[str]:
    return text.removeprefix("\ufeff").split("\n")


def is_part(few: list[str], many: list[str]) -> bool:
    """Whether the few stand in the many, in their order."""
    left = iter(many)
    return all(any(one == other for other in left) for one in few)


def comments_of(text: str) -> list[str]:
    found = re.finditer(
        r"\"\"\"(?:\\.|[^\\])*?\"{3,5}|'''.*?'{3,5}|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|(#[^\r\n]*)",
        text,
        re.DOTALL,
    )
    return [one[1] for one in found if one[1]]


def named_by(data: Data, name: str) -> bool:
    words = re.compile(rf"(?<!\w){name}(?!\w)")
    return data.get("tree", {}).get("root") == name or any(
        words.search(table.get("formula", ""))
        or name in table.get("leads", ())
        or table.get("counterweight") == name
        for other, table in data["kpi"].items()
        if other != name
    )


def with_value(data: Data, path: tuple[str, ...], value: Any) -> Data:
    data = copy.deepcopy(data)
    table = data
    for one in path[:-1]:
        table = table.setdefault(one, {})
    if value is None:
        del table[path[-1]]
    else:
        table[path[-1]] = value
    return data


def full(data: Any) -> Any:
    """Without empty tables: whether one stays there when its last key goes is no matter."""
    if not isinstance(data, dict):
        return data
    return {key: one for key, table in data.items() if (one := full(table)) != {}}


@st.composite
def _set(draw: st.DrawFn, text: str, data: Data) -> str:
    name = draw(st.sampled_from(list(data["kpi"])))
    paths: dict[tuple[str, ...], st.SearchStrategy[Any]] = {
        **{("kpi", name, *key): values for key, values in SETTABLE.items()},
        **ELSEWHERE,
    }
    path = draw(st.sampled_from(list(paths)))
    value = draw(paths[path])
    new = set_keys(text, {path: value})
    assert full(data_of(new)) == full(with_value(data, path, value))
    if path[-1] != "thresholds":
        assert_kept(text, new, touched=1)
    assert set_keys(new, {path: value}) == new
    return new


@st.composite
def _unset(draw: st.DrawFn, text: str, data: Data) -> str:
    there = [
        ("kpi", name, key)
        for name, table in data["kpi"].items()
        for key in REMOVABLE
        if key in table
    ]
    if not there:
        return text
    path = draw(st.sampled_from(there))
    new = set_keys(text, {path: None})
    assert full(data_of(new)) == full(with_value(data, path, None))
    whole = path[-1] in ("thresholds", "benchmark")
    dropped = len(comments_of(text)) - len(comments_of(new))
    assert is_part(comments_of(new), comments_of(text))
    assert dropped <= (3 if whole else 1)
    return new


@st.composite
def _add(draw: st.DrawFn, text: str, data: Data) -> str:
    free = [name for name in NAMES if name not in data["kpi"]]
    if not free:
        return text
    name = draw(st.sampled_from(free))
    others = list(data["kpi"])
    made = draw(
        st.fixed_dictionaries({"value": NUMBERS})
        | st.fixed_dictionaries(
            {"formula": st.sampled_from([f"{others[0]} * 2", f"-{others[-1]}"])}
        )
    )
    table = {"owner": draw(TEXTS), **made, "label": draw(TEXTS), "leads": [others[0]]}
    after = draw(st.none() | st.sampled_from(others))
    new = add_kpi(text, name, table, after=after)
    assert full(data_of(new)) == full(with_value(data, ("kpi", name), table))
    assert_kept(text, new, touched=1 if "kpi = {" in text else 0)
    if "kpi = {" not in text:
        assert without_blank(remove(new, [name])) == without_blank(text)
    return new


@st.composite
def _add_source(draw: st.DrawFn, text: str, data: Data) -> str:
    name = draw(st.sampled_from(NAMES))
    if name in data.get("sources", {}):
        return text
    table = {"path": draw(st.sampled_from(["a b.csv", "x\\y"])), "time": "t", "columns": {"q": "1"}}
    new = add_source(text, name, table)
    assert full(data_of(new)) == full(with_value(data, ("sources", name), table))
    assert_kept(text, new, touched=0)
    return new


@st.composite
def _rename(draw: st.DrawFn, text: str, data: Data) -> str:
    old = draw(st.sampled_from(list(data["kpi"])))
    new_name = draw(st.sampled_from([name for name in NAMES if name not in data["kpi"]] or [""]))
    if not new_name:
        return text
    renamed = rename(text, old, new_name)
    word = re.compile(rf"(?<!\w)({old}|\\u0061|gr\\\\u00f6\\\\u00dfe)(?!\w)")
    pairs = list(zip(lines_of(text), lines_of(renamed.text), strict=True))
    assert all(one == other or word.search(one) for one, other in pairs)
    assert comments_of(renamed.text) == comments_of(text)
    assert list(data_of(renamed.text)["kpi"]) == [
        new_name if one == old else one for one in data["kpi"]
    ]
    assert not named_by(data_of(renamed.text), old) or old in str(comments_in_formulas(data))
    back = rename(renamed.text, new_name, old).text
    assert data_of(back) == data
    if new_name.isascii() and "\\u0061" not in text:
        assert back == text
    return renamed.text


def comments_in_formulas(data: Data) -> list[str]:
    return re.findall(r"#.*", "\n".join(str(one.get("formula")) for one in data["kpi"].values()))


@st.composite
def _remove(draw: st.DrawFn, text: str, data: Data) -> str:
    free = [name for name in data["kpi"] if not named_by(data, name)]
    root = data.get("tree", {}).get("root")
    if root is None or len(data["kpi"]) < 3 or not free:
        return text
    name = draw(st.sampled_from(free))
    new = remove(text, [name])
    assert full(data_of(new)) == full(with_value(data, ("kpi", name), None))
    if "kpi = {" not in text:
        assert is_part(
            [line.rstrip("\r") for line in lines_of(new) if line],
            [line.rstrip("\r") for line in lines_of(text)],
        )
    assert is_part(comments_of(new), comments_of(text))
    return new


def without_blank(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


def assert_kept(before: str, after: str, *, touched: int) -> None:
    """All lines stand there still, as they were, but for those touched; and all comments do."""
    ends = before.count("\r\n") * 2 > before.count("\n")
    old = lines_of(before if before.endswith("\n") else before + ("\r\n" if ends else "\n"))
    new = lines_of(after if after.endswith("\n") else after + ("\r\n" if ends else "\n"))
    kept = max(
        (is_part(old[:at] + old[at + touched :], new) for at in range(len(old))),
        default=True,
    )
    assert kept
    assert is_part(comments_of(before), comments_of(after))
    assert after.startswith("\ufeff") == before.startswith("\ufeff")
    assert after.endswith("\n") == before.endswith("\n")


def is_tree(text: str, path: Path) -> bool:
    """Whether it is; what these edits can do to a tree is to leave its goal or a source open."""
    try:
        read_tree(text.removeprefix("\ufeff"), path)
    except TreeErrors as found:
        messages = [one.message for one in found.errors]
    else:
        return True
    words = "several KPIs feed no other|a measure needs a source"
    assert all(re.search(words, message) for message in messages)
    return False


EDITS = (_set, _unset, _add, _add_source, _rename, _remove)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("file", FILES)
@settings(max_examples=settings().max_examples // 4)  # there are many files
@given(drawn=st.data())
def test_any_sequence_of_edits(file: str, variant: str, drawn: st.DataObject) -> None:
    text = VARIANTS[variant](FILES[file])
    path = Path("trees") / "file.toml"
    for edit in drawn.draw(st.lists(st.sampled_from(EDITS), min_size=1, max_size=6)):
        new = drawn.draw(edit(text, data_of(text)))
        if "\n" in text and "\r\n" in text and "\n" not in text.replace("\r\n", ""):
            assert "\n" not in new.replace("\r\n", "")
        if is_tree(new, path):
            text = new  # as the commands do: else the file is not touched
