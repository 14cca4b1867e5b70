"""Broken data through the real command: the exact message, exit 3, and never a traceback."""

import gzip
import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest
from click.testing import Result
from typer.testing import CliRunner

from kpitree.cli.app import app
from kpitree.data import files

GOOD = "day,amount,stage\n2026-01-05,10,won\n2026-01-06,20.5,lost\n"
TREE = """
[tree]
name = "Broken"

[sources.data]
{keys}

[kpi.revenue]
measure = "{measure}"
"""


@pytest.fixture(autouse=True)
def _fresh_input() -> Iterator[None]:
    files.spooled_input.cache_clear()
    yield
    files.spooled_input.cache_clear()


def packed(text: str, *, to: int | None = None) -> bytes:
    return gzip.compress(text.encode(), mtime=0)[:to]


def parquet(**columns: list[object]) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(columns).write_parquet(buffer)
    return buffer.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """What the folder of the tree holds, what the tree says of it, and what is then said."""

    says: str
    holds: dict[str, str | bytes] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    measure: str = "sum(amount)"
    exit_code: int = 3


CASES: dict[str, Broken] = {}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_file_is_named(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = CASES[name]
    result = evaluate(case, tmp_path, monkeypatch)
    assert result.stderr == case.says.lstrip("\n") + "\n"
    assert (result.exit_code, result.stdout) == (case.exit_code, "")


def evaluate(case: Broken, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    for path, contents in case.holds.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(contents if isinstance(contents, bytes) else contents.encode())
    keys = {"path": "data.csv", "time": "day"} | case.keys
    said = "\n".join(f"{key} = '{value}'" for key, value in keys.items())
    (folder / "tree.toml").write_text(TREE.format(keys=said, measure=case.measure))
    monkeypatch.chdir(folder)
    return CliRunner().invoke(app, ["eval", "tree.toml"])
