"""The straight line, rule by rule: ends, crossings, kinks, nulls, targets, shares, words."""

import math
import time
from collections.abc import Callable

import pytest

from attribution.trees import Values, explain, grow, line_of, lines
from kpitree.analysis.attribution import attribute
from kpitree.analysis.attribution.contract import Attribution, State
from kpitree.errors import UsageError

# --- what the lines are ------------------------------------------------------------------------


def test_a_margin_whose_cost_scales_with_revenue_settles_on_each_line() -> None:
    """Both lines are +-3 x ln(100) / 5, whose sum is 0 however badly they are integrated."""
    tree = grow({"margin": "(revenue - cost) / revenue"})
    found = explain(tree, {"revenue": 1, "cost": 0.6}, {"revenue": 100, "cost": 60})
    line = 0.6 * math.log(100)
    assert lines(found) == pytest.approx({"revenue": line, "cost": -line}, rel=1e-11)
    assert found.change == 0.0
    assert found.gross == pytest.approx(2 * line, rel=1e-11)
    assert [one.share for one in found.lines] == [None, None]


@pytest.mark.parametrize("small", [1e-3, 1e-6, 1e-9, 1e-12])
def test_a_denominator_near_0(small: float) -> None:
    found = explain(grow({"r": "a / b"}), {"a": 1, "b": small}, {"a": 2, "b": 8})
    length = 8 - small
    by_a = math.log(8 / small) / length
    # The quotient's exact antiderivative: a(t) / b(t)^2 with a = 1 + t, b = small + t length.
    by_b = -((1 - small / length) * (1 / small - 1 / 8) + math.log(8 / small) / length)
    assert lines(found) == pytest.approx({"a": by_a, "b": by_b}, rel=1e-9)


def test_a_polynomial_is_exact_by_its_degree() -> None:
    found = explain(grow({"r": "a ** 5 * b"}), {"a": 1, "b": 2}, {"a": 3, "b": 2})
    assert lines(found) == {"a": pytest.approx(2 * (3**5 - 1), rel=1e-14), "b": 0.0}
    assert found.residual == pytest.approx(0, abs=1e-12)


def test_a_long_product() -> None:
    names = [f"x{i}" for i in range(90)]  # beyond the degrees that are taken by one rule
    tree = grow({"r": " * ".join(names)})
    found = explain(tree, dict.fromkeys(names, 1.0), dict.fromkeys(names, 1.1))
    share = (1.1**90 - 1) / 90
    assert lines(found) == pytest.approx(dict.fromkeys(names, share), rel=1e-11)


@pytest.mark.parametrize(
    ("text", "before", "after", "expected"),
    [
        ("abs(a) * b", {"a": -3, "b": 1}, {"a": 4, "b": 2}, {"a": 45 / 14, "b": 25 / 14}),
        ("min(a, b)", {"a": 10, "b": 15}, {"a": 20, "b": 12}, {"a": 50 / 13, "b": -24 / 13}),
        ("max(a, b, 3)", {"a": 0, "b": 1}, {"a": 4, "b": 2}, {"a": 1.0, "b": 0.0}),
        # Two kinks on the way: a passes b at t = 1/4 and c at t = 1/2.
        ("max(a, min(b, c))", {"a": 0, "b": 1, "c": 2}, {"a": 4, "b": 1, "c": 2}, {"a": 3}),
        # A kink that is just where the path begins.
        ("max(a, b)", {"a": 1, "b": 1}, {"a": 2, "b": 3}, {"a": 0.0, "b": 2.0}),
        ("sqrt(a) * b", {"a": 0, "b": 1}, {"a": 4, "b": 3}, {"a": 10 / 3, "b": 8 / 3}),
    ],
)
def test_kinks_and_steep_ends(
    text: str, before: Values, after: Values, expected: dict[str, float]
) -> None:
    found = explain(grow({"r": text}), before, after)
    assert {kpi: line for kpi, line in lines(found).items() if kpi in expected} == pytest.approx(
        expected, rel=1e-9, abs=1e-9
    )
    assert not found.warnings


@pytest.mark.parametrize(
    ("text", "before", "after", "expected"),
    [
        (
            "max(a, x + y)",
            {"a": 0.3, "x": 0.1, "y": 0.2},
            {"a": 0.6, "x": 0.2, "y": 0.4},
            {"a": 0.15, "x": 0.05, "y": 0.1},
        ),
        (
            "min(c, x + y, a) + b",
            {"a": 0.3, "x": 0.1, "y": 0.2, "b": 1, "c": 0},
            {"a": 0.6, "x": 0.2, "y": 0.4, "b": 2, "c": 9},
            # c = 9 t passes them at t = 0.3 / 8.7; from there on they share.
            {
                "c": 9 * (t := 0.3 / 8.7),
                "a": 0.15 * (1 - t),
                "x": 0.05 * (1 - t),
                "y": 0.1 * (1 - t),
            },
        ),
        ("max(a, 1.5 * b)", {"a": 3, "b": 2}, {"a": 6, "b": 4}, {"a": 1.5, "b": 1.5}),
        (
            "abs(a - x - y) + b",
            {"a": 0.3, "x": 0.1, "y": 0.2, "b": 1},
            {"a": 0.6, "x": 0.2, "y": 0.4, "b": 2},
            {"a": 0, "x": 0, "y": 0, "b": 1},
        ),
    ],
)
def test_operands_that_are_equal_but_for_rounding_share(
    text: str, before: Values, after: Values, expected: dict[str, float]
) -> None:
    tree = grow({"r": text})
    for there, back, sign in ((before, after, 1), (after, before, -1)):
        found = explain(tree, there, back)
        assert not found.warnings
        signed = {kpi: sign * line for kpi, line in lines(found).items()}
        assert {kpi: signed[kpi] for kpi in expected} == pytest.approx(expected, abs=1e-12)


def test_figures_too_large_to_be_added_up() -> None:
    found = explain(grow({"r": "a + b"}), {"a": 1e300, "b": -1e300}, {"a": 1.7e308, "b": -1.7e308})
    assert found.reason == "the lines of R are too large for a number"
    assert found.lines == ()


@pytest.mark.parametrize("size", [70, 200])
def test_many_kinks_at_different_places(size: int) -> None:
    """Each is y up to where x passes it, and x from there on; as many as there are KPIs."""
    places = {i: (i * 37 % size + 0.5) / size for i in range(size)}
    formulas = {"r": " + ".join(f"n{i}" for i in range(size))}
    formulas |= {f"n{i}": f"max(x{i}, y{i})" for i in range(size)}
    before = {f"x{i}": 0.0 for i in range(size)} | {f"y{i}": 2 * t for i, t in places.items()}
    after = {f"x{i}": 3.0 for i in range(size)} | {f"y{i}": 3 * t for i, t in places.items()}
    tree = grow(formulas)
    there, back = explain(tree, before, after), explain(tree, after, before)
    assert not there.warnings
    # x = 3 s passes y = 2 t + t s at s = 2 t / (3 - t).
    expected: dict[str, float] = {}
    for i, t in places.items():
        s = 2 * t / (3 - t)
        expected |= {f"x{i}": 3 * (1 - s), f"y{i}": t * s}
    assert lines(there) == pytest.approx(expected, rel=1e-11)
    assert lines(back) == pytest.approx({kpi: -line for kpi, line in expected.items()}, rel=1e-11)


def test_an_envelope_of_many_operands() -> None:
    """max() of a hundred tangents of t^2: it goes over as often as it has operands."""
    size = 100
    slopes = [i / size for i in range(size)]
    tree = grow({"r": "max(" + ", ".join(f"x{i}" for i in range(size)) + ")"})
    before = {f"x{i}": -slope * slope / 4 for i, slope in enumerate(slopes)}
    after = {f"x{i}": slope - slope * slope / 4 for i, slope in enumerate(slopes)}
    found = explain(tree, before, after)
    assert not found.warnings
    # Neighbours i and i + 1 meet where t = (2 i + 1) / (4 size).
    meets = [0.0, *((2 * i + 1) / (4 * size) for i in range(size - 1)), 1.0]
    for i, slope in enumerate(slopes):
        assert lines(found)[f"x{i}"] == pytest.approx(
            slope * (meets[i + 1] - meets[i]), rel=1e-9, abs=1e-13
        )


def test_a_narrow_kink_is_split_and_not_only_approached() -> None:
    found = explain(grow({"r": "max(a - 0.999, 0) * b"}), {"a": 0, "b": 1}, {"a": 1, "b": 2})
    # On t in (0.999, 1): da = 1 x b = 1 + t, db = 1 x (t - 0.999).
    by_a = 0.001 + (1 - 0.999**2) / 2
    assert lines(found) == pytest.approx({"a": by_a, "b": 0.001**2 / 2}, rel=1e-9)


@pytest.mark.parametrize("depth", [0.05, 1e-3, 1e-5])
def test_a_band_between_two_points_of_a_rule(depth: float) -> None:
    """x^2 is below its floor for a moment only, between the points at which any rule looks."""
    formulas = {"r": "max(x * x, floor) * y"}
    t = 0.3137  # x passes 0 here
    found = explain(
        grow(formulas),
        {"x": -t, "floor": depth**2, "y": 0},
        {"x": 1 - t, "floor": depth**2, "y": 1},
    )
    # The integral of 2 x y, without that from t - depth to t + depth.
    assert lines(found)["x"] == pytest.approx(2 / 3 - t - 4 * depth**3 / 3, rel=1e-12)


def test_a_leaf_that_cancels_out_gets_nothing() -> None:
    formulas = {"rate": "won / deals * amount / won", "deals": "visits * 0.1"}
    before, after = {"won": 5, "visits": 90, "amount": 70}, {"won": 9, "visits": 80, "amount": 99}
    found = explain(grow(formulas), before, after)
    assert lines(found)["won"] == pytest.approx(0, abs=1e-12)


# --- which KPIs are drivers ----------------------------------------------------------------------

SALES = {"revenue": "orders * value", "orders": "days * rate", "value": "amount / orders"}


def test_tree_order_nodes_and_shared_drivers() -> None:
    before, after = {"days": 20, "rate": 5, "amount": 900}, {"days": 22, "rate": 4, "amount": 990}
    found = explain(grow(SALES), before, after)
    assert [line.kpi for line in found.lines] == ["days", "rate", "amount"]
    assert list(found.nodes) == ["orders", "days", "rate", "value", "amount"]
    assert found.nodes["orders"] == pytest.approx(0, abs=1e-10)  # it cancels out
    assert found.nodes["value"] + found.nodes["orders"] != pytest.approx(found.change)
    assert lines(found) == pytest.approx({"days": 0, "rate": 0, "amount": 90}, abs=1e-10)


def test_driver_true_stops_above_and_takes_the_states_value() -> None:
    tree = grow(SALES, drivers={"value", "revenue"})
    before, after = {"days": 20, "rate": 5, "value": 9}, {"days": 22, "rate": 4, "value": 10}
    found = explain(tree, before, after)
    assert [line.kpi for line in found.lines] == ["days", "rate", "value"]
    assert found.change == 22 * 4 * 10 - 20 * 5 * 9
    assert line_of(found, "value").line == pytest.approx(100 - 10 / 2 - 2 / 3)
    assert not any(line.via for line in found.lines)


def test_a_shared_driver_has_one_line_and_its_flows() -> None:
    found = explain(
        grow({"profit": "sales - cost", "sales": "units * price", "cost": "units * unit_cost"}),
        {"units": 10, "price": 5, "unit_cost": 3},
        {"units": 12, "price": 5, "unit_cost": 4},
    )
    assert lines(found) == {
        "units": pytest.approx(3.0),
        "price": 0.0,
        "unit_cost": pytest.approx(-11.0),
    }
    via = {flow.parent: flow.flow for flow in line_of(found, "units").via}
    assert via == pytest.approx({"sales": 10.0, "cost": -7.0})
    assert list(via) == ["sales", "cost"]
    assert [line.kpi for line in found.lines if line.via] == ["units"]


def test_formulas_over_time_are_one_driver() -> None:
    tree = grow({"growth": "sales / base", "base": "prev(sales)"})
    found = explain(tree, {"sales": 10, "base": 8}, {"sales": 12, "base": 8})
    assert line_of(found, "base").flags == ("indivisible",)
    assert lines(found) == {"sales": pytest.approx(0.25), "base": 0.0}

    alone = explain(grow({"r": "a - prev(a)"}), {"a": 1, "r": 4}, {"a": 2, "r": 6})
    assert [(line.kpi, line.line, line.flags) for line in alone.lines] == [
        ("r", 2.0, ("indivisible",))
    ]


def test_a_bare_name_a_number_and_unmoved_parts() -> None:
    found = explain(grow({"r": "x + k", "x": "a", "k": "3"}), {"a": 1}, {"a": 2})
    assert lines(found) == {"a": 1.0}
    assert found.nodes == {"x": 1.0, "a": 1.0, "k": 0.0}
    still = explain(grow({"r": "a * b"}), {"a": 2, "b": 3}, {"a": 2, "b": 3})
    assert lines(still) == {"a": 0.0, "b": 0.0}
    assert (still.change, still.residual, still.gross) == (0.0, 0.0, 0.0)
    assert [line.share for line in still.lines] == [None, None]


def test_a_deep_tree() -> None:
    formulas = {f"n{i}": f"n{i + 1} + 1" for i in range(1_500)}
    found = explain(grow(formulas), {"n1500": 1}, {"n1500": 4})
    assert lines(found) == {"n1500": 3.0}


# --- ends ----------------------------------------------------------------------------------------


def test_0_over_0_at_one_end_takes_the_limit_along_the_path() -> None:
    formulas = {"revenue": "orders * value", "value": "amount / orders"}
    found = explain(grow(formulas), {"amount": 0, "orders": 0}, {"amount": 500, "orders": 10})
    assert lines(found) == pytest.approx({"orders": 0, "amount": 500}, abs=1e-9)
    assert (found.before, found.after, found.change) == (0.0, 500.0, 500.0)
    assert [(one.code, one.kpi) for one in found.warnings] == [("carried", "value")]
    assert found.warnings[0].message == (
        "VALUE is 0 / 0 in before; the limit along the way is taken"
    )


def test_0_over_0_whose_lines_diverge_is_one_driver_with_a_carried_value() -> None:
    found = explain(grow({"r": "a / b + c"}), {"a": 0, "b": 0, "c": 1}, {"a": 30, "b": 8, "c": 2})
    assert (found.before, found.after) == (4.75, 5.75)
    assert [(line.kpi, line.line, line.flags) for line in found.lines] == [
        ("r", 1.0, ("carried", "indivisible"))
    ]
    apart = explain(
        grow({"r": "q + c", "q": "a / b"}),
        {"a": 0, "b": 0, "c": 1},
        {"a": 30, "b": 8, "c": 2},
    )
    assert lines(apart) == {"q": 0.0, "c": pytest.approx(1.0)}
    assert line_of(apart, "q").flags == ("carried", "indivisible")
    assert line_of(apart, "q").before == 3.75


def test_a_limit_may_stand_on_a_limit() -> None:
    found = explain(
        grow({"r": "(orders * value) / orders", "value": "amount / orders"}),
        {"amount": 0, "orders": 0},
        {"amount": 40, "orders": 8},
    )
    assert (found.before, found.after, found.change) == (5.0, 5.0, 0.0)


@pytest.mark.parametrize(
    ("formulas", "before", "after", "reason"),
    [
        (
            {"r": "a / b"},
            {"a": 3, "b": 0},
            {"a": 1, "b": 1},
            "R has no value in before: division by zero",
        ),
        (
            {"r": "a / b"},
            {"a": 3, "b": 1},
            {"a": 1, "b": 0},
            "R has no value in after: division by zero",
        ),
        (
            {"r": "a / b"},
            {"a": 0, "b": 0},
            {"a": 0, "b": 0},
            "R has no value in before: division by zero",
        ),
        (
            {"r": "q * 2", "q": "z / (b - 2)"},
            {"z": 1, "b": 2},
            {"z": 1, "b": 1},
            "Q has no value in before: division by zero",
        ),
        (
            {"r": "log(a)"},
            {"a": 1},
            {"a": 0},
            "R has no value in after: logarithm of zero or a negative number",
        ),
        ({"r": "a * b"}, {"a": 1, "b": None}, {"a": 1, "b": 1}, "B has no value in before"),
        ({"r": "a * b"}, {"a": 1}, {"a": 1}, "B has no value in before and has no value in after"),
    ],
)
def test_no_value_at_an_end(
    formulas: dict[str, str], before: Values, after: Values, reason: str
) -> None:
    found = explain(grow(formulas), before, after)
    assert found.reason == reason
    assert (found.lines, found.nodes, found.residual, found.gross) == ((), {}, None, None)


def test_a_withheld_attribution_still_tells_the_change_that_is_known() -> None:
    found = explain(grow({"r": "a * b"}), {"a": 1, "r": 5}, {"a": 1, "b": 3, "r": 3})
    assert (found.before, found.after, found.change) == (5, 3, -2)
    assert found.reason == "B has no value in before"


def test_missing_zero_and_carry() -> None:
    tree = grow({"r": "a * b + c"}, missing={"b": "zero", "c": "carry"})
    found = explain(tree, {"a": 2, "b": None, "c": None}, {"a": 2, "b": 3, "c": 7})
    assert (found.before, found.after) == (7.0, 13.0)
    assert lines(found) == {"a": 0.0, "b": pytest.approx(6.0), "c": 0.0}
    assert [(line.before, line.after, line.flags) for line in found.lines] == [
        (2.0, 2.0, ()),
        (0.0, 3.0, ("carried",)),
        (7.0, 7.0, ("carried",)),
    ]
    nothing = explain(tree, {"a": 2, "b": None}, {"a": 2, "b": None})
    assert nothing.reason == "C has no value in before and has no value in after"


# --- what cannot be split ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "before", "after", "why"),
    [
        ("a / b", {"a": 3, "b": -1}, {"a": 3, "b": 8}, "a denominator crosses 0"),
        ("a / (b - 5) ** 3", {"a": 3, "b": 1}, {"a": 3, "b": 8}, "a denominator crosses 0"),
        ("a * b ** -1", {"a": 3, "b": -1}, {"a": 3, "b": 8}, "a denominator crosses 0"),
        ("a / b ** 2", {"a": 3, "b": -1}, {"a": 3, "b": 1}, "division by zero"),
        ("a / b ** 2", {"a": 3, "b": -1}, {"a": 3, "b": 1.7}, "division by zero"),
        ("a * log(b ** 2 - 1)", {"a": 3, "b": -2}, {"a": 3, "b": 2}, "logarithm of zero or a neg"),
        ("a * sqrt(b ** 2 - 1)", {"a": 3, "b": -2}, {"a": 3, "b": 2}, "square root of a negative"),
        ("coalesce(2 / b, a)", {"a": 3, "b": 0}, {"a": 3, "b": 2}, "a condition changes"),
        (
            "a * if_else(b / 3 * 3 < b, 1, 2)",
            {"a": 3, "b": 1},
            {"a": 4, "b": 9.7},
            "its cases change too often",
        ),
    ],
)
def test_one_indivisible_driver(formula: str, before: Values, after: Values, why: str) -> None:
    found = explain(grow({"r": "part + c", "part": formula}), {**before, "c": 1}, {**after, "c": 5})
    assert [line.kpi for line in found.lines] == ["part", "c"]
    assert line_of(found, "part").flags == ("indivisible",)
    assert lines(found)["c"] == pytest.approx(4.0)
    assert found.residual == pytest.approx(0, abs=1e-12)
    (notice,) = found.warnings
    assert (notice.code, notice.kpi) == ("indivisible", "part")
    assert notice.message.startswith("PART counts as one driver and is not split into "), (
        notice.message
    )
    assert f": {why}" in notice.message
    assert "from before to after" in notice.message
    assert "A" in notice.message.split(":")[0].split("into ")[1].split(", ")


def test_a_slope_too_steep_for_the_rules_is_not_said_to_diverge() -> None:
    found = explain(grow({"r": "a ** 0.05 * b"}), {"a": 0, "b": 1}, {"a": 2, "b": 3})
    assert lines(found) == {"r": pytest.approx(3 * 2**0.05)}
    assert found.warnings[0].message.endswith(
        "into A, B: its lines do not settle on the way from before to after"
    )


def test_a_guarded_crossing_is_not_a_crossing() -> None:
    """The quotient has a pole on the way, but nothing asks for it there."""
    formulas = {"r": "if_else(guard > 0, a, ratio)", "ratio": "a / b"}
    found = explain(grow(formulas), {"guard": 1, "a": 1, "b": -1}, {"guard": 2, "a": 4, "b": 1})
    assert lines(found) == {"guard": 0.0, "a": pytest.approx(3.0), "b": 0.0}
    assert found.warnings == ()


def test_the_kpi_explained_may_itself_be_the_one_that_is_not_split() -> None:
    found = explain(grow({"r": "a / b"}), {"a": 3, "b": -1}, {"a": 32, "b": 8})
    assert lines(found) == {"r": 7.0}
    assert found.nodes == {}
    assert line_of(found, "r").share == 1.0


# --- targets -------------------------------------------------------------------------------------


def sales(before_revenue: float | None, vs: str) -> Attribution:
    values = {"deals": 2000, "rate": 0.62, "value": 2400, "revenue": before_revenue}
    actual = {"deals": 1979, "rate": 0.6, "value": 2330, "revenue": 1979 * 0.6 * 2330}
    return explain(grow({"revenue": "deals * rate * value"}), values, actual, vs)


def test_targets_that_do_not_add_up_have_a_line_of_their_own() -> None:
    found = sales(3_000_000, "target")
    last = found.lines[-1]
    assert (last.kpi, last.effect, last.label) == (
        "revenue",
        "unexplained",
        "targets that do not add up",
    )
    assert last.line == pytest.approx(2_976_000 - 3_000_000)
    assert (last.before, last.after) == (None, None)
    assert found.before == 3_000_000
    assert found.change == 1979 * 0.6 * 2330 - 3_000_000
    assert math.fsum(line.line for line in found.lines) == pytest.approx(found.change, rel=1e-12)
    assert found.gross == pytest.approx(math.fsum(abs(line.line) for line in found.lines))
    assert sales(3_000_000, "previous").lines[-1].label == "unexplained"


def test_targets_that_add_up_and_none_at_all() -> None:
    assert [line.effect for line in sales(2_976_000, "target").lines] == ["driver"] * 3
    implied = sales(None, "target")
    assert implied.before == pytest.approx(2_976_000)
    assert [line.effect for line in implied.lines] == ["driver"] * 3
    assert math.fsum(line.share or 0 for line in implied.lines) == pytest.approx(1.0)


def test_shares_are_left_out_where_the_change_is_small_beside_its_parts() -> None:
    tree = grow({"profit": "sales - cost"})
    found = explain(tree, {"sales": 100, "cost": 90}, {"sales": 200, "cost": 189})
    assert (found.change, found.gross) == (1, 199)
    assert [line.share for line in found.lines] == [None, None]
    found = explain(tree, {"sales": 100, "cost": 90}, {"sales": 200, "cost": 180})
    assert [line.share for line in found.lines] == [10.0, -9.0]


# --- what may be asked --------------------------------------------------------------------------


def test_a_leaf_is_its_own_only_driver() -> None:
    tree = grow({"r": "a * 2"})
    states = State(label="x", values={"a": 1.0}), State(label="y", values={"a": 3.0})
    found = attribute(tree, "a", *states, vs="previous")
    assert lines(found) == {"a": 2.0}
    assert line_of(found, "a").flags == ()


def test_unknown_names() -> None:
    tree, state = grow({"r": "a * 2"}), State(label="x", values={"a": 1.0})
    with pytest.raises(UsageError, match="no attribution method 'pth'") as caught:
        attribute(tree, "r", state, state, vs="previous", method="pth")
    assert caught.value.hint == "did you mean 'path'?"
    with pytest.raises(UsageError, match="no KPI 'q'"):
        attribute(tree, "q", state, state, vs="previous")


def test_a_thousand_drivers(record_property: Callable[[str, object], None]) -> None:
    """Timed for the report (pytest --junit-xml), not judged: machines differ."""
    pairs = [f"a{i} * b{i}" for i in range(500)]
    tree = grow({"r": " + ".join(pairs)})
    before = {kpi: 1.0 + i / 1000 for i, kpi in enumerate(tree.kpis) if kpi != "r"}
    after = {kpi: value * 1.1 for kpi, value in before.items()}
    start = time.perf_counter()
    found = explain(tree, before, after)
    record_property("seconds", time.perf_counter() - start)
    assert len(lines(found)) == 1000
    for i in range(500):
        half = before[f"a{i}"] * before[f"b{i}"] * 0.21 / 2
        assert lines_of(found, i) == pytest.approx((half, half), rel=1e-11)
    assert found.residual == pytest.approx(0, abs=1e-9 * 500)


def lines_of(found: Attribution, i: int) -> tuple[float, float]:
    return line_of(found, f"a{i}").line, line_of(found, f"b{i}").line
