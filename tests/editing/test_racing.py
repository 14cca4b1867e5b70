"""Many processes edit one file at once: what said that it changed the file is in it afterwards."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kpitree.cli import replacing
from kpitree.errors import OutputError, UsageError
from kpitree.tree.read import load_tree

pytest.importorskip("fcntl")  # without it there is no lock (docs/editing.md)

WORKERS = 6
EDITS = 15

# Every child edits KPIs of its own, and takes its time between comparing and replacing.
PROGRAM = """
import json, os, sys, time
from pathlib import Path
from kpitree.cli import changing, replacing
from kpitree.errors import UsageError
from kpitree.tree.editing.edits import set_keys
import tempfile, fcntl, kpitree.render.words

path, workers, edits = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
compare = replacing.refuse_changed

def slowly(*given):
    compare(*given)
    time.sleep(0.002)

replacing.refuse_changed = slowly

def work(number, report):
    for edit in range(edits):
        file = changing.open_tree(path)
        text = set_keys(file.text, {("kpi", f"k{number}_{edit}", "value"): 7})
        try:
            changing.finish(file, text, "", dry_run=False, color="never", quiet=True)
        except UsageError:
            continue
        os.write(report, f"k{number}_{edit}\\n".encode())
    os._exit(0)

reading, writing = os.pipe()
for number in range(workers):
    if os.fork() == 0:
        work(number, writing)
os.close(writing)
with os.fdopen(reading) as told:
    said = told.read().split()
statuses = [os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(workers)]
print(json.dumps([said, statuses]))
"""


# Another program that holds the folder's lock until its input ends.
LOCKING = """
import fcntl, os, sys
fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX)
print("locked", flush=True)
sys.stdin.read()
"""


def test_no_edit_that_said_it_was_made_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "tree.toml"
    names = [f"k{worker}_{edit}" for worker in range(WORKERS) for edit in range(EDITS)]
    kpis = "".join(f"[kpi.{name}]\nvalue = 1\n" for name in names)
    path.write_text(f'[tree]\nroot = "k0_0"\n{kpis}', "utf-8")
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path), str(WORKERS), str(EDITS)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    said, statuses = json.loads(result.stdout)
    assert statuses == [0] * WORKERS
    assert len(said) >= EDITS, "somebody always gets through"
    now = path.read_text("utf-8")
    assert [name for name in said if f"[kpi.{name}]\nvalue = 7\n" not in now] == []
    assert now.count("value = 7") == len(said)
    assert load_tree(path).root == "k0_0"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_stays_locked_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replacing, "PATIENCE", 0.1)
    path = tmp_path / "tree.toml"
    path.write_text("old", "utf-8")
    with _locked(tmp_path):
        started = time.monotonic()
        with pytest.raises(OutputError) as found:
            replacing.replace_files([replacing.Replacement(path, "new", b"old")])
        assert time.monotonic() - started < 5
    assert found.value.message == "another program has locked the folder, so nothing is written"
    assert path.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
    replacing.replace_files([replacing.Replacement(path, "new", b"old")])
    assert path.read_text("utf-8") == "new"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    words = [sys.executable, "-c", LOCKING, str(folder)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"locked\n"
        yield
        program.communicate()


def test_two_files_are_replaced_only_if_both_are_as_they_were(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("1", "utf-8")
    other.write_text("theirs", "utf-8")
    wanted = [
        replacing.Replacement(one, "11", b"1"),
        replacing.Replacement(other, "22", b"2"),
    ]
    with pytest.raises(UsageError, match="another program has changed the file meanwhile"):
        replacing.replace_files(wanted)
    assert (one.read_text("utf-8"), other.read_text("utf-8")) == ("1", "theirs")
    other.write_text("2", "utf-8")
    replacing.replace_files(wanted)
    assert (one.read_text("utf-8"), other.read_text("utf-8")) == ("11", "22")
    assert sorted(tmp_path.iterdir()) == [one, other]
