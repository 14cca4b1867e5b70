"""A program killed anywhere on its way leaves the old tree file or the new one, whole."""

import json
import subprocess
import sys
from pathlib import Path

from kpitree.tree.read import load_tree

OLD = "# about all\n[kpi.a]\nvalue = 1   # one\n"
NEW = "# about all\n[kpi.a]\nvalue = 2   # one\n"

# A child for every step: it counts what the write calls of C (open, write, fsync, rename ...) and
# dies before or behind the N-th one.
PROGRAM = """
import json, os, signal, sys
from pathlib import Path
from kpitree.cli import changing, replacing
from kpitree.tree.editing.edits import set_keys
import fcntl, tempfile, kpitree.render.words

folder, old, seen = Path(sys.argv[1]), sys.argv[2], []

def edit(path, dies, when):
    count = 0
    def watch(frame, event, called):
        nonlocal count
        if event == when:
            count += 1
            if count == dies:
                os.kill(os.getpid(), signal.SIGKILL)
    file = changing.open_tree(path)
    text = set_keys(file.text, {("kpi", "a", "value"): 2})
    sys.setprofile(watch)
    replacing.replace_files([replacing.Replacement(path, text, file.before)])
    sys.setprofile(None)
    os._exit(0)

for when in ("c_call", "c_return"):
    for dies in range(1, 2_000):
        path = folder / f"{when}_{dies}" / "tree.toml"
        path.parent.mkdir()
        path.write_text(old)
        path.chmod(0o640)
        child = os.fork()
        if child == 0:
            edit(path, dies, when)
        _pid, status = os.waitpid(child, 0)
        seen.append((str(path), os.waitstatus_to_exitcode(status)))
        if status == 0:
            break
print(json.dumps(seen))
"""


def test_killed_at_every_step(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path), OLD],
        capture_output=True,
        text=True,
        check=True,
    )
    seen: list[tuple[str, int]] = json.loads(result.stdout)
    killed = [Path(path) for path, status in seen if status == -9]
    found = [path.read_text("utf-8") for path in killed]
    assert set(found) == {OLD, NEW}
    assert len(killed) > 40
    assert [status for _path, status in seen if status != -9] == [0, 0]
    assert all(path.stat().st_mode & 0o777 == 0o640 for path in killed)
    left = [path for path in killed if len(list(path.parent.iterdir())) > 1]
    assert left, "a file that was being written stays beside the tree"
    for path in (left[0], left[-1], killed[-1]):
        again = [sys.executable, "-m", "kpitree", "set", str(path), "a", "value=3"]
        subprocess.run(again, check=True, capture_output=True)
        assert path.read_text("utf-8") == OLD.replace("1 ", "3 ")
        assert load_tree(path).root == "a"


def test_nothing_is_left_of_a_write_that_is_done(tmp_path: Path) -> None:
    path = tmp_path / "tree.toml"
    path.write_text(OLD, "utf-8")
    subprocess.run(
        [sys.executable, "-m", "kpitree", "set", str(path), "a", "value=2"],
        check=True,
        capture_output=True,
    )
    assert path.read_text("utf-8") == NEW
    assert list(tmp_path.iterdir()) == [path]
