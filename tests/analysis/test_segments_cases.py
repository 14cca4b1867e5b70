"""Published decompositions by segment, reproduced to the digits in print.

The cases of tests/attribution/segment_cases run through the command elsewhere; here are those
whose shares and rates are given as such, or whose weights are not shares.
"""

import math
from collections.abc import Sequence

import polars as pl
import pytest

from kpitree.analysis.segments import Centre, Convention, Weights
from kpitree.analysis.segments.effects import rate_and_mix

Pairs = Sequence[tuple[float, float]]


def frame_of(shares: Pairs, rates: Pairs) -> pl.DataFrame:
    share0, share1 = zip(*shares, strict=True)
    rate0, rate1 = zip(*rates, strict=True)
    columns = {"share0": share0, "share1": share1, "rate0": rate0, "rate1": rate1}
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.Float64))


def uncentred(weights: Weights) -> Convention:
    return Convention(weights=weights, centred=False)


# Three segments, 0.1495 -> 0.1746 (decomposition_analysis, rate decomposition).
KITAGAWA = frame_of(
    [(0.5, 0.42), (0.35, 0.38), (0.15, 0.2)], [(0.08, 0.1), (0.18, 0.17), (0.31, 0.34)]
)


def test_kitagawa() -> None:
    found = rate_and_mix(KITAGAWA, uncentred(Weights.AVERAGE))
    assert found["rate"].to_list() == pytest.approx([0.0092, -0.0036, 0.0053], abs=5.1e-5)
    assert found["mix"].to_list() == pytest.approx([-0.0072, 0.0053, 0.0163], abs=5.1e-5)
    assert found["rate"].sum() == pytest.approx(0.0108, abs=5.1e-5)
    assert found["mix"].sum() == pytest.approx(0.0143, abs=5.1e-5)


def test_kitagawa_centred() -> None:
    """Halfway between 0.1495 and 0.1746; or on the mean rates at the mean shares, 0.16215."""
    ends = rate_and_mix(KITAGAWA, Convention())
    assert ends["mix"].to_list() == pytest.approx([0.005764, 0.0003885, 0.0081475], abs=1e-12)
    found = rate_and_mix(KITAGAWA, Convention(centre=Centre.SEGMENTS))
    assert found["mix"].to_list() == pytest.approx([0.005772, 0.0003855, 0.0081425], abs=1e-12)
    for one in (ends, found):
        assert one["mix"].sum() == pytest.approx(0.0143, abs=5.1e-5)


# Das Gupta 1993, table 5.1: households by age of the head; size, headship rate.
SIZES = (
    [12.9, 10.9, 9.5, 8.0, 7.8, 8.4, 8.6, 7.8, 7.0, 5.9, 4.7, 3.6, 4.9],
    [10.1, 11.2, 11.6, 10.9, 9.4, 7.7, 6.3, 6.0, 6.3, 5.9, 5.1, 4.0, 5.5],
)
HEADSHIP = (
    [1.9, 25.8, 45.7, 49.6, 51.2, 51.6, 51.8, 54.9, 58.7, 60.4, 62.8, 66.6, 66.8],
    [2.2, 24.3, 45.8, 52.5, 56.1, 55.6, 56.0, 57.4, 57.2, 61.2, 63.9, 68.6, 72.2],
)
UNCENTRED_MIX = [
    *(-0.0574, 0.07515, 0.96075, 1.48045, 0.8584, -0.3752, -1.2397),
    *(-1.0107, -0.40565, 0.0, 0.2534, 0.2704, 0.417),
]
RATE = [
    *(0.0345, -0.16575, 0.01055, 0.27405, 0.4214, 0.322, 0.3129),
    *(0.1725, -0.09975, 0.0472, 0.0539, 0.076, 0.2808),
]


def test_das_gupta_headship() -> None:
    shares = [[size / sum(sizes) for size in sizes] for sizes in SIZES]
    frame = frame_of(list(zip(*shares, strict=True)), list(zip(*HEADSHIP, strict=True)))
    found = rate_and_mix(frame, uncentred(Weights.AVERAGE))
    assert found["mix"].to_list() == pytest.approx(UNCENTRED_MIX, abs=1e-9)
    assert found["rate"].to_list() == pytest.approx(RATE, abs=1e-9)
    conventions = [*(Convention(centre=centre) for centre in Centre), uncentred(Weights.AVERAGE)]
    for convention in conventions:
        both = rate_and_mix(frame, convention)
        assert both["mix"].sum() == pytest.approx(1.2269, abs=5e-5)
        assert both["rate"].sum() == pytest.approx(1.7403, abs=5e-5)


# Claims by kind of doctor (icanexplain): counts and mean costs of two years each.
COUNTS = [(9, 6), (6, 9), (6, 3), (7, 8)]
MEANS = [(122.713333, 103.746667), (99.073333, 83.231111), (133.63, 113.15), (187.7, 147.41)]


def test_claims_rate_first() -> None:
    found = rate_and_mix(frame_of(COUNTS, MEANS), uncentred(Weights.RATE_FIRST))
    inner = [-170.7, -95.053333, -122.88, -282.03]
    assert found["rate"].to_list() == pytest.approx(inner, abs=2e-5)
    assert found["mix"].to_list() == pytest.approx([-311.24, 249.693333, -339.45, 147.41], abs=2e-5)


def test_claims_in_both_directions_alike() -> None:
    found = rate_and_mix(frame_of(COUNTS, MEANS), uncentred(Weights.AVERAGE))
    rates = [-142.249995, -118.816665, -92.16, -302.175]
    assert found["rate"].to_list() == pytest.approx(rates, abs=1e-9)
    assert found["mix"].to_list() == pytest.approx(
        [-339.69, 273.456666, -370.17, 167.555], abs=1e-9
    )


def test_lmdi_of_three_products() -> None:
    """Quantity x intensity, +58.6 (decomposition_analysis, LMDI-I)."""
    frame = frame_of([(100, 115), (80, 70), (50, 66)], [(2.0, 1.8), (3.0, 3.4), (5.0, 4.6)])
    found = rate_and_mix(frame, uncentred(Weights.LOGARITHMIC))
    assert found["mix"].sum() == pytest.approx(73.1327, abs=5.1e-5)
    assert found["rate"].sum() == pytest.approx(-14.5327, abs=5.1e-5)


# Xu & Ang 2014, tables 1-4: energy and activity of four subsectors, two of each sector.
ENERGY = [(20.0, 30.0), (10.0, 10.0), (8.0, 15.0), (12.0, 9.0)]
ACTIVITY = [(5.0, 12.0), (5.0, 8.0), (10.0, 30.0), (30.0, 30.0)]


def pairwise_sums(pairs: Pairs) -> Pairs:
    (a, b), (c, d), (e, f), (g, h) = pairs
    return [(a + c, b + d), (e + g, f + h)]


@pytest.mark.parametrize(
    ("energy", "activity", "structure", "intensity", "additive"),
    [
        (pairwise_sums(ENERGY), pairwise_sums(ACTIVITY), 1.1183, 0.7154, (6.340675, -18.989813)),
        (ENERGY, ACTIVITY, 1.2378, 0.6489, (12.098718, -24.525573)),
    ],
)
def test_xu_and_ang(
    energy: Pairs,
    activity: Pairs,
    structure: float,
    intensity: float,
    additive: tuple[float, float],
) -> None:
    """Structure is the mix of shares of activity, intensity the rate of energy to activity."""
    whole = [sum(state) for state in zip(*activity, strict=True)]
    shares = [(a / whole[0], b / whole[1]) for a, b in activity]
    per_share = [
        (before / old, after / new)
        for (before, after), (old, new) in zip(energy, shares, strict=True)
    ]
    ratio = [(e / a, f / b) for (e, f), (a, b) in zip(energy, activity, strict=True)]
    log = uncentred(Weights.LOGARITHMIC)
    mix = math.fsum(rate_and_mix(frame_of(shares, per_share), log)["mix"])
    rate = math.fsum(rate_and_mix(frame_of(activity, ratio), log)["rate"])
    assert (mix, rate) == pytest.approx(additive, abs=1e-6)
    weight = 14.0 / math.log(64.0 / 50.0)  # the logarithmic mean of all energy, 50 and 64
    assert math.exp(mix / weight) == pytest.approx(structure, abs=5e-5)
    assert math.exp(rate / weight) == pytest.approx(intensity, abs=5e-5)
