"""Cases by method: one file a case, the figures and where they come from inside it."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from attribution.trees import explain, grow, lines

Case = dict[str, Any]


def cases(folder: str) -> list[Any]:
    """The cases of a folder beside this file, for pytest.mark.parametrize."""
    files = sorted((Path(__file__).parent / folder).glob("*.json"))
    return [pytest.param(json.loads(file.read_text("utf-8")), id=file.stem) for file in files]


def must_agree(case: Case, method: str) -> None:
    """Lines (added up by group, where there are groups) as published and as computed."""
    found = explain(
        grow(case["formulas"]),
        case["before"],
        case["after"],
        method=method,
        order=case.get("order", ()),
        factors="factors" in case,
    )
    by_driver = lines(found)
    groups = case.get("groups", {driver: [driver] for driver in by_driver})
    sums = {name: math.fsum(by_driver[one] for one in names) for name, names in groups.items()}
    if "published" in case:
        figures = case["published"]
        assert sums == pytest.approx(figures["lines"], rel=0, abs=figures["tolerance"])
    if "computed" in case:
        assert sums == pytest.approx(case["computed"], rel=1e-11)
    if "factors" in case:
        factors = {line.kpi: line.factor for line in found.lines}
        products = {name: _product(factors, names) for name, names in groups.items()}
        figures = case["factors"]
        assert products == pytest.approx(figures["values"], rel=0, abs=figures["tolerance"])


def _product(factors: dict[str, float | None], names: list[str]) -> float:
    found = [factor for name in names if (factor := factors[name]) is not None]
    assert len(found) == len(names)
    return math.prod(found)
