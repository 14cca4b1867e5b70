"""Published and independently computed figures, one file a case (its source is in the file)."""

import json
from pathlib import Path
from typing import Any

import pytest

from attribution.trees import explain, grow, line_of, lines

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))


@pytest.fixture(params=CASES, ids=lambda path: str(path.stem))
def case(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request.param.read_text("utf-8"))
    return found


def test_lines(case: dict[str, Any]) -> None:
    found = lines(explain(grow(case["formulas"]), case["before"], case["after"]))
    groups = case.get("groups", {leaf: [leaf] for leaf in found})
    sums = {name: sum(found[leaf] for leaf in leaves) for name, leaves in groups.items()}
    if "published" in case:
        assert sums == pytest.approx(
            case["published"]["lines"], abs=case["published"]["tolerance"], rel=0
        )
    if "computed" in case:
        assert sums == pytest.approx(case["computed"], rel=1e-11)


def test_flows_of_shared_leaves(case: dict[str, Any]) -> None:
    found = explain(grow(case["formulas"]), case["before"], case["after"])
    for leaf, expected in case.get("via", {}).items():
        flows = {flow.parent: flow.flow for flow in line_of(found, leaf).via}
        assert flows == pytest.approx(expected, rel=1e-11)


def test_there_are_cases() -> None:
    assert len(CASES) == 20
