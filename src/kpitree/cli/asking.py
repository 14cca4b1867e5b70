"""Questions on a terminal: plain lines that a screen reader reads out, and Enter for a default."""

import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from kpitree.cli import console
from kpitree.errors import UsageError
from kpitree.render.words import visible

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[T]):
    """One question.

    text: a line. why: why it is asked, a line. default: what Enter answers, shown in brackets.
    options: lines to choose from, numbered from 1. more: what `?` says.
    read: what an answer means; raises UsageError with the reason where it means nothing.
    """

    text: str
    why: str
    default: str
    read: Callable[[str], T]
    options: tuple[str, ...] = ()
    more: str = ""


class Asker(Protocol):
    """Who answers: a person, or the defaults."""

    def ask(self, question: Question[T]) -> T:
        """The answer. Raises EOFError or KeyboardInterrupt where the person goes away."""
        ...

    def say(self, text: str) -> None:
        """A line between questions."""
        ...


class Defaults:
    """Takes every default, without a word."""

    def ask(self, question: Question[T]) -> T:
        """Raises UsageError where there is no default that could be taken."""
        return question.read(question.default)

    def say(self, text: str) -> None:
        """Nobody listens."""


class Person:
    """Asks on the terminal, again and again until the answer means something."""

    def ask(self, question: Question[T]) -> T:
        """See Asker."""
        lines = [f"\n{question.text}", f"  {question.why}"]
        lines += [f"  {at:>2}  {one}" for at, one in enumerate(question.options, start=1)]
        console.answer("".join(f"{_shown(line)}\n" for line in lines))
        while True:
            answer = self._answer(question.default)
            if answer == "?":
                self.say(f"  {question.more or question.why}")
                continue
            try:
                return question.read(answer or question.default)
            except UsageError as error:
                hint = f" ({error.hint})" if error.hint else ""
                self.say(f"  {error.message}{hint}")

    def say(self, text: str) -> None:
        """See Asker."""
        console.answer(f"{_shown(text)}\n")

    def _answer(self, default: str) -> str:
        console.answer(f"[{_shown(default)}] > ")
        if hasattr(signal, "siginterrupt"):  # not on Windows
            signal.siginterrupt(signal.SIGINT, True)  # polars' own handler lets reading go on
        # Bytes that are no text in the terminal's encoding are shown as such, and refused.
        line = sys.stdin.buffer.readline().decode(sys.stdin.encoding or "utf-8", "replace")
        if not line:
            console.answer("\n")
            raise EOFError
        return line.strip()


def _shown(text: str) -> str:
    return visible(text, keep="\n")
