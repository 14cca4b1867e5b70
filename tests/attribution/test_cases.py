"""Published and independently computed figures, one file a case (its source is in the file).

The other methods' cases are beside their own tests.
"""

import pytest

from attribution.figures import Case, cases, must_agree
from attribution.trees import explain, grow, line_of

PATH, SEQUENTIAL = cases("cases"), cases("cases_sequential")


@pytest.mark.parametrize("case", PATH)
def test_path(case: Case) -> None:
    must_agree(case, "path")


@pytest.mark.parametrize("case", SEQUENTIAL)
def test_sequential(case: Case) -> None:
    must_agree(case, "sequential")


@pytest.mark.parametrize("case", PATH)
def test_flows_of_shared_leaves(case: Case) -> None:
    found = explain(grow(case["formulas"]), case["before"], case["after"])
    for leaf, expected in case.get("via", {}).items():
        flows = {flow.parent: flow.flow for flow in line_of(found, leaf).via}
        assert flows == pytest.approx(expected, rel=1e-11)


def test_there_are_cases() -> None:
    assert len(PATH) == 34
    assert len(SEQUENTIAL) == 18
