"""Which line of the outline a KPI stands on, and the branches before it."""

from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.render.outline import Entry, outline
from kpitree.tree.expressions import Call, Name
from kpitree.tree.model import Branch, Constant, Node, Tree

SHARED = """
    profit = revenue - cost
    revenue = visits * rate
    cost = visits * price
    visits = ads + search
    ads
    search
    rate
    price
    upkeep = hours * price
    hours
"""


def drawn(entries: list[Entry]) -> list[str]:
    return [f"{entry.prefix}{entry.kpi}{' again' if entry.repeated else ''}" for entry in entries]


def test_a_shared_kpi_is_drawn_in_full_once_and_others_after_the_root(build: ModuleType) -> None:
    assert drawn(outline(build.tree_of_formulas(SHARED))) == [
        "profit",
        "├─ revenue",
        "│  ├─ visits",
        "│  │  ├─ ads",
        "│  │  └─ search",
        "│  └─ rate",
        "└─ cost",
        "   ├─ visits again",
        "   └─ price",
        "upkeep",
        "├─ hours",
        "└─ price again",
    ]


def test_depth_counts_from_the_top(build: ModuleType) -> None:
    tree = build.tree_of_formulas(SHARED)
    assert drawn(outline(tree, depth=0)) == ["profit", "upkeep"]
    assert drawn(outline(tree, depth=1, ascii_only=True)) == [
        "profit",
        "|- revenue",
        "`- cost",
        "upkeep",
        "|- hours",
        "`- price",
    ]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ({"profit", "visits", "rate"}, ["profit", "├─ visits", "└─ rate"]),
        ({"ads", "hours"}, ["ads", "hours"]),
        ({"rate", "cost", "price"}, ["rate", "cost", "└─ price"]),
        (set(), []),
    ],
)
def test_operands_move_up_into_the_place_of_a_kpi_that_is_left_out(
    build: ModuleType, shown: set[str], expected: list[str]
) -> None:
    assert drawn(outline(build.tree_of_formulas(SHARED), shown)) == expected


def test_a_root_that_is_not_the_first_of_the_file_comes_first(build: ModuleType) -> None:
    tree = build.tree_of_formulas("a\nb = a + c\nc", root="b")
    assert drawn(outline(tree)) == ["b", "├─ a", "└─ c"]


def test_a_tree_may_be_as_deep_as_the_file_is_long(build: ModuleType) -> None:
    chain = "\n".join(f"k{at} = k{at + 1} * 2" for at in range(3_000)) + "\nk3000"
    entries = outline(build.tree_of_formulas(chain))
    assert [entry.level for entry in entries] == list(range(3_001))


@given(st.data())
def test_every_shown_kpi_has_exactly_one_full_line(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 8))
    kpis: dict[str, Node] = {}
    for at in range(size):
        later = [f"k{other}" for other in range(at + 1, size)]
        operands = data.draw(st.lists(st.sampled_from(later), max_size=3)) if later else []
        name = f"k{at}"
        formula = Call("+", tuple(map(Name, operands)))
        kpis[name] = (
            Branch(id=name, label=name, formula=formula)
            if operands
            else Constant(id=name, label=name, value=1.0)
        )
    root = data.draw(st.sampled_from(sorted(kpis)))
    shown = data.draw(st.sets(st.sampled_from(sorted(kpis))))
    tree = Tree(name="t", root=root, file=Path("t.toml"), sources={}, kpis=kpis)
    entries = outline(tree, shown)
    assert sorted(entry.kpi for entry in entries if not entry.repeated) == sorted(shown)
    seen: set[str] = set()
    for entry in entries:
        assert entry.repeated == (entry.kpi in seen)
        seen.add(entry.kpi)
