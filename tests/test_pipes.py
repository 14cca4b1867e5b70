"""The real program in real pipes: what shell scripts and cron jobs meet."""

import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

ROOT = Path(__file__).parents[1]
KPITREE = [sys.executable, "-m", "kpitree"]
ESCAPE = re.compile(r"\x1b")


def run(
    *arguments: str, env: dict[str, str] | None = None, stdin: IO[bytes] | None = None
) -> subprocess.CompletedProcess[str]:
    """The program, its output in pipes."""
    environment = os.environ | {"PYTHONIOENCODING": "utf-8"} | (env or {})
    return subprocess.run(
        [*KPITREE, *arguments],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env=environment,
        encoding="utf-8",
        stdin=stdin,
    )


def in_bash(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/usr/bin/env", "bash", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


def test_a_pipe_gets_whole_lines_and_no_escape_codes() -> None:
    done = run("eval", "trees/sales.toml", env={"COLUMNS": "40", "TERM": "xterm-256color"})
    assert done.returncode == 0
    assert not ESCAPE.search(done.stdout + done.stderr)
    assert "3,000,000.00" in done.stdout
    assert "…" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) > 80


def test_json_is_json_for_everyone() -> None:
    done = run("eval", "trees/sales.toml", "--format", "json", "--by", "channel")
    found = json.loads(done.stdout, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))
    assert found["schema_version"] == 1
    assert {entry["segment"].get("channel") for entry in found["kpis"]} >= {None, "(none)"}


@pytest.mark.parametrize("arguments", ["eval trees/sales.toml", "--help", "schema"])
def test_head_ends_it_silently(arguments: str) -> None:
    """Enough output that the reader is gone before it is all written."""
    wide = "--by rep,channel --last 12 --format jsonl" if arguments.startswith("eval") else ""
    command = (
        f"'{sys.executable}' -m kpitree {arguments} {wide} | head -n 1; echo ${{PIPESTATUS[0]}}"
    )
    done = in_bash(command)
    assert done.stderr == ""
    *_, status = done.stdout.split()
    assert int(status) in (0, 128 + signal.SIGPIPE)


def test_standard_input_is_a_source() -> None:
    with (ROOT / "sample_data/deals/deals.csv").open("rb") as file:
        piped = run("eval", "trees/sales.toml", "--source", "deals=-", "-q", stdin=file)
    assert piped.returncode == 0, piped.stderr
    assert piped.stdout == run("eval", "trees/sales.toml", "-q").stdout


@pytest.mark.parametrize(
    ("environment", "arguments", "colored"),
    [
        ({}, (), False),
        ({"FORCE_COLOR": "1"}, (), True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, (), False),
        ({"NO_COLOR": "1"}, ("--color", "always"), True),
        ({"FORCE_COLOR": "1"}, ("--color", "never"), False),
    ],
)
def test_who_decides_on_colours(
    environment: dict[str, str], arguments: tuple[str, ...], colored: bool
) -> None:
    done = run("eval", "trees/flights.toml", *arguments, env=environment)
    assert bool(ESCAPE.search(done.stdout)) is colored


def on_a_terminal(columns: int, *arguments: str) -> str:
    """What the command sends to a terminal of that width."""
    leader, follower = pty.openpty()
    environment = os.environ | {"COLUMNS": str(columns), "TERM": "xterm-256color"}
    process = subprocess.Popen(
        [*KPITREE, *arguments],
        stdout=follower,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=environment,
    )
    os.close(follower)
    chunks = []
    while True:
        try:
            chunk = os.read(leader, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not chunk:
            break
        chunks.append(chunk)
    assert process.wait() == 0
    os.close(leader)
    return b"".join(chunks).decode("utf-8").replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [60, 80, 100, 140])
def test_a_terminal_gets_colours_and_lines_that_fit(columns: int) -> None:
    seen = on_a_terminal(columns, "eval", "trees/sales.toml")
    assert ESCAPE.search(seen)
    bare = re.sub(r"\x1b\[[0-9;]*m", "", seen)
    assert max(map(len, bare.splitlines())) <= columns
    assert "Revenue" in bare
    assert "off track" in bare


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "answer.json"
    target.write_text("old", "utf-8")
    target.chmod(0o640)
    assert run("eval", "trees/sales.toml", "-o", str(target)).returncode == 0
    assert json.loads(target.read_text("utf-8"))["tree"] == "Sales"
    assert target.stat().st_mode & 0o777 == 0o640
    before = target.read_bytes()
    failed = run("eval", "trees/sales.toml", "--period", "2030-01", "-o", str(target))
    assert failed.returncode == 3
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["answer.json"]


def test_a_closed_standard_output_is_an_error_and_no_traceback(tmp_path: Path) -> None:
    command = f"{shlex.quote(sys.executable)} -m kpitree eval trees/sales.toml"
    closed = subprocess.run(
        ["sh", "-c", f"{command} >&-"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert closed.returncode == 3
    assert closed.stderr.startswith("error: cannot write to standard output")
    target = shlex.quote(str(tmp_path / "answer.json"))
    into_file = subprocess.run(["sh", "-c", f"{command} -q -o {target} >&-"], cwd=ROOT, check=False)
    assert into_file.returncode == 0
    assert json.loads((tmp_path / "answer.json").read_text("utf-8"))["tree"] == "Sales"


def test_a_full_disk_keeps_the_old_file(tmp_path: Path) -> None:
    """The kernel refuses the write (a file size limit, as a full disk would)."""
    target = tmp_path / "answer.json"
    target.write_text("old", "utf-8")
    program = f"'{sys.executable}' -m kpitree eval trees/sales.toml -q -o '{target}'"
    command = f"ulimit -f 0; trap '' XFSZ; {program}"
    done = in_bash(command)
    assert done.returncode == 3, done.stderr
    assert "cannot write the file" in done.stderr
    assert target.read_text("utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["answer.json"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    done = run("eval", "trees/sales.toml", "-o", str(tmp_path / "no" / "answer.csv"))
    assert done.returncode == 3
    assert "there is no folder" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_is_130() -> None:
    code = (
        "import os, signal, sys\n"
        "import kpitree.pipeline as p\n"
        "p.evaluate = lambda *_: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.argv = ['kpitree', 'eval', 'trees/flights.toml']\n"
        "from kpitree.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 130
    assert "Traceback" not in done.stderr


def test_a_bug_is_70_with_a_traceback_and_where_to_report_it() -> None:
    code = (
        "import sys\n"
        "import kpitree.pipeline as p\n"
        "def broken(*_): raise ZeroDivisionError('a bug')\n"
        "p.evaluate = broken\n"
        "sys.argv = ['kpitree', 'eval', 'trees/flights.toml']\n"
        "from kpitree.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 70
    assert "ZeroDivisionError: a bug" in done.stderr
    assert "please report it" in done.stderr


def test_same_input_same_bytes() -> None:
    first, second = (
        run("eval", "trees/sales.toml", "--format", "json", "--by", "rep") for _ in "12"
    )
    assert first.stdout == second.stdout
    assert len(first.stdout) > 10_000


def test_an_encoding_without_boxes_gets_ascii() -> None:
    done = run("eval", "trees/sales.toml", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert "Order value" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
def test_a_full_standard_output_is_said_and_no_bug() -> None:
    done = in_bash(f"'{sys.executable}' -m kpitree eval trees/sales.toml -q > /dev/full")
    assert done.returncode == 3
    assert done.stderr == "error: cannot write to standard output: No space left on device\n"


LABELLED = """
[tree]
name = "Café – 売上"
[kpi.revenue]
label = "Umsätze – “brutto”"
value = -5
target = 3
"""


@pytest.mark.parametrize("form", ["json", "jsonl"])
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_json_is_json_in_every_encoding(form: str, encoding: str, tmp_path: Path) -> None:
    tree = tmp_path / "tree.toml"
    tree.write_text(LABELLED, "utf-8")
    asked = ["eval", str(tree), "--period", "2026-01", "--format", form]
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    done = subprocess.run([*KPITREE, *asked], capture_output=True, check=True, env=environment)
    text = done.stdout.decode(encoding)
    found = json.loads(text if form == "json" else text.splitlines()[0])
    assert (found["kpis"][0] if form == "json" else found)["label"] == "Umsätze – “brutto”"


@pytest.mark.parametrize("name", ["a.txt", "a.json", "a.csv", "a.md"])
def test_a_file_is_the_same_whatever_the_terminal_can_show(name: str, tmp_path: Path) -> None:
    for encoding in ("ascii", "utf-8"):
        folder = tmp_path / encoding
        folder.mkdir()
        asked = ("eval", "trees/sales.toml", "-q", "-o", str(folder / name))
        assert run(*asked, env={"PYTHONIOENCODING": encoding}).returncode == 0
    assert (tmp_path / "ascii" / name).read_bytes() == (tmp_path / "utf-8" / name).read_bytes()
    assert (tmp_path / "ascii" / name).stat().st_size > 100
