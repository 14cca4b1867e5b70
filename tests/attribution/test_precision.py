"""Every line, not only their sum, against integrals in 40 digits where figures grow 1,000-fold."""

from collections.abc import Callable
from decimal import Decimal, localcontext

import pytest

from attribution.trees import explain, grow, lines

Here = dict[str, Decimal]
Slope = Callable[[Here], Decimal]
GROWTH = Decimal(1000)


def integral(slope: Slope, before: dict[str, str], after: dict[str, str]) -> Decimal:
    """The mean slope on the straight line, by Romberg's rule.

    Over s with t = (GROWTH^s - 1) / (GROWTH - 1), so that the steep beginning is drawn out.
    """

    def at(s: Decimal) -> Decimal:
        grown = GROWTH**s
        t = (grown - 1) / (GROWTH - 1)
        here = {
            name: Decimal(first) + t * (Decimal(after[name]) - Decimal(first))
            for name, first in before.items()
        }
        return slope(here) * grown * GROWTH.ln() / (GROWTH - 1)

    with localcontext() as context:
        context.prec = 40
        rows = [[(at(Decimal(0)) + at(Decimal(1))) / 2]]
        for level in range(1, 10):
            steps = 2**level
            inner = sum((at(Decimal(i) / steps) for i in range(1, steps, 2)), Decimal(0))
            row = [rows[-1][0] / 2 + inner / steps]
            for order, coarse in enumerate(rows[-1], 1):
                row.append(row[-1] + (row[-1] - coarse) / (4**order - 1))
            rows.append(row)
        assert abs(rows[-1][-1] - rows[-2][-1]) < abs(rows[-1][-1]) * Decimal("1e-13")
        return rows[-1][-1]


@pytest.mark.parametrize(
    ("formulas", "before", "after", "slopes"),
    [
        (
            {
                "margin": "(revenue - cost - fixed) / revenue",
                "revenue": "units * price",
                "cost": "units * unit_cost",
            },
            {"units": "1", "price": "10", "unit_cost": "6", "fixed": "2"},
            {"units": "1000", "price": "11", "unit_cost": "6.5", "fixed": "30"},
            {
                "units": lambda x: x["fixed"] / (x["units"] ** 2 * x["price"]),
                "price": lambda x: (
                    (x["units"] * x["unit_cost"] + x["fixed"]) / (x["units"] * x["price"] ** 2)
                ),
                "unit_cost": lambda x: -1 / x["price"],
                "fixed": lambda x: -1 / (x["units"] * x["price"]),
            },
        ),
        (
            {"rate": "orders / (visitors * visits)"},
            {"orders": "3", "visitors": "2", "visits": "1"},
            {"orders": "5", "visitors": "2000", "visits": "1000"},
            {
                "orders": lambda x: 1 / (x["visitors"] * x["visits"]),
                "visitors": lambda x: -x["orders"] / (x["visitors"] ** 2 * x["visits"]),
                "visits": lambda x: -x["orders"] / (x["visitors"] * x["visits"] ** 2),
            },
        ),
        (
            {"rate": "profit / base", "base": "assets - debts"},
            {"profit": "3", "assets": "2", "debts": "1"},
            {"profit": "-5", "assets": "2000", "debts": "900"},
            {
                "profit": lambda x: 1 / (x["assets"] - x["debts"]),
                "assets": lambda x: -x["profit"] / (x["assets"] - x["debts"]) ** 2,
                "debts": lambda x: x["profit"] / (x["assets"] - x["debts"]) ** 2,
            },
        ),
    ],
)
def test_every_line_and_gradient(
    formulas: dict[str, str],
    before: dict[str, str],
    after: dict[str, str],
    slopes: dict[str, Slope],
) -> None:
    found = explain(
        grow(formulas),
        {name: float(value) for name, value in before.items()},
        {name: float(value) for name, value in after.items()},
        gradients=True,
    )
    for name, slope in slopes.items():
        mean = integral(slope, before, after)
        line = mean * (Decimal(after[name]) - Decimal(before[name]))
        assert lines(found)[name] == pytest.approx(float(line), rel=1e-11), name
        assert found.gradients[name] == pytest.approx(float(mean), rel=1e-11), name


@pytest.mark.parametrize("still", ["orders", "visitors"])
def test_gradients_of_what_stands_still(still: str) -> None:
    before = {"orders": "3", "visitors": "2", "visits": "1"}
    after = {"orders": "5", "visitors": "2000", "visits": "1000"} | {still: before[still]}
    slopes: dict[str, Slope] = {
        "orders": lambda x: 1 / (x["visitors"] * x["visits"]),
        "visitors": lambda x: -x["orders"] / (x["visitors"] ** 2 * x["visits"]),
    }
    found = explain(
        grow({"rate": "orders / (visitors * visits)"}),
        {name: float(value) for name, value in before.items()},
        {name: float(value) for name, value in after.items()},
        gradients=True,
    )
    mean = integral(slopes[still], before, after)
    assert found.gradients[still] == pytest.approx(float(mean), rel=1e-11)
    assert lines(found)[still] == 0.0
