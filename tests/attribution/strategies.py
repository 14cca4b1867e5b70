"""Random trees and states for the laws that every method obeys."""

from collections.abc import Collection

from hypothesis import strategies as st

LEAVES = ("a", "b", "c", "d")
MANY = tuple(f"x{i}" for i in range(40))
SUMS = ["{} + {}", "{} - {}", "({} - {}) * 2"]
MULTILINEAR = [*SUMS, "{} * {}"]  # as long as no leaf is shared
SMOOTH = [*MULTILINEAR, "{} / {}", "exp({} / 10) + {}"]
KINKED = ["max({}, {})", "min({}, {})", "abs({} - {})"]
JUMPING = ["if_else({0} > {1}, {0}, 2 * {1})", "if_else({0} < 3 or {1} >= 5, 7, {0})"]
NARROW = ["sqrt({0} - {1})", "log({}) + {}"]
EVERYTHING = [*SMOOTH, *KINKED, *JUMPING, *NARROW]

# Never negative where leaves are not, and nothing but sums and products.
PRODUCTS = ["{} + {}", "{} * {}", "{} / {}", "{} ** 2 * {}", "sqrt({} * {})", "3 * {} + {} ** 0.5"]

Numbers = dict[str, float]
Formulas = dict[str, str]
numbers = st.integers(-40, 80).map(lambda n: n / 8)
positive = st.integers(1, 80).map(lambda n: n / 8)


def states(
    values: st.SearchStrategy[float], leaves: Collection[str] = LEAVES
) -> st.SearchStrategy[Numbers]:
    """One value for each leaf."""
    rows = st.lists(values, min_size=len(leaves), max_size=len(leaves))
    return rows.map(lambda row: dict(zip(leaves, row, strict=True)))


@st.composite
def formulas(draw: st.DrawFn, patterns: list[str]) -> Formulas:
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


@st.composite
def wide_formulas(draw: st.DrawFn, patterns: list[str]) -> Formulas:
    """Up to a dozen KPIs over up to 40 drivers: long sums, products, and any of the patterns."""
    size = draw(st.integers(2, 12))
    leaves = MANY[: draw(st.integers(4, 40))]
    names = ["root", *(f"n{i}" for i in range(1, size))]
    found = {}
    for position, name in enumerate(names):
        below = [*names[position + 1 :], *leaves]
        shape = draw(st.sampled_from(["sum", "product", *patterns]))
        count = {"sum": 6, "product": 3}.get(shape, 2)
        others = draw(st.lists(st.sampled_from(below), min_size=count - 1, max_size=count - 1))
        mentioned = draw(st.permutations([below[0], *others]))
        match shape:
            case "sum":
                found[name] = " + ".join(mentioned)
            case "product":
                found[name] = " * ".join(mentioned)
            case _:
                found[name] = shape.format(*mentioned)
    return found
