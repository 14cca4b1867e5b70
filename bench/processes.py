"""Whole processes, timed in turns."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCRATCH = ROOT / ".bench"
CACHE = SCRATCH / "cache"  # never the user's own


@dataclass(frozen=True)
class Run:
    """seconds: wall time; megabytes: peak resident memory."""

    seconds: float
    megabytes: float


def once(command: Sequence[str]) -> Run:
    """Run a command to its end; its output is thrown away, its failure is ours."""
    environment = os.environ | {"KPITREE_CACHE_DIR": str(CACHE)}
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status != 0:
        raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return Run(seconds, usage.ru_maxrss / 1024)


def said(command: Sequence[str]) -> str:
    """What a command prints."""
    return subprocess.run(command, stdout=subprocess.PIPE, cwd=ROOT, check=True, text=True).stdout


def alternating(
    commands: Mapping[str, Sequence[str]],
    runs: int,
    before: Mapping[str, Callable[[], None]] | None = None,
) -> dict[str, Run]:
    """Medians of each command, run in turns so that noise falls on all alike.

    before: what is to be done, unmeasured, before each run of a command.
    """
    prepare = before or {}
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, command in commands.items():
            if name in prepare:
                prepare[name]()
            run = once(command)
            if turn:  # the first is unmeasured: file caches, compiled modules
                found[name].append(run)
    return {
        name: Run(
            statistics.median(run.seconds for run in many),
            statistics.median(run.megabytes for run in many),
        )
        for name, many in found.items()
    }


def kpitree(*arguments: str) -> list[str]:
    """The installed command."""
    return [str(Path(sys.executable).with_name("kpitree")), *arguments]


def evaluated(tree: Path, *options: str) -> list[str]:
    """`kpitree eval` that reads everything anew."""
    return kpitree("eval", str(tree), "-q", *uncached(), *options)


@cache
def uncached() -> tuple[str, ...]:
    """The option that reads everything anew, where this version has a cache."""
    return ("--no-cache",) if "--no-cache" in said(kpitree("eval", "--help")) else ()
