"""`kpitree init` on a real pseudo-terminal, with answers typed into it."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pexpect

PROMPT = r"\] > "
CTRL_C, CTRL_D = "\x03", "\x04"
MOST = 60  # questions, so that a mistake in a test ends


@dataclass(frozen=True)
class Session:
    """text: all that stood on the terminal. code: the exit code. asked: how many prompts."""

    text: str
    code: int | None
    asked: int


def talk(folder: Path, answers: Sequence[str] = (), *arguments: str) -> Session:
    """Type the answers, then Enter to whatever is asked. CTRL_C and CTRL_D are pressed."""
    environment = {**os.environ, "LOGNAME": "sam", "TERM": "xterm", "PYTHONWARNINGS": "error"}
    child = pexpect.spawn(
        sys.executable,
        ["-m", "kpitree", "init", *arguments],
        cwd=str(folder),
        env=environment,
        encoding="utf-8",
        dimensions=(60, 120),
        timeout=60,
    )
    typed, text = list(answers), ""
    asked = 0
    while child.expect([PROMPT, pexpect.EOF]) == 0:
        text += child.before + "] > "
        asked += 1
        assert asked < MOST, text
        answer = typed.pop(0) if typed else ""
        if answer in (CTRL_C, CTRL_D):
            child.send(answer)
        else:
            child.sendline(answer)
    text += child.before
    child.close()
    return Session(text.replace("\r\n", "\n"), child.exitstatus, asked)
