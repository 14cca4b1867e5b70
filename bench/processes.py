"""Whole processes, timed in turns."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCRATCH = ROOT / ".bench"


@dataclass(frozen=True)
class Run:
    """seconds: wall time; megabytes: peak resident memory."""

    seconds: float
    megabytes: float


def once(command: Sequence[str]) -> Run:
    """Run a command to its end; its output is thrown away, its failure is ours."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status != 0:
        raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return Run(seconds, usage.ru_maxrss / 1024)


def alternating(commands: Mapping[str, Sequence[str]], runs: int) -> dict[str, Run]:
    """Medians of each command, run in turns so that noise falls on all alike."""
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for name, command in commands.items():  # once unmeasured: file caches, compiled modules
        once(command)
        found[name].clear()
    for _ in range(runs):
        for name, command in commands.items():
            found[name].append(once(command))
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
