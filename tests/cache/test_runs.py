"""Whole programs: killed at any moment, two at once, on a full disk, while files are replaced."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from cache.kept import settle
from kpitree.cli.app import app

TREE = """
    [tree]
    name = "Orders"
    root = "revenue"
    [sources.orders]
    path = "orders/*.csv"
    time = "day"
    dimensions = { region = "region" }
    [kpi.revenue]
    source = "orders"
    measure = "sum(amount)"
    [kpi.buyers]
    source = "orders"
    measure = "n_unique(buyer)"
"""
ENDINGS = {"additive": TREE[: TREE.index("    [kpi.buyers]")], "other": TREE}
ROWS = 60_000


def write_orders(path: Path, amount: int) -> None:
    frame = pl.DataFrame({"n": pl.int_range(ROWS, eager=True)}).select(
        day=pl.date(2026, 1, 1) + pl.duration(days=pl.col("n") % 59),
        amount=pl.lit(amount),
        region=pl.concat_str(pl.lit("r"), pl.col("n") % 5),
        buyer=pl.col("n") % 1_000,
    )
    new = path.with_name(".new")
    frame.write_csv(new)
    new.replace(path)


@pytest.fixture
def shop(tmp_path: Path, write: Callable[[str, str], Path]) -> Path:
    (tmp_path / "orders").mkdir()
    write_orders(tmp_path / "orders" / "1.csv", 1)
    settle()
    for name, text in ENDINGS.items():
        write(f"{name}.toml", text)
    return tmp_path


def started(shop: Path, tree: str, *more: str, **named: Any) -> subprocess.Popen[str]:
    by = named.pop("by", ("--by", "region"))
    command = [sys.executable, "-m", "kpitree", "eval", f"{tree}.toml", *by]
    environment = os.environ | {"KPITREE_CACHE_DIR": str(shop / "cache")} | named.pop("env", {})
    return subprocess.Popen(
        [*command, "--format", "json", *more],
        cwd=shop,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **named,
    )


def answer(running: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = running.communicate(timeout=120)
    return running.returncode, out, err


def revenue(out: str) -> float:
    return float(json.loads(out)["kpis"][0]["value"])


def unfinished(shop: Path) -> list[Path]:
    return list((shop / "cache").glob("*.unfinished"))


@pytest.mark.parametrize("tree", ENDINGS)
def test_killed_at_any_moment(shop: Path, tree: str) -> None:
    status, right, _ = answer(started(shop, tree, "--no-cache"))
    assert status == 0
    begin = time.perf_counter()
    assert answer(started(shop, tree))[1] == right
    lasts = time.perf_counter() - begin
    for moment in (0.6, 0.75, 0.85, 0.93):
        for path in (shop / "cache").glob("*"):
            path.unlink()
        running = started(shop, tree)
        time.sleep(lasts * moment)
        running.kill()
        running.communicate()
        for _ in range(2):
            assert answer(started(shop, tree))[:2] == (0, right)


def test_killed_while_writing(shop: Path) -> None:
    """Half an entry stays beside its place, is never taken for one, and goes after a while."""
    code = (
        "import os, signal, sys\n"
        "from kpitree.data.cache import store\n"
        "store._digest = lambda body: os.kill(os.getpid(), signal.SIGKILL)\n"
        "sys.argv = ['kpitree', 'eval', 'additive.toml']\n"
        "from kpitree.cli import main\n"
        "main()\n"
    )
    environment = os.environ | {"KPITREE_CACHE_DIR": str(shop / "cache")}
    done = subprocess.run([sys.executable, "-c", code], cwd=shop, env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    [piece] = unfinished(shop)
    assert not list((shop / "cache").glob("*.kpitree"))
    os.utime(piece, (1, 1))
    status, right, err = answer(started(shop, "additive"))
    assert (status, err) == (0, "")
    assert not unfinished(shop)
    assert answer(started(shop, "additive"))[1] == right


def test_several_at_once(shop: Path) -> None:
    right = answer(started(shop, "other", "--no-cache"))[1]
    running = [started(shop, "other") for _ in range(4)]
    assert {answer(one) for one in running} == {(0, right, "")}
    assert not unfinished(shop)
    assert answer(started(shop, "other")) == (0, right, "")


def small_files() -> None:
    """No file may be longer than a few bytes: the write of an entry fails half-way."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


def test_no_room_for_an_entry(shop: Path) -> None:
    right = answer(started(shop, "other", "--no-cache"))[1]
    code, out, err = answer(started(shop, "other", preexec_fn=small_files))
    assert code == 0
    assert json.loads(out)["kpis"] == json.loads(right)["kpis"]
    assert err.count("warning: what was read cannot be kept in") == 1
    assert "File too large; --no-cache does without" in err
    assert not unfinished(shop)
    assert not list((shop / "cache").glob("*.kpitree"))
    assert answer(started(shop, "other")) == (0, right, "")


def test_a_cache_that_cannot_be_written(shop: Path) -> None:
    (shop / "cache").write_text("a file in its place")
    code, out, err = answer(started(shop, "additive"))
    assert code == 0
    assert revenue(out) > 0
    assert err.startswith("warning: what was read cannot be kept in ")
    warnings = json.loads(out)["warnings"]
    assert [warning["code"] for warning in warnings] == ["cache_unwritable"]
    assert answer(started(shop, "additive", "--quiet"))[2] == ""


@pytest.mark.parametrize("cached", [True, False])
def test_a_file_replaced_at_any_moment(shop: Path, cached: bool) -> None:
    """The figures of one state or the other, or an error: never some of each."""
    rights = {revenue(answer(started(shop, "additive", "--no-cache"))[1])}
    file, other = shop / "orders" / "1.csv", shop / "2.csv"
    write_orders(other, 2)
    options = [] if cached else ["--no-cache"]
    rights |= {2 * right for right in rights}
    for moment in (0.32, 0.4, 0.48, 0.56):
        for path in (shop / "cache").glob("*"):
            path.unlink()
        running = started(shop, "additive", *options)
        time.sleep(moment)
        new = shop / ".other"
        new.write_bytes(other.read_bytes())
        aside = shop / ".aside"
        aside.write_bytes(file.read_bytes())
        new.replace(file)
        aside.replace(other)
        code, out, err = answer(running)
        if code == 0:
            assert revenue(out) in rights
        else:
            assert code == 3
            assert "changed while it was read" in err
        code, out, _ = answer(started(shop, "additive", *options))
        assert code == 0
        assert revenue(out) == revenue(answer(started(shop, "additive", "--no-cache"))[1])


# --- the command ---------------------------------------------------------------------------------


def test_the_cache_is_shown_and_cleared(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPITREE_CACHE_DIR", str(shop / "cache"))
    runner = CliRunner()
    empty = json.loads(runner.invoke(app, ["cache", "info", "--format", "json"]).output)
    assert (empty["entries"], empty["bytes"], empty["last_used"]) == (0, 0, None)
    tree = str(shop / "additive.toml")
    assert runner.invoke(app, ["eval", tree, "--no-cache"]).exit_code == 0
    assert not (shop / "cache").exists()
    assert runner.invoke(app, ["eval", tree]).exit_code == 0
    held = json.loads(runner.invoke(app, ["cache", "info", "-f", "json"]).output)
    assert held["folder"] == str(shop / "cache")
    assert held["entries"] == 1
    assert held["bytes"] == sum(path.stat().st_size for path in (shop / "cache").glob("*.kpitree"))
    assert held["enabled"] is True
    said = runner.invoke(app, ["cache", "info"]).output
    assert "entries    1\n" in said
    assert " of at most 1.0 GB\n" in said
    assert runner.invoke(app, ["cache", "clear"]).output.startswith("removed 1 entry, ")
    assert runner.invoke(app, ["cache", "clear"]).output == "removed 0 entries, 0 bytes\n"


def test_turned_off_by_the_environment(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPITREE_CACHE_DIR", str(shop / "cache"))
    monkeypatch.setenv("KPITREE_NO_CACHE", "1")
    runner = CliRunner()
    assert runner.invoke(app, ["eval", str(shop / "additive.toml")]).exit_code == 0
    assert not (shop / "cache").exists()
    assert "in use     no: KPITREE_NO_CACHE is set" in runner.invoke(app, ["cache", "info"]).output


def test_mistakes_of_the_environment(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runner = CliRunner()
    monkeypatch.setenv("KPITREE_CACHE_SIZE", "much")
    for arguments in (["cache", "info"], ["eval", str(shop / "additive.toml")]):
        result = runner.invoke(app, arguments)
        assert result.exit_code == 2
        assert "KPITREE_CACHE_SIZE: 'much' is no size" in result.output
    monkeypatch.delenv("KPITREE_CACHE_SIZE")
    (shop / "file").write_text("no folder")
    monkeypatch.setenv("KPITREE_CACHE_DIR", str(shop / "file"))
    for command in ("clear", "info"):
        result = runner.invoke(app, ["cache", command])
        assert result.exit_code == 3
        assert "the cache is out of reach: Not a directory" in result.output
    result = runner.invoke(app, ["eval", str(shop / "additive.toml")])
    assert result.exit_code == 0
    assert f"cannot be kept in {shop / 'file'}: Not a directory; --no-cache" in result.output
