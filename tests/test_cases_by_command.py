"""Published cases through the command alone: constants by period, and a CSV with segments."""

import csv
import json
import math
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kpitree.cli.app import app

HERE = Path(__file__).parent / "attribution"
METHODS = {
    "path": "cases",
    "shapley": "cases_shapley",
    "levels": "cases_levels",
    "log": "cases_log",
    "sequential": "cases_sequential",
}
BY_FORMULA = [
    pytest.param(method, file, id=f"{method}-{file.stem}")
    for method, folder in METHODS.items()
    for file in sorted((HERE / folder).glob("*.json"))
]
BY_SEGMENT = sorted((HERE / "segment_cases").glob("*.json"))
BEFORE, AFTER = "2025-01", "2025-02"


def asked(tree: Path, *options: str) -> dict[str, Any]:
    args = ["drivers", str(tree), "--period", AFTER, "--format", "json", "--quiet", *options]
    result = CliRunner().invoke(app, args)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def adds_up(found: dict[str, Any]) -> bool:
    rest = found["change"] - math.fsum(line["line"] for line in found["lines"])
    ends = (abs(found[end]["value"]) for end in ("from", "to"))
    return bool(abs(rest) <= 1e-9 * max(found["gross"], *ends))


def with_constants(folder: Path, case: dict[str, Any]) -> Path:
    """The case as a tree of formulas over assumptions by period."""
    root = next(iter(case["formulas"]))
    lines = ["[tree]", 'name = "case"', f'root = "{root}"']
    for name, formula in case["formulas"].items():
        lines += [f"[kpi.{name}]", f'formula = "{formula}"']
        if name in case.get("drivers", ()):
            lines.append("driver = true")
    for name, value in case["before"].items():
        values = f'"{BEFORE}" = {value!r}, "{AFTER}" = {case["after"][name]!r}'
        lines += [f"[kpi.{name}]", f"value = {{ {values} }}"]
    file = folder / "case.toml"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


@pytest.mark.parametrize(("method", "path"), BY_FORMULA)
def test_a_tree_of_constants(method: str, path: Path, tmp_path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    options = ["--method", method]
    if "factors" in case:
        options += ["--form", "factors"]
    if "order" in case:
        options += ["--order", ",".join(case["order"])]
    found = asked(with_constants(tmp_path, case), *options)
    assert adds_up(found)
    lines = {line["kpi"]: line for line in found["lines"] if line["effect"] == "driver"}
    groups = case.get("groups", {driver: [driver] for driver in lines})
    sums = {name: math.fsum(lines[one]["line"] for one in of) for name, of in groups.items()}
    if "published" in case:
        published = case["published"]
        assert sums == pytest.approx(published["lines"], abs=published["tolerance"], rel=0)
    if "computed" in case:
        assert sums == pytest.approx(case["computed"], rel=1e-11)
    if "factors" in case:
        products = {
            name: math.prod(lines[one]["factor"] for one in of) for name, of in groups.items()
        }
        figures = case["factors"]
        assert products == pytest.approx(figures["values"], rel=0, abs=figures["tolerance"])


def with_rows(folder: Path, case: dict[str, Any]) -> Path:
    """The case as a tree of measures over a CSV of segments."""
    columns = list(case["rows"][0]["baseline"])
    with (folder / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["day", "segment", *columns])
        for day, state in ((f"{BEFORE}-31", "baseline"), (f"{AFTER}-28", "actual")):
            for row in case["rows"]:
                writer.writerow([day, row["segment"], *(row[state][name] for name in columns)])
    lines = ["[tree]", 'name = "case"', f'root = "{case["root"]}"', 'segments = ["segment"]']
    lines += ["[sources.rows]", 'path = "rows.csv"', 'time = "day"']
    lines += [f'covers = ["{BEFORE}-01", "{AFTER}-28"]']
    lines += ["[sources.rows.dimensions]", 'segment = "segment"']
    for name, kpi in case["kpis"].items():
        lines.append(f"[kpi.{name}]")
        lines += [f'{key} = "{text}"' for key, text in kpi.items()]
        if "measure" in kpi:
            lines.append('source = "rows"')
    tree = folder / "case.toml"
    tree.write_text("\n".join(lines) + "\n", "utf-8")
    return tree


@pytest.mark.parametrize("path", BY_SEGMENT, ids=lambda path: path.stem)
def test_a_csv_with_segments(path: Path, tmp_path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    tree = with_rows(tmp_path, case)
    for run in case["runs"]:
        found = asked(tree, "--by", "segment", *run["options"])
        assert adds_up(found)
        totals: dict[str, float] = defaultdict(float)
        segments: dict[tuple[str, str], float] = defaultdict(float)
        for line in found["lines"]:
            effect = line["kpi"] if line["effect"] == "driver" else line["effect"]
            totals[effect] += line["line"]
            segments[line["segment"].get("segment", ""), effect] += line["line"]
        totals["volume"] = totals["units"] + totals["mix"]
        for effect, truth in run["totals"].items():
            assert totals[effect] == pytest.approx(truth, abs=run["tolerance"], rel=1e-12), run
        for name, effects in run["segments"].items():
            for effect, truth in effects.items():
                line = segments[name, effect]
                assert line == pytest.approx(truth, abs=run["tolerance"], rel=1e-12), (name, run)


def test_there_are_cases() -> None:
    assert len(BY_FORMULA) >= 55
    assert len(BY_SEGMENT) == 7
