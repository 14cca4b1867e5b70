"""Laws that every attribution obeys, whatever the tree and the numbers."""

import math
from collections.abc import Mapping

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from attribution.trees import explain, grow, lines
from kpitree.analysis.attribution.contract import Attribution, State
from kpitree.analysis.attribution.path import solve
from kpitree.analysis.functions import Undefined, evaluate
from kpitree.tree.expressions import Expr, replace_names
from kpitree.tree.model import Tree
from kpitree.tree.parsing import parse_formula

LEAVES = ("a", "b", "c", "d")
SMOOTH = ["{} + {}", "{} - {}", "{} * {}", "{} / {}", "({} - {}) * 2", "exp({} / 10) + {}"]
KINKED = ["max({}, {})", "min({}, {})", "abs({} - {})"]
JUMPING = ["if_else({0} > {1}, {0}, 2 * {1})", "sqrt({0} - {1})", "log({}) + {}"]

Numbers = dict[str, float]
numbers = st.integers(-40, 80).map(lambda n: n / 8)
positive = st.integers(1, 80).map(lambda n: n / 8)


def states(values: st.SearchStrategy[float]) -> st.SearchStrategy[Numbers]:
    return st.fixed_dictionaries(dict.fromkeys(LEAVES, values))


@st.composite
def formulas(draw: st.DrawFn, patterns: list[str]) -> dict[str, str]:
    """root over n1 over n2 ..., each over any of the KPIs below it: shared ones are common."""
    size = draw(st.integers(1, 4))
    names = ["root", *(f"n{i}" for i in range(1, size))]
    found = {}
    for position, name in enumerate(names):
        below = [*names[position + 1 :], *LEAVES]
        first = below[0]  # so that every KPI is under the root
        second = draw(st.sampled_from(below))
        pair = draw(st.permutations([first, second]))
        found[name] = draw(st.sampled_from(patterns)).format(*pair)
    return found


anything = formulas(SMOOTH + KINKED + JUMPING)


def scale(found: Attribution) -> float:
    assert found.gross is not None
    assert found.before is not None
    assert found.after is not None
    return max(found.gross, abs(found.before), abs(found.after))


@given(formulas=anything, before=states(numbers), after=states(numbers))
def test_lines_add_up(formulas: dict[str, str], before: Numbers, after: Numbers) -> None:
    found = explain(grow(formulas), before, after)
    assume(found.reason is None)
    assert found.change is not None
    total = math.fsum(line.line for line in found.lines)
    assert abs(found.change - total) <= 1e-9 * scale(found)
    assert found.residual == found.change - total
    assert all(line.effect == "driver" for line in found.lines)


@given(formulas=anything, before=states(numbers), after=states(numbers))
def test_swapping_the_states_negates_every_line(
    formulas: dict[str, str], before: Numbers, after: Numbers
) -> None:
    tree = grow(formulas)
    there, back = explain(tree, before, after), explain(tree, after, before)
    assert (there.reason is None) == (back.reason is None)
    assume(there.reason is None)
    swapped = {kpi: -line for kpi, line in lines(back).items()}
    assert lines(there) == pytest.approx(swapped, rel=0, abs=1e-9 * scale(there))


@given(formulas=anything, before=states(numbers), after=states(numbers), data=st.data())
def test_a_driver_that_did_not_move_has_exactly_0(
    formulas: dict[str, str], before: Numbers, after: Numbers, data: st.DataObject
) -> None:
    still = data.draw(st.sets(st.sampled_from(LEAVES), min_size=1))
    after = {**after, **{leaf: before[leaf] for leaf in still}}
    found = explain(grow(formulas), before, after)
    for line in found.lines:
        if line.kpi in still:
            assert line.line == 0.0
            assert all(flow.flow == 0.0 for flow in line.via)


@given(formulas=anything, before=states(numbers), after=states(numbers), data=st.data())
def test_the_order_of_the_file_does_not_matter(
    formulas: dict[str, str], before: Numbers, after: Numbers, data: st.DataObject
) -> None:
    tree = grow(formulas)
    order = data.draw(st.permutations(sorted(tree.kpis)))
    shuffled = Tree(
        name="test",
        root="root",
        file=tree.file,
        sources={},
        kpis={kpi: tree.kpis[kpi] for kpi in order},
    )
    assert explain(tree, before, after) == explain(shuffled, before, after)


@given(formulas=formulas(SMOOTH + KINKED), before=states(numbers), after=states(numbers))
def test_inlining_a_node_moves_no_leaf(
    formulas: dict[str, str], before: Numbers, after: Numbers
) -> None:
    text = formulas["root"]
    for name, inner in list(formulas.items())[1:]:
        text = text.replace(name, f"({inner})")
    fine, coarse = (
        explain(grow(formulas), before, after),
        explain(grow({"root": text}), before, after),
    )
    assert (fine.reason is None) == (coarse.reason is None)
    assume(fine.reason is None and not fine.warnings and not coarse.warnings)
    assert lines(fine) == pytest.approx(lines(coarse), rel=0, abs=1e-9 * scale(fine))


@given(formulas=formulas(SMOOTH + KINKED), before=states(positive), after=states(positive))
def test_what_flows_into_a_node_flows_out_of_it(
    formulas: dict[str, str], before: Numbers, after: Numbers
) -> None:
    tree = grow(formulas)
    found = explain(tree, before, after)
    assume(found.reason is None)
    ends = State(label="before", values=dict(before)), State(label="after", values=dict(after))
    solution = solve(tree, "root", *ends)
    for kpi in solution.scope.opened:
        below = math.fsum(flow for (parent, _), flow in solution.flows.items() if parent == kpi)
        line = found.nodes[kpi] if kpi != "root" else found.change
        assert below == pytest.approx(line, rel=0, abs=1e-9 * scale(found))


def inlined(formulas: Mapping[str, str]) -> Expr:
    parsed = {name: parse_formula(text) for name, text in formulas.items()}

    def open_all(expr: Expr) -> Expr:
        return replace_names(
            expr, lambda name: open_all(parsed[name.id]) if name.id in parsed else name
        )

    return open_all(parsed["root"])


def by_differences(expr: Expr, before: Numbers, after: Numbers, steps: int) -> Numbers:
    """The definition, by brute force: midpoints along the line, slopes by central differences."""
    found = dict.fromkeys(LEAVES, 0.0)
    for step in range(steps):
        t = (step + 0.5) / steps
        here = {leaf: before[leaf] + t * (after[leaf] - before[leaf]) for leaf in LEAVES}
        for leaf in LEAVES:
            high = evaluate(expr, here | {leaf: here[leaf] + 1e-5})
            low = evaluate(expr, here | {leaf: here[leaf] - 1e-5})
            found[leaf] += (high - low) / 2e-5 * (after[leaf] - before[leaf]) / steps
    return found


@given(formulas=formulas(SMOOTH), before=states(positive), after=states(positive))
def test_lines_are_the_integrals_they_are_said_to_be(
    formulas: dict[str, str], before: Numbers, after: Numbers
) -> None:
    found = explain(grow(formulas), before, after)
    assume(found.reason is None and not found.warnings)
    try:
        rough = by_differences(inlined(formulas), before, after, 160)
        rougher = by_differences(inlined(formulas), before, after, 80)
    except Undefined:
        assume(condition=False)
    spread = max(abs(rough[leaf] - rougher[leaf]) for leaf in LEAVES)
    assume(spread < 1e-4 * scale(found))  # else brute force has not settled itself
    expected = {leaf: rough[leaf] for leaf in lines(found)}
    assert lines(found) == pytest.approx(expected, rel=0, abs=spread + 1e-6 * scale(found))
