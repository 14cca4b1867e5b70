"""Killed with SIGKILL while it really reads, and while it really writes what it keeps."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from cache.kept import settle
from cache.test_runs import answer, started, unfinished

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="nobody else tells what a process has open"
)

MEASURES = ("sum(a)", "std(b)", "min(a)", "max(b)", "mean(c)", "first(c)", "last(c)")
TREE = """
    [tree]
    root = "all"
    [sources.days]
    path = "days/*.csv"
    time = "day"
    [kpi.all]
    formula = "{formula}"
""" + "".join(
    f'    [kpi.m{at}]\n    source = "days"\n    measure = "{measure}"\n'
    for at, measure in enumerate(MEASURES)
)
FILES = 6


@pytest.fixture
def days(tmp_path: Path, write: Callable[[str, str], Path]) -> Path:
    """Seventy years of days in each of several files: an entry that takes a while to write."""
    chance = random.Random(5)  # noqa: S311 - made-up rows need no secrecy
    every = pl.date_range(date(1956, 1, 1), date(2025, 12, 31), eager=True)
    (tmp_path / "days").mkdir()
    for number in range(FILES):
        numbers = {name: [chance.random() for _ in every] for name in "abc"}
        pl.DataFrame({"day": every} | numbers).write_csv(tmp_path / "days" / f"{number}.csv")
    settle()
    formula = " + ".join(f"m{at}" for at in range(len(MEASURES)))
    write("days.toml", TREE.format(formula=formula))
    return tmp_path


def run(folder: Path, *more: str) -> subprocess.Popen[str]:
    return started(folder, "days", *more, by=())


def reads(running: subprocess.Popen[str], folder: Path) -> bool:
    """Whether it has one of the data's files open."""
    place = f"/proc/{running.pid}/fd"
    try:
        opened = [os.readlink(f"{place}/{each}") for each in os.listdir(place)]  # noqa: PTH115, PTH208
    except OSError:  # it has closed one of them meanwhile, or has ended
        return False
    return any(path.startswith(str(folder / "days")) for path in opened)


def writes(_running: subprocess.Popen[str], folder: Path) -> bool:
    """Whether an entry has been begun."""
    return bool(unfinished(folder))


def killed_once(
    when: Callable[[subprocess.Popen[str], Path], bool], folder: Path, later: float
) -> bool:
    """Kill a run a while after a moment comes. Whether it came, and the kill was in time."""
    running = run(folder)
    try:
        while running.poll() is None:
            if when(running, folder):
                time.sleep(later)
                break
    finally:
        running.kill()
        running.communicate()
    return running.returncode == -signal.SIGKILL


def pieces_of(folder: Path) -> Iterator[int]:
    return (path.stat().st_size for path in unfinished(folder))


def entries_of(folder: Path) -> list[Path]:
    return list((folder / "cache").glob("*.kpitree"))


def test_while_it_reads(days: Path) -> None:
    status, right, _ = answer(run(days, "--no-cache"))
    assert status == 0
    killed = [killed_once(reads, days, later) for later in (0, 0.005, 0.01, 0.02, 0.03)]
    assert killed.count(True) >= 3
    assert entries_of(days) == []  # none of them came as far as that
    for _ in range(2):
        assert answer(run(days)) == (0, right, "")


def test_while_it_writes(days: Path) -> None:
    right = answer(run(days))[1]
    [entry] = entries_of(days)
    whole = entry.stat().st_size
    assert whole > 5_000_000
    halves = 0
    for attempt in range(12):
        entry.unlink(missing_ok=True)
        for path in unfinished(days):
            path.unlink()
        killed_once(writes, days, 0.001 * (attempt % 4))
        if entry.exists():  # too late: it was moved into its place, and so it is whole
            assert answer(run(days)) == (0, right, "")
            continue
        [size] = pieces_of(days)
        halves += 0 < size < 0.9 * whole  # rows in another order compress to another size
        assert answer(run(days)) == (0, right, "")  # the piece is of no use, and no harm
        assert entry.stat().st_size > 0.9 * whole
        assert answer(run(days)) == (0, right, "")
        [piece] = unfinished(days)
        os.utime(piece, (1, 1))  # as if long ago
        entry.unlink()
        assert answer(run(days)) == (0, right, "")
        assert unfinished(days) == []
        if halves == 2:
            return
    assert halves
