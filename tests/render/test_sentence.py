"""One deterministic sentence an attribution."""

from dataclasses import replace
from types import ModuleType

import pytest

from kpitree.analysis.attribution.contract import Attribution
from kpitree.render.sentence import sentence
from kpitree.tree.model import Kpi


def money(direction: str = "up") -> Kpi:
    return Kpi(id="revenue", label="Revenue", unit="currency", direction=direction)


def revenue(build: ModuleType, vs: str, ends: tuple[float | None, float | None], *lines: float,
            **about: object) -> Attribution:  # fmt: skip
    names = ["deals", "close_rate", "order_value", "refunds", "fees", "tips", "rest"]
    rows = [(name, 1.0, 2.0, line) for name, line in zip(names, lines, strict=False)]
    made: Attribution = build.attribution("revenue", vs, ends, rows, **about)
    return made


def test_the_sentence_of_the_contract(build: ModuleType) -> None:
    found = revenue(build, "target", (3e6, 2_802_500.0), -31_600.0, -94_300.0, -71_600.0)
    assert sentence(found, money()) == (
        "Revenue missed its target by 197.5 k (−6.6 %):"
        " close rate −94.3 k, order value −71.6 k, deals −31.6 k."
    )
    assert "-197" not in sentence(found, money(), ascii_only=True)
    assert "close rate -94.3 k" in sentence(found, money(), ascii_only=True)


@pytest.mark.parametrize(
    ("vs", "direction", "after", "start"),
    [
        ("target", "up", 120_000.0, "Revenue beat its target by 20.0 k (+20.0 %): deals +20.0 k."),
        ("target", "down", 120_000.0, "Revenue missed its target by 20.0 k (+20.0 %): deals"),
        ("target", "down", 80_000.0, "Revenue beat its target by 20.0 k (−20.0 %): deals −20.0 k"),
        ("target", "range", 80_000.0, "Revenue is 20.0 k (−20.0 %) below its target: deals"),
        ("previous", "up", 120_000.0, "Revenue rose by 20.0 k (+20.0 %) against 2026-09: deals"),
        ("previous", "down", 120_000.0, "Revenue rose by 20.0 k (+20.0 %) against 2026-09: deals"),
        ("last-year", "up", 80_000.0, "Revenue fell by 20.0 k (−20.0 %) against 2025-10: deals"),
        ("benchmark", "up", 120_000.0, "Revenue is 20.0 k (+20.0 %) above its benchmark: deals"),
        ("target", "up", 100_000.0, "Revenue met its target."),
        ("previous", "up", 100_000.0, "Revenue did not change against 2026-09."),
    ],
)
def test_what_happened(
    build: ModuleType, vs: str, direction: str, after: float, start: str
) -> None:
    found = revenue(build, vs, (100_000.0, after), after - 100_000.0)
    assert sentence(found, money(direction)).startswith(start)


def test_the_smaller_drivers_are_told_together(build: ModuleType) -> None:
    lines = (10.0, -20.0, 30.0, 40.0, -50.0, 60.0, 70.0)
    found = revenue(build, "previous", (1_000.0, 1_140.0), *lines)
    assert sentence(found, money()) == (
        "Revenue rose by 140.00 (+14.0 %) against 2026-09:"
        " rest +70.00, tips +60.00, fees −50.00, refunds +40.00, 3 others +20.00."
    )
    five = revenue(build, "previous", (1_000.0, 1_010.0), *lines[:5])
    assert "others" not in sentence(five, money())


def test_printed_lines_add_up_to_the_printed_change(build: ModuleType) -> None:
    found = revenue(build, "previous", (1e6, 1.1e6), 33_333.0, 33_333.0, 33_334.0)
    assert sentence(found, money()).endswith(
        "order value +33.4 k, deals +33.3 k, close rate +33.3 k."
    )


def test_no_growth_from_a_base_of_0(build: ModuleType) -> None:
    found = revenue(build, "previous", (0.0, 50.0), 50.0)
    assert sentence(found, money()) == "Revenue rose by 50.00 against 2026-09: deals +50.00."


def test_offsetting_parts_are_told_without_percentages(build: ModuleType) -> None:
    found = revenue(build, "previous", (1e6, 1e6 + 10.0), 50_000.0, -49_990.0)
    found = replace(found, lines=tuple(replace(line, share=None) for line in found.lines))
    assert sentence(found, money()) == (
        "Revenue rose by 10.00 against 2026-09, out of 99,990.00 of movements that offset each"
        " other: deals +50,000.00, close rate −49,990.00."
    )


def test_percentages_change_by_points(build: ModuleType) -> None:
    rate = Kpi(id="margin", label="Margin", unit="percent", decimals=2)
    found = build.attribution("margin", "target", (0.3, 0.2875), [("price", 1.0, 2.0, -0.0125)])
    assert sentence(found, rate) == "Margin missed its target by 1.25 pp: price −1.25 pp."


def test_a_leaf_is_its_own_driver_and_drivers_that_did_not_move_are_not_told(
    build: ModuleType,
) -> None:
    alone = build.attribution("revenue", "target", (10.0, 8.0), [("revenue", 10.0, 8.0, -2.0)])
    assert sentence(alone, money()) == "Revenue missed its target by 2.00 (−20.0 %)."
    found = revenue(build, "target", (10.0, 8.0), 0.0, -2.0)
    assert sentence(found, money()).endswith(": close rate −2.00.")


def test_what_could_not_be_taken_apart_says_why(build: ModuleType) -> None:
    about = {"reason": "Deals has no value in 2026-09.", "residual": None, "gross": None}
    found = revenue(build, "previous", (10.0, 8.0), **about)
    assert sentence(found, money()) == (
        "Revenue fell by 2.00 (−20.0 %) against 2026-09;"
        " its drivers are not known: Deals has no value in 2026-09."
    )
    nothing = revenue(build, "previous", (None, 8.0), **about)
    assert sentence(nothing, money()) == (
        "Revenue cannot be compared with 2026-09: Deals has no value in 2026-09."
    )


def test_a_residual_is_told_when_it_can_be_seen(build: ModuleType) -> None:
    found = revenue(build, "previous", (10.0, 15.0), 4.0)
    assert sentence(found, money()).endswith("deals +4.00, residual +1.00.")
    unseen = revenue(build, "previous", (10.0, 15.0), 5.0 - 1e-9)
    assert sentence(unseen, money()).endswith("deals +5.00.")


def test_a_change_too_small_to_print(build: ModuleType) -> None:
    found = revenue(build, "previous", (10.0, 10.001), 0.001)
    assert sentence(found, money()).startswith("Revenue rose by less than 0.01 (0.0 %)")


def test_labels_are_shown_not_obeyed(build: ModuleType) -> None:
    found = replace(revenue(build, "target", (10.0, 8.0), -2.0), label="\x1b[31mR\n[b]")
    assert sentence(found, money()).startswith(r"\x1b[31mR\n[b] missed")
