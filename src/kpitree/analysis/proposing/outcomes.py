"""Rows that end well or badly, such as deals: the column and the words that say which."""

import re
from dataclasses import dataclass
from typing import Final

from kpitree.analysis.proposing.columns import Column
from kpitree.tree.expressions import Call, Expr, Name, Text

_WON: Final = frozenset({"won", "gewonnen", "closed won", "closedwon"})
_LOST: Final = frozenset({"lost", "verloren", "closed lost", "closedlost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Rows that end well or badly: a column, and all the values of it that say so.

    wins, losses: every spelling, the most frequent first.
    """

    column: str
    wins: tuple[str, ...]
    losses: tuple[str, ...]

    @property
    def won(self) -> str:
        """How a person would say it."""
        return self.wins[0].strip()

    @property
    def lost(self) -> str:
        """See won."""
        return self.losses[0].strip()

    @property
    def is_won(self) -> Expr:
        """The row condition."""
        if len(self.wins) == 1:
            return Call("==", (Name(self.column), Text(self.wins[0])))
        return Call("in", (Name(self.column), *map(Text, self.wins)))

    @property
    def is_decided(self) -> Expr:
        """The row condition."""
        return Call("in", (Name(self.column), *map(Text, self.wins + self.losses)))


def outcome_of(column: Column) -> Outcome | None:
    """What a column of states says of how rows ended; None where it does not say both ends."""
    if column.kind != "text" or column.members is None:
        return None
    wins = tuple(one for one in column.members if _word(one) in _WON)
    losses = tuple(one for one in column.members if _word(one) in _LOST)
    return Outcome(column=column.name, wins=wins, losses=losses) if wins and losses else None


def _word(member: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", member.casefold()))
