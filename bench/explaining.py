"""What attribution costs beyond start-up, side by side with the same sums written by hand.

Each measure runs in this process, in turns with its counterpart, medians. Limits are those the
project sets itself.
"""

import math
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import polars as pl
from tables import Table

from kpitree.analysis.attribution import attribute
from kpitree.analysis.attribution.contract import State
from kpitree.analysis.segments import (
    Centre,
    Convention,
    InSegments,
    parts_needed,
    shapes_of,
    split,
)
from kpitree.tables import SEGMENT
from kpitree.tree.expressions import Name
from kpitree.tree.model import Branch, Leaf, Node, Source, Tree
from kpitree.tree.parsing import parse_formula, parse_measure

DRIVERS, MOST_DRIVERS = 1_000, 0.050
SHAPLEY, MOST_SHAPLEY = 15, 0.3
SPLIT, SEGMENTS, MOST_SPLIT = 50, 10_000, 2.0


def attribution(runs: int) -> Table:
    """Each beside the same sums by hand."""
    table = Table("attribution", ("", "seconds", "limit", "by hand"))
    measured(
        table,
        f"`path`, {DRIVERS:,} drivers (a sum of products)",
        *many_drivers(DRIVERS),
        same_lines,
        limit=MOST_DRIVERS,
        runs=runs,
    )
    measured(
        table,
        f"`shapley`, exact, {SHAPLEY} drivers (a ratio of sums)",
        *exact_shapley(SHAPLEY),
        same_lines,
        limit=MOST_SHAPLEY,
        runs=runs,
    )
    measured(
        table,
        f"{SPLIT} drivers × {SEGMENTS:,} segments, sums and ratios",
        *by_segment(SPLIT, SEGMENTS),
        same_lines_by_segment,
        limit=MOST_SPLIT,
        runs=runs,
    )
    return table


Lines = Mapping[str, float]
Found = TypeVar("Found")


def same_lines(ours: Lines, by_hand: Lines) -> bool:
    scale = math.fsum(map(abs, by_hand.values()))
    return ours.keys() == by_hand.keys() and all(
        abs(ours[one] - line) <= 1e-9 * scale for one, line in by_hand.items()
    )


def same_lines_by_segment(ours: pl.DataFrame, by_hand: pl.DataFrame) -> bool:
    """Every line of every segment, to a billionth of the largest line."""
    keys = ["driver", SEGMENT + "name", "effect"]
    both = ours.join(by_hand, on=keys, how="inner", suffix=" by hand", validate="1:1")
    if not len(both) == len(ours) == len(by_hand):
        return False
    apart = (both["line"] - both["line by hand"]).abs()
    return bool((apart <= 1e-9 * by_hand.select(pl.col("line").abs().max()).item()).all())


def measured(
    table: Table,
    name: str,
    ours: Callable[[], Found],
    by_hand: Callable[[], Found],
    agree: Callable[[Found, Found], bool],
    *,
    limit: float,
    runs: int,
) -> None:
    """Time both in turns; they must agree."""
    if not agree(ours(), by_hand()):
        raise SystemExit(f"{name}: kpitree and the sums by hand do not agree")
    times: dict[Callable[[], Found], list[float]] = {ours: [], by_hand: []}
    for _ in range(runs):
        for each, found in times.items():
            started = time.perf_counter()
            each()
            found.append(time.perf_counter() - started)
    seconds, hand = statistics.median(times[ours]), statistics.median(times[by_hand])
    table.add(name, *table.held(name, seconds, limit, " s"), f"{hand:.4f} s")


def tree_of(kpis: Mapping[str, Node]) -> Tree:
    rows = Source(id="rows", path="rows.csv", location="rows.csv", time="day")
    file = Path("bench.toml")
    return Tree(name="bench", root="goal", file=file, sources={"rows": rows}, kpis=dict(kpis))


def leaf(name: str, measure: str = "count()") -> Leaf:
    return Leaf(id=name, label=name, measure=parse_measure(measure), source="rows")


def values(count: int, seed: int) -> list[float]:
    """Positive numbers, the same every time."""
    return [1.0 + ((i * 7919 + seed * 104_729) % 1_009) / 1_009 for i in range(count)]


def many_drivers(count: int) -> tuple[Callable[[], Lines], Callable[[], Lines]]:
    """A sum of products of two; by hand: each change times the mean of the other factor."""
    names = [f"x{i}" for i in range(count)]
    formula = " + ".join(f"x{i} * x{i + 1}" for i in range(0, count, 2))
    goal = Branch(id="goal", label="goal", formula=parse_formula(formula))
    tree = tree_of({"goal": goal} | {name: leaf(name) for name in names})
    before, after = values(count, 1), values(count, 2)
    states = [
        State(label=label, values=dict(zip(names, found, strict=True)))
        for label, found in (("before", before), ("after", after))
    ]

    def ours() -> Lines:
        found = attribute(tree, "goal", *states, vs="previous")
        return {line.kpi: line.line for line in found.lines}

    def by_hand() -> Lines:
        return {
            name: (after[i] - before[i]) * (before[i ^ 1] + after[i ^ 1]) / 2
            for i, name in enumerate(names)
        }

    return ours, by_hand


def exact_shapley(count: int) -> tuple[Callable[[], Lines], Callable[[], Lines]]:
    """A ratio of sums, which no shortcut fits; by hand: every combination in plain Python."""
    names = [f"x{i}" for i in range(count)]
    half = count // 2
    formula = f"({' + '.join(names[:half])}) / ({' + '.join(names[half:])})"
    goal = Branch(id="goal", label="goal", formula=parse_formula(formula))
    tree = tree_of({"goal": goal} | {name: leaf(name) for name in names})
    before, after = values(count, 3), values(count, 4)
    states = [
        State(label=label, values=dict(zip(names, found, strict=True)))
        for label, found in (("before", before), ("after", after))
    ]

    def ours() -> Lines:
        found = attribute(tree, "goal", *states, vs="previous", method="shapley")
        return {line.kpi: line.line for line in found.lines}

    def by_hand() -> Lines:
        worth = []
        for corner in range(2**count):
            at = [after[i] if corner >> i & 1 else before[i] for i in range(count)]
            worth.append(sum(at[:half]) / sum(at[half:]))
        weights = [
            math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
            for size in range(count)
        ]
        lines = dict.fromkeys(names, 0.0)
        for corner, value in enumerate(worth):
            weight = weights[corner.bit_count()] if corner.bit_count() < count else 0.0
            for i, name in enumerate(names):
                if not corner >> i & 1:
                    lines[name] += weight * (worth[corner | 1 << i] - value)
        return lines

    return ours, by_hand


def by_segment(
    count: int, segments: int
) -> tuple[Callable[[], pl.DataFrame], Callable[[], pl.DataFrame]]:
    """Half of the drivers sums, half ratios; by hand: polars on the same frames."""
    half = count // 2
    sums = {f"s{i}": leaf(f"s{i}", f"sum(a{i})") for i in range(half)}
    ratios = {f"r{i}": leaf(f"r{i}", f"sum(a{i}) / sum(b{i})") for i in range(half)}
    formula = " + ".join(f"s{i} * r{i}" for i in range(half))
    goal = Branch(id="goal", label="goal", formula=parse_formula(formula))
    tree = tree_of({"goal": goal, **sums, **ratios})
    drivers = [*sums, *ratios]
    shapes = shapes_of(tree, drivers, ())
    parts = [(source, part) for source, of in parts_needed(shapes.values()).items() for part in of]
    columns = {key: f"part:{number}" for number, key in enumerate(parts)}
    frames, wholes, states = [], [], []
    for seed in (5, 6):
        frame = pl.DataFrame(
            {SEGMENT + "name": [f"{i:05}" for i in range(segments)]}
            | {
                column: values(segments, seed * 100 + n)
                for n, column in enumerate(columns.values())
            }
        )
        whole = {column: math.fsum(frame[column].to_list()) for column in columns.values()}
        frames.append(frame)
        wholes.append(whole)
    by_name = {
        part.argument.id: column
        for (_, part), column in columns.items()
        if isinstance(part.argument, Name)
    }
    for label, whole in zip(("before", "after"), wholes, strict=True):
        found = {f"s{i}": whole[by_name[f"a{i}"]] for i in range(half)}
        found |= {f"r{i}": whole[by_name[f"a{i}"]] / whole[by_name[f"b{i}"]] for i in range(half)}
        states.append(State(label=label, values=dict(found)))
    ends = [InSegments(frame=f, whole=w) for f, w in zip(frames, wholes, strict=True)]

    def ours() -> pl.DataFrame:
        found = attribute(tree, "goal", *states, vs="previous", gradients=True)
        convention = Convention(centre=Centre.ENDS)  # the command's own
        return split(
            found, shapes, *ends, columns=columns, dimensions=("name",), convention=convention
        )

    def by_hand() -> pl.DataFrame:
        joined = frames[0].join(frames[1], on=SEGMENT + "name", suffix=" after")
        found: list[pl.DataFrame] = []
        for i in range(half):
            a, b = by_name[f"a{i}"], by_name[f"b{i}"]
            s0, s1 = (state.values[f"s{i}"] for state in states)
            r0, r1 = (state.values[f"r{i}"] for state in states)
            assert s0 is not None
            assert s1 is not None
            assert r0 is not None
            assert r1 is not None
            w0, w1 = pl.col(b) / pl.col(b).sum(), pl.col(f"{b} after") / pl.col(f"{b} after").sum()
            q0, q1 = pl.col(a) / pl.col(b), pl.col(f"{a} after") / pl.col(f"{b} after")
            lines = {
                (f"s{i}", "driver"): (pl.col(f"{a} after") - pl.col(a)) * (r0 + r1) / 2,
                (f"r{i}", "rate"): (w0 + w1) / 2 * (q1 - q0) * (s0 + s1) / 2,
                (f"r{i}", "mix"): (w1 - w0) * ((q0 + q1) / 2 - (r0 + r1) / 2) * (s0 + s1) / 2,
            }
            found += [
                joined.select(
                    SEGMENT + "name", driver=pl.lit(driver), effect=pl.lit(effect), line=line
                )
                for (driver, effect), line in lines.items()
            ]
        return pl.concat(found)

    return ours, by_hand
