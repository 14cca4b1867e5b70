"""The forms of a target, as they are read."""

from datetime import date
from pathlib import Path

import pytest

from kpitree.calendar import Grain
from kpitree.tree.model import (
    DataTarget,
    GrowthTarget,
    Leaf,
    PathTarget,
    PeriodTargets,
    PlainTarget,
    SpreadTarget,
    Target,
    TargetsFile,
)
from kpitree.tree.parsing import parse_condition, parse_measure
from kpitree.tree.read import load_tree

TOP = '[calendar]\ngrain = "quarter"\n[sources.plan]\npath = "plan.csv"\ntime = "day"\n'
MILESTONES = 'milestones = { "2026-11-30" = 50, "2026-09-30" = 45 }'
OTHER_ROWS = 'where = "kind == 1", time = "month"'
JULY, END = date(2026, 7, 1), date(2026, 12, 31)


def read(folder: Path, target: str) -> Target | None:
    file = folder / "tree.toml"
    file.write_text(f"{TOP}[kpi.a]\nvalue = 1\ntarget = {target}\n", "utf-8")
    return load_tree(file).kpis["a"].target


def plan(per: Grain, **more: object) -> DataTarget:
    return DataTarget(
        plan=Leaf(
            id="a:target",
            label="target",
            measure=parse_measure("sum(amount)"),
            source="plan",
            **more,  # type: ignore[arg-type]  # two of its fields
        ),
        per=per,
    )


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("5", PlainTarget(value=5)),
        ('{ "2026-01" = 5, 2027 = 6 }', PeriodTargets(values={"2026-01": 5, "2027": 6})),
        ('{ value = 5, per = "year" }', SpreadTarget(value=5, per=Grain.YEAR)),
        ("{ value = 55, by = 2026-12-31 }", PathTarget(value=55, by=END, points=((END, 55),))),
        (
            '{ value = 55, by = "2026-12-31", from = 42, since = "2026-07-01" }',
            PathTarget(value=55, by=END, points=((JULY, 42), (END, 55))),
        ),
        (
            f"{{ value = 55, by = 2026-12-31, from = 42, since = 2026-07-01, {MILESTONES} }}",
            PathTarget(
                value=55,
                by=END,
                points=(
                    (JULY, 42),
                    (date(2026, 9, 30), 45),
                    (date(2026, 11, 30), 50),
                    (END, 55),
                ),
            ),
        ),
        ('{ growth = 0.2, over = "last_year" }', GrowthTarget(growth=0.2, over="last_year")),
        ('{ growth = -0.1, over = "previous" }', GrowthTarget(growth=-0.1, over="previous")),
        ('{ source = "plan", measure = "sum(amount)" }', plan(Grain.QUARTER)),
        (
            f'{{ source = "plan", measure = "sum(amount)", {OTHER_ROWS}, per = "month" }}',
            plan(Grain.MONTH, where=parse_condition("kind == 1"), time="month"),
        ),
    ],
)
def test_forms_are_told_apart_by_their_keys(written: str, target: Target, tmp_path: Path) -> None:
    assert read(tmp_path, written) == target


def test_a_table_of_targets_is_relative_to_the_file(tmp_path: Path) -> None:
    file = tmp_path / "tree.toml"
    file.write_text('[targets]\npath = "../goals.csv"\n[kpi.a]\nvalue = 1\n', "utf-8")
    location = str(tmp_path.parent / "goals.csv")
    assert load_tree(file).targets == TargetsFile(path="../goals.csv", location=location)
