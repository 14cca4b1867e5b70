"""Thresholds: what the explained KPI leaps by is a line of its own, told of what crossed it."""

import math

import pytest

from attribution.trees import Values, explain, grow, line_of, lines

Crossed = dict[str, float]


def both_ways(formulas: dict[str, str], before: Values, after: Values) -> tuple[Crossed, Crossed]:
    """Lines of drivers and of thresholds; there and back they are the same but for the sign."""
    tree = grow(formulas)
    there, back = explain(tree, before, after), explain(tree, after, before)
    for effect in ("driver", "threshold"):
        swapped = {kpi: -line for kpi, line in lines(back, effect).items()}
        assert lines(there, effect) == pytest.approx(swapped, rel=1e-9, abs=1e-12)
    assert there.gross is not None
    assert there.residual == pytest.approx(0, abs=1e-9 * max(1.0, there.gross))
    assert not there.warnings
    return lines(there), lines(there, "threshold")


def test_a_bonus_from_a_certain_size() -> None:
    formulas = {"bonus": "if_else(sales >= 100, 0.1 * sales, 0)", "sales": "units * price"}
    smooth, crossed = both_ways(formulas, {"units": 8, "price": 10}, {"units": 12, "price": 11})
    # (8 + 4 t) (10 + t) = 100
    t = math.sqrt(41) - 6
    by_units, by_price = 4 * (10 + t), 8 + 4 * t
    assert crossed == pytest.approx(
        {
            "units": 10 * by_units / (by_units + by_price),
            "price": 10 * by_price / (by_units + by_price),
        },
        rel=1e-9,
    )
    assert smooth == pytest.approx(
        {
            "units": 0.1 * (40 * (1 - t) + 2 * (1 - t * t)),
            "price": 0.1 * (8 * (1 - t) + 2 * (1 - t * t)),
        },
        rel=1e-9,
    )


def test_a_driver_that_stands_still_carries_nothing_over() -> None:
    formulas = {"bonus": "if_else(units * price >= 100, 7, 3)"}
    smooth, crossed = both_ways(formulas, {"units": 8, "price": 10}, {"units": 12, "price": 10})
    assert smooth == {"units": 0.0, "price": 0.0}
    assert crossed == {"units": pytest.approx(4.0)}


def test_the_line_stands_after_its_drivers_own() -> None:
    found = explain(
        grow({"r": "if_else(a > b, a, 0) + c"}), {"a": 1, "b": 2, "c": 0}, {"a": 5, "b": 1, "c": 1}
    )
    assert [(line.kpi, line.label, line.effect) for line in found.lines] == [
        ("a", "A", "driver"),
        ("a", "A", "threshold"),
        ("b", "B", "driver"),
        ("b", "B", "threshold"),
        ("c", "C", "driver"),
    ]
    crossed = found.lines[1]
    # a = 1 + 4 t passes b = 2 - t at t = 1/5, a = 1.8; four fifths of their approach is a's.
    assert crossed.line == pytest.approx(1.8 * 4 / 5)
    assert (crossed.before, crossed.after, crossed.via, crossed.flags) == (1, 5, (), ())
    assert crossed.share == pytest.approx(1.8 * 4 / 5 / 6)
    assert found.gross == pytest.approx(math.fsum(abs(line.line) for line in found.lines))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("a > 5 and b > 1", {"a": 10.0}),  # b holds all along
        ("a > 5 or b > 100", {"a": 10.0}),
        ("not (a <= 5)", {"a": 10.0}),
        ("a > 5 and c > 5", {"a": 5.0, "c": 5.0}),  # both at the same point
        ("a > 5 and a + c > 10", {"a": 5 + 2.5, "c": 2.5}),
        ("a > 5 and c > 2", {"a": 10.0}),  # c crosses earlier
        ("a > 2 and c > 5", {"c": 10.0}),
        ("a > 2 or c > 5", {"a": 10.0}),
        ("5 < 2 * a - c", {"a": 20.0, "c": -10.0}),
        ("a != 0", {"a": 10.0}),  # just where the path begins
    ],
)
def test_compound_conditions(condition: str, expected: Crossed) -> None:
    formulas = {"r": f"if_else({condition}, 13, 3)"}
    before, after = {"a": 0, "b": 2, "c": 0}, {"a": 8, "b": 3, "c": 8}
    used = {name: before[name] for name in "abc" if name in condition}
    smooth, crossed = both_ways(formulas, used, {name: after[name] for name in used})
    assert crossed == pytest.approx(expected, rel=1e-9)
    assert set(smooth.values()) == {0.0}


def test_several_crossings_of_one_driver_are_one_line() -> None:
    steps = {"r": "if_else(x > 2, if_else(x > 6, 3, 10), 1)"}
    assert both_ways(steps, {"x": 0}, {"x": 9})[1] == {"x": pytest.approx(2.0)}
    there_and_back = {"r": "if_else(x > 2 and x < 6, 5, 1)"}
    assert both_ways(there_and_back, {"x": 0}, {"x": 9}) == ({"x": 0.0}, {})


def test_a_leap_that_makes_another_leap() -> None:
    formulas = {"r": "if_else(tier > 0.5, 100, 50) + tier", "tier": "if_else(x > 5, 1, 0)"}
    assert both_ways(formulas, {"x": 0}, {"x": 9})[1] == {"x": pytest.approx(51.0)}
    found = explain(grow(formulas), {"x": 0}, {"x": 9})
    assert found.nodes == pytest.approx({"tier": 51.0, "x": 51.0})
    assert found.flows == pytest.approx({("r", "tier"): 51.0, ("tier", "x"): 51.0})


def test_two_leaps_at_the_same_place_share_what_they_do_together() -> None:
    formulas = {"r": "p * q", "p": "if_else(x > 5, 4, 1)", "q": "if_else(x + y > 7, 10, 3)"}
    smooth, crossed = both_ways(formulas, {"x": 0, "y": 0}, {"x": 10, "y": 4})
    by_p, by_q = 3 * (10 + 3) / 2, 7 * (4 + 1) / 2
    assert crossed == pytest.approx({"x": by_p + by_q * 10 / 14, "y": by_q * 4 / 14})
    assert smooth == {"x": 0.0, "y": 0.0}
    found = explain(grow(formulas), {"x": 0, "y": 0}, {"x": 10, "y": 4})
    assert found.flows[("r", "p")] == pytest.approx(by_p)
    assert found.flows[("r", "q")] == pytest.approx(by_q)
    assert found.flows[("q", "y")] == pytest.approx(by_q * 4 / 14)


def test_a_leap_is_as_large_as_what_stands_above_it_makes_it() -> None:
    formulas = {"r": "a * fee ** 2", "fee": "if_else(x > 4, 3, 1)"}
    smooth, crossed = both_ways(formulas, {"a": 2, "x": 0}, {"a": 6, "x": 8})
    assert crossed == {"x": pytest.approx(4 * (9 - 1))}
    assert smooth == {"a": pytest.approx(2 * 1 + 2 * 9), "x": 0.0}


def test_kinks_on_the_way_of_a_leap() -> None:
    formulas = {"r": "max(tier, 2) + abs(tier - 1)", "tier": "if_else(x > 4, 5, 0)"}
    assert both_ways(formulas, {"x": 0}, {"x": 8})[1] == {"x": pytest.approx(3 + 3)}


def test_a_pole_on_the_way_of_a_leap() -> None:
    formulas = {"r": "q + c", "q": "a / (tier - 0.5)", "tier": "if_else(x > 4, 1, 0)"}
    found = explain(grow(formulas), {"x": 0, "a": 1, "c": 1}, {"x": 8, "a": 1, "c": 2})
    assert lines(found) == {"q": pytest.approx(4.0), "c": pytest.approx(1.0)}
    assert [notice.code for notice in found.warnings] == ["indivisible"]
    assert "a denominator crosses 0" in found.warnings[0].message


@pytest.mark.parametrize(
    ("formula", "before", "after", "smooth", "crossed"),
    [
        ("if_else(b > 0, a, 2)", {"a": 3, "b": 0}, {"a": 3, "b": 2}, 0.0, 1.0),
        ("if_else(b >= 0, a, 2)", {"a": 3, "b": 0}, {"a": 3, "b": 2}, 0.0, None),
        ("if_else(b > 2, a, 2)", {"a": 3, "b": 0}, {"a": 3, "b": 2}, 0.0, None),
        ("if_else(b >= 2, a, 2)", {"a": 3, "b": 0}, {"a": 3, "b": 2}, 0.0, 1.0),
        ("if_else(b == 0, a, b)", {"a": 3, "b": 0}, {"a": 3, "b": 2}, 2.0, -3.0),
        # The usual guard: no orders, no value; with orders, the value of an order.
        ("if_else(b > 0, a / b, 0)", {"a": 0, "b": 0}, {"a": 500, "b": 10}, None, 50.0),
    ],
)
def test_thresholds_at_an_end(
    formula: str, before: Values, after: Values, smooth: float | None, crossed: float | None
) -> None:
    found, leaps = both_ways({"r": formula}, before, after)
    assert leaps == ({} if crossed is None else {"b": pytest.approx(crossed)})
    if smooth is not None:
        assert found == {"a": 0.0, "b": pytest.approx(smooth)}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("if_else(x > 5, 2 * x - 5, x)", 10.0),  # the branches meet where it changes
        ("if_else(x > 1, sqrt(x - 1), 0)", math.sqrt(6.5)),  # steep, but no leap
        ("if_else(x > 5, 3 + (x - 5) ** 1.5, 3)", 2.5**1.5),
        ("if_else(x > 5, 4, 4)", 0.0),
    ],
)
def test_where_branches_meet_it_is_a_mere_kink(formula: str, expected: float) -> None:
    smooth, crossed = both_ways({"r": formula}, {"x": 0}, {"x": 7.5})
    assert crossed == {}
    assert smooth == {"x": pytest.approx(expected, rel=1e-9)}


@pytest.mark.parametrize("width", [0.5, 0.01, 1e-5])
@pytest.mark.parametrize(
    "formula",
    [
        "if_else(x >= 3 and x <= 3 + width, price, 0)",
        "if_else(x < 3 or x > 3 + width, 0, price)",
        "if_else(x >= 3, if_else(x >= 3 + width, 0, price), 0)",
    ],
)
def test_a_narrow_band(formula: str, width: float) -> None:
    """What leaps up at one edge leaps down at the other, at another price."""
    formulas = {"r": formula.replace("width", f"{width:f}")}
    smooth, crossed = both_ways(formulas, {"x": 0, "price": 10}, {"x": 10, "price": 30})
    assert crossed == {"x": pytest.approx(-2 * width)}
    assert smooth == {"x": 0.0, "price": pytest.approx(2 * width)}


@pytest.mark.parametrize("amount", ["n", "n * price"])
def test_as_many_tiers_as_there_are(amount: str) -> None:
    """One line of 99 thresholds: each of them is a crossing, however many others there are."""
    text = " + ".join(f"if_else({amount} >= {k}.5, 1, 0)" for k in range(99))
    used = {"price"} if "price" in amount else set()
    before, after = {"n": 0.0}, {"n": 100.0}
    smooth, crossed = both_ways(
        {"r": text}, before | dict.fromkeys(used, 1.0), after | dict.fromkeys(used, 1.0)
    )
    assert set(smooth.values()) == {0.0}
    assert crossed == {"n": pytest.approx(99.0)}


@pytest.mark.parametrize("root", ["sqrt(n - c)", "(n - c) ** 0.5", "sqrt(max(n - c, 0))"])
def test_a_leap_that_lands_where_the_slope_has_no_bounds(root: str) -> None:
    formulas = {"r": root, "n": "if_else(x > c, x, 2 * c)"}
    before, after = {"x": -0.5, "c": 4.5}, {"x": 10.5, "c": 7.7583241606857225}
    smooth, crossed = both_ways(formulas, before, after)
    # Up to the threshold r = sqrt(c), from there on sqrt(x - c), both in closed form.
    by_x, by_c = 11.0, after["c"] - before["c"]
    at = 5.0 / (by_x - by_c)  # x = c
    level = math.sqrt(4.5 + by_c * at)
    rest = math.sqrt(after["x"] - after["c"]) / (by_x - by_c)
    assert smooth == pytest.approx(
        {"x": by_x * rest, "c": level - math.sqrt(4.5) - by_c * rest}, rel=1e-9
    )
    assert crossed == pytest.approx(
        {"x": -level * by_x / (by_x - by_c), "c": level * by_c / (by_x - by_c)}, rel=1e-9
    )


@pytest.mark.parametrize("end", [7.0, 8.0, 9.3, 31.0])
def test_a_leap_down_to_0_and_up_again(end: float) -> None:
    smooth, crossed = both_ways({"r": "sqrt(if_else(x > 4, x - 4, 4))"}, {"x": 0}, {"x": end})
    assert smooth == {"x": pytest.approx(math.sqrt(end - 4), rel=1e-9)}
    assert crossed == {"x": pytest.approx(-2.0, rel=1e-9)}


def test_a_condition_that_only_rounding_changes_is_not_split() -> None:
    found = explain(
        grow({"r": "part + c", "part": "if_else(x / 3 * 3 < x, 5, x)"}),
        {"x": 1, "c": 0},
        {"x": 9.7, "c": 1},
    )
    assert [line.kpi for line in found.lines] == ["part", "c"]
    assert line_of(found, "part").flags == ("indivisible",)


def test_gradients_leave_the_leap_out() -> None:
    tree = grow({"r": "if_else(x > 5, 100, 0) + 2 * x + y"})
    found = explain(tree, {"x": 0, "y": 3}, {"x": 10, "y": 3}, gradients=True)
    assert found.gradients == pytest.approx({"x": 2.0, "y": 1.0})
    assert lines(found, "threshold") == {"x": pytest.approx(100.0)}
