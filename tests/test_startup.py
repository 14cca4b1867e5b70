"""Help and completion answer without what only the numbers need."""

import os
import subprocess
import sys
from collections.abc import Sequence

import pytest

HEAVY = ("polars", "networkx", "rich", "msgspec")
SOLVERS = tuple(
    f"kpitree.analysis.attribution.{name}"
    for name in ("path", "shapley", "levels", "log", "sequential")
)
LOADED = (
    "import sys\n"
    "sys.argv = ['kpitree', *{arguments!r}]\n"
    "from kpitree.cli import main\n"
    "try:\n"
    "    main()\n"
    "except SystemExit as end:\n"
    "    assert not end.code, end.code\n"
    "print('LOADED', *(name for name in {heavy!r} if name in sys.modules))\n"
)


def answered(
    *arguments: str, watched: Sequence[str] = HEAVY, **environment: str
) -> tuple[list[str], str]:
    """The lines that a command prints, and which of these modules it leaves in sys.modules."""
    code = LOADED.format(arguments=list(arguments), heavy=watched)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | environment,
    )
    *lines, last = done.stdout.splitlines()
    assert last.startswith("LOADED")
    return lines, last.removeprefix("LOADED").strip()


def loaded(*arguments: str) -> str:
    """The heavy modules that a command leaves in sys.modules."""
    return answered(*arguments)[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        [],
        ["--version"],
        ["eval", "--help"],
        ["show", "--help"],
        ["check", "--help"],
        ["drivers", "--help"],
        ["segments", "--help"],
        ["levers", "--help"],
        ["whatif", "--help"],
        ["trend", "--help"],
        ["forecast", "--help"],
        ["rank", "--help"],
        ["doctor", "--help"],
    ],
    ids=" ".join,
)
def test_help_is_light(arguments: list[str]) -> None:
    assert loaded(*arguments) == ""


def test_completion_is_light() -> None:
    completing = {
        "COMP_WORDS": "kpitree ev",
        "COMP_CWORD": "1",
        "_KPITREE_COMPLETE": "complete_bash",
    }
    lines, heavy = answered(**completing)
    assert lines == ["eval"]  # of all commands only this one begins so
    assert heavy == ""


def test_the_measure_can_fail() -> None:
    assert loaded("eval", "trees/flights.toml", "--format", "plain").split()[:2] == [
        "polars",
        "networkx",
    ]


def test_machine_formats_do_without_rich() -> None:
    assert "rich" not in loaded("eval", "trees/flights.toml", "--format", "json", "-q").split()


@pytest.mark.parametrize(("chart", "found"), [([], ""), (["--chart"], "plotille")])
def test_only_a_chart_loads_what_draws_it(chart: list[str], found: str) -> None:
    arguments = ["trend", "trees/flights.toml", "-q", *chart]
    assert answered(*arguments, watched=["plotille"])[1] == found


@pytest.mark.parametrize(("command", "method"), [("eval", "path"), ("drivers", "log")])
def test_only_the_method_asked_for_is_loaded(command: str, method: str) -> None:
    arguments = ["trees/flights.toml", "--format", "json", "-q"]
    if command == "drivers":
        arguments += ["--method", method]
    _, found = answered(command, *arguments, watched=SOLVERS)
    assert found.split() == [f"kpitree.analysis.attribution.{method}"]


OTHERS = ("trend", "forecast", "rank", "ranking", "courses", "league", "leads", "lead", "course")


def test_eval_does_without_the_other_commands() -> None:
    watched = [
        f"kpitree.{room}.{name}"
        for room in ("analysis", "analysis.results", "pipeline", "render")
        for name in OTHERS
    ]
    assert answered("eval", "trees/sales.toml", "-q", watched=watched)[1] == ""
    fails = ["--fail-on", "no_data"]
    assert answered("eval", "trees/sales.toml", "-q", *fails, watched=watched)[1] == ""
    assert answered("trend", "trees/sales.toml", "-q", watched=watched)[1] != ""


def test_importing_the_package_is_light() -> None:
    code = f"import sys, kpitree; print(*(n for n in {HEAVY!r} if n in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
