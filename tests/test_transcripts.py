"""Every transcript is a command and exactly what it answers; `--rewrite` records them anew.

A new case is a file with one line, `$ kpitree ...`; record it, then read the diff.
"""

import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kpitree.cli.app import app

ROOT = Path(__file__).parents[1]
TRANSCRIPTS = sorted((ROOT / "tests" / "transcripts").glob("*.txt"))


def test_there_are_transcripts() -> None:
    assert len(TRANSCRIPTS) >= 10


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(
    transcript: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(ROOT)  # the paths in a transcript are those a reader would type
    command = transcript.read_text("utf-8").splitlines()[0]
    _prompt, _program, *args = shlex.split(command)
    result = CliRunner().invoke(app, args)
    actual = f"{command}\n{result.output}[exit {result.exit_code}]\n"
    if request.config.getoption("--rewrite"):
        transcript.write_text(actual, "utf-8")
    assert actual == transcript.read_text("utf-8")
