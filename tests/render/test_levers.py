"""What is said of levers, and of a tree under other values, sentence by sentence."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import kpitree
from kpitree.render.levers.sentence import sentence
from kpitree.render.style import Style
from kpitree.render.whatif.rows import told

Write = Callable[[str, str], Path]

# In March the total is min(5 x 8, 90) = 40.
TREE = """
[tree]
root = "total"
[kpi.total]
formula = "min(ads * buyers, 90)"
target = {target}
{more}
[kpi.ads]
value = {{ "2026-01" = 2, "2026-02" = 9, "2026-03" = 5 }}
controllable = true
[kpi.buyers]
value = {{ "2026-01" = 12, "2026-02" = 4, "2026-03" = 8 }}
controllable = true
[kpi.double]
formula = "2 * total"
"""


@pytest.mark.parametrize(
    ("target", "more", "to", "said"),
    [
        pytest.param(
            64,
            "",
            None,
            "Total is 24 short of its target of 64. Ads alone would have to rise by 3 to 8; its"
            " best was 9 in 2026-02.",
            id="its best was as far",
        ),
        pytest.param(
            88,
            "",
            None,
            "Total is 48 short of its target of 88. No lever was ever where it would have to be;"
            " ads alone would have to rise by 6 to 11, and its best was 9 in 2026-02.",
            id="never there",
        ),
        pytest.param(
            20,
            "",
            None,
            "Total is 20 above its target of 20. Ads alone could fall by 2.50 to 2.50 before it is"
            " missed; it was as low before.",
            id="reached",
        ),
        pytest.param(
            95,
            "",
            None,
            "Total is 55 short of its target of 95. No lever reaches it alone.",
            id="out of reach",
        ),
        pytest.param(40, "", None, "Total is at its target of 40.", id="just there"),
        pytest.param(
            64,
            "",
            "32",
            "Total is 8 above the goal of 32. Ads alone would have to fall by 1 to 4; it was as low"
            " before.",
            id="a goal below",
        ),
        pytest.param(
            '{ "2025-01" = 1 }',
            "",
            None,
            "Total has nothing to reach: no target for 2026-03-01 (--to sets another goal).",
            id="no target",
        ),
        pytest.param(
            64,
            "range = [56, 80]",
            None,
            "Total is 16 short of its good range, which begins at 56. Ads alone would have to rise"
            " by 2 to 7; its best was 9 in 2026-02.",
            id="below a range",
        ),
        pytest.param(
            64,
            "range = [10, 24]",
            None,
            "Total is 16 above its good range, which ends at 24. Ads alone would have to fall by 2"
            " to 3; it was as low before.",
            id="above a range",
        ),
        pytest.param(
            64,
            "range = [10, 80]",
            None,
            "Total has nothing to reach: it is inside its good range.",
            id="inside a range",
        ),
    ],
)
def test_levers(target: object, more: str, to: str | None, said: str, write: Write) -> None:
    tree = kpitree.load(write("tree.toml", TREE.format(target=target, more=more)))
    assert sentence(tree.levers(period="2026-03", to=to), Style()) == said


def test_without_a_value(write: Write) -> None:
    tree = kpitree.load(write("tree.toml", TREE.format(target=64, more="")))
    found = tree.levers(period="2026-04")
    assert sentence(found, Style()) == "Total has no value: Ads: no value for 2026-04-01."


def test_what_cannot_be_is_not_advised(write: Write) -> None:
    """The rate would have to grow less than the ads, but to 120 %."""
    file = write(
        "tree.toml",
        """
        [tree]
        root = "kept"
        [kpi.kept]
        formula = "(ads + 10) * rate"
        target = 24
        [kpi.ads]
        value = 10
        controllable = true
        [kpi.rate]
        value = 0.9
        unit = "percent"
        controllable = true
        """,
    )
    found = kpitree.load(file).levers(period="2026-03")
    assert found.rows["flags"].to_list() == [[], ["beyond_100"]]
    assert sentence(found, Style()) == (
        "Kept is 6 short of its target of 24. Ads alone would have to rise by 6.67 to 16.67."
    )


@pytest.mark.parametrize(
    ("settings", "kpi", "said"),
    [
        ({"ads": 6}, "total", "Total would rise by 8 (+20.0 %) against 2026-03: ads +8."),
        (
            {"ads": 3, "buyers": 10},
            "total",
            "Total would fall by 10 (−25.0 %) against 2026-03: ads −18, buyers +8.",
        ),
        ({"ads": 5}, "total", "Total would not change against 2026-03."),
        (
            {"total": 90},
            "double",
            "Double would rise by 100 (+125.0 %) against 2026-03: total +100.",
        ),
    ],
)
def test_whatif(settings: Mapping[str, float], kpi: str, said: str, write: Write) -> None:
    tree = kpitree.load(write("tree.toml", TREE.format(target=64, more="")))
    assert told(tree.whatif(settings, kpi=kpi, period="2026-03"), Style()) == said


def test_whatif_with_a_value_for_the_first_time(write: Write) -> None:
    tree = kpitree.load(write("tree.toml", TREE.format(target=64, more="")))
    found = tree.whatif({"ads": 2, "buyers": 3}, period="2026-04")
    why = "Ads: no value for 2026-04-01"
    assert told(found, Style()) == f"Total would be 6; it has no value in 2026-04: {why}."
