"""Every rule against a published set: the yearly flow of the Nile at Aswan, 1871 to 1970.

In 10^8 m3: G. W. Cobb, The problem of the Nile, Biometrika 65 (1978), table 1; data set `Nile` of
R. Its mean is 919.35, and it is known for a lower level from 1899 on.

The years expected were found without kpitree, by a plain reading of the rules (24 values before,
mean +- 2.66 x mean moving range, or median +- 3.145 x median moving range).
"""

import pytest

from kpitree.analysis.signal import readings

FIRST = 1871
NILE = [
    *(
        1120,
        1160,
        963,
        1210,
        1160,
        1160,
        813,
        1230,
        1370,
        1140,
        995,
        935,
        1110,
        994,
        1020,
        960,
        1180,
    ),
    *(799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833),
    *(701, 916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845),
    *(
        864,
        862,
        698,
        845,
        744,
        796,
        1040,
        759,
        781,
        865,
        845,
        944,
        984,
        897,
        822,
        1010,
        771,
        676,
        649,
    ),
    *(
        846,
        812,
        742,
        801,
        1040,
        860,
        874,
        848,
        890,
        744,
        749,
        838,
        1050,
        918,
        986,
        797,
        923,
        975,
        815,
    ),
    *(1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740),
]
BY_MEAN = {  # year: rule, centre, reach
    1902: ("beyond_limits", 1068.292, 340.017),
    1905: ("3_of_4", 1015.25, 342.099),
    1906: ("run_of_8", 1003.0, 350.426),
    1907: ("run_of_8", 1002.208, 355.052),
    1913: ("beyond_limits", 969.917, 348.576),
    1915: ("3_of_4", 935.833, 396.687),
    1964: ("beyond_limits", 860.833, 276.524),
}
BY_MEDIAN = {
    1901: ("3_of_4", 1100.0, 364.82),
    1902: ("beyond_limits", 1100.0, 345.95),
    1905: ("3_of_4", 1007.5, 336.515),
    1906: ("run_of_8", 1007.0, 345.95),
    1907: ("run_of_8", 1007.0, 345.95),
    1913: ("beyond_limits", 963.5, 336.515),
    1915: ("3_of_4", 928.0, 345.95),
    1964: ("beyond_limits", 854.0, 279.905),
}


def test_the_figures_are_those_published() -> None:
    assert (len(NILE), sum(NILE) / len(NILE)) == (100, 919.35)


@pytest.mark.parametrize(("median", "expected"), [(False, BY_MEAN), (True, BY_MEDIAN)])
def test_signals_of_the_nile(median: bool, expected: dict[int, tuple[str, float, float]]) -> None:
    said = readings([float(flow) for flow in NILE], median=median)
    found = {FIRST + at: one for at, one in enumerate(said) if one.rule is not None}
    assert {year: one.rule for year, one in found.items()} == {
        year: rule for year, (rule, _, _) in expected.items()
    }
    for year, (_, centre, reach) in expected.items():
        limits = found[year].limits
        assert limits is not None
        assert limits.centre == pytest.approx(centre, abs=5e-4)
        assert limits.high - limits.centre == pytest.approx(reach, abs=5e-4)
        assert limits.centre - limits.low == pytest.approx(reach, abs=5e-4)
