"""Functions made of pieces, and which piece each of them is in at some values."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from kpitree.analysis.arithmetic import highest_degree
from kpitree.analysis.attribution.scope import IndivisibleError
from kpitree.analysis.attribution.tape import Step, Tape
from kpitree.analysis.attribution.ties import Tied
from kpitree.analysis.functions import FUNCTIONS, Crossing

WHY: Final = {
    Crossing.POLE: "a denominator crosses 0 on the way",
    Crossing.JUMP: "a condition changes on the way",
}

ROUNDING: Final = 1e-12  # of two values; they are the same if they differ by less

# None where nothing that counts asks for the value; for an if_else, what its comparisons say.
Regime = int | tuple[float, ...] | None
Regimes = tuple[Regime, ...]
Gap = tuple[int, int | None]  # two slots, or one and 0: a piece ends where they meet

_COMPARISONS: Final = [FUNCTIONS[name] for name in ("==", "!=", "<", "<=", ">", ">=")]
_JOINTS: Final = [FUNCTIONS[name] for name in ("and", "or", "not")]


def comparisons(tape: Tape, slot: int) -> Iterator[Step]:
    """Those that a condition is made of, in the order of reading."""
    step = tape.producers.get(slot)
    if step is None:
        return
    if step.function in _COMPARISONS:
        yield step
    elif step.function in _JOINTS:
        for one in step.args:
            yield from comparisons(tape, one)


def under(tape: Tape, slot: int) -> Tape:
    """The part of a tape that gives the value of one slot."""
    seen, waiting = {slot}, [slot]
    while waiting:
        step = tape.producers.get(waiting.pop())
        new = [] if step is None else [one for one in step.args if one not in seen]
        seen.update(new)
        waiting += new
    return replace(
        tape,
        ranges={one: pair for one, pair in tape.ranges.items() if one in seen},
        steps=tuple(step for step in tape.steps if step.out in seen),
    )


def _piecewise(step: Step, degrees: Sequence[int | None], values: Sequence[float]) -> int | None:
    """The degree of a step as long as it stays in its piece."""
    args = [values[slot] for slot in step.args]
    if step.function in _COMPARISONS or step.function in _JOINTS:
        return 1
    match step.function.crossing:
        case Crossing.THRESHOLD:
            return highest_degree(degrees[1:], args)
        case Crossing.KINK if step.function.regime is not None:
            return highest_degree(degrees, args)
        case _:
            return step.function.degree(degrees, args)


class Switches:
    """The steps of a tape that are made of pieces; `steps` has them operands first.

    straight: whether all that decides runs along straight lines; then none can leave its piece
        and come back.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.steps = tuple(step for step in tape.steps if step.function.regime is not None)
        self.compared = {
            step.out: tuple(comparisons(tape, step.args[0]))
            for step in self.steps
            if step.function.crossing is Crossing.THRESHOLD
        }
        self.straight = all(
            self._is_straight(slot) for step in self.steps for slot in self.deciding(step)
        )
        self._below: dict[int, Tape] = {}

    def below(self, step: Step) -> Tape:
        """Only what the value of a step is made of, to be looked at often."""
        if step.out not in self._below:
            self._below[step.out] = under(self.tape, step.out)
        return self._below[step.out]

    def degree(self) -> int | None:
        """Of the root as a polynomial on every piece; None where it is none."""
        degrees = list(self.tape.degrees)
        for step in self.tape.steps:
            found = _piecewise(step, [degrees[slot] for slot in step.args], self.tape.start)
            degrees[step.out] = found if found != 0 else 1
        return degrees[self.tape.root]

    def _is_straight(self, slot: int | None) -> bool:
        return slot is None or self.tape.degrees[slot] in (0, 1)

    def deciding(self, step: Step) -> Sequence[int]:
        """The slots that a step's piece depends on."""
        if step.out in self.compared:
            return [slot for one in self.compared[step.out] for slot in one.args]
        return step.args[1:] if step.function is FUNCTIONS["/"] else step.args

    def regimes(self, values: Sequence[float]) -> Regimes:
        """The piece each of them is in."""
        if not self.steps:
            return ()
        wanted = [False] * self.tape.size
        wanted[self.tape.root] = True
        found: list[Regime] = []
        for step in reversed(self.tape.steps):
            if wanted[step.out]:
                self._want_args(step, values, wanted)
            if step.function.regime is not None:
                found.append(self.regime(step, values) if wanted[step.out] else None)
        return tuple(reversed(found))

    def _want_args(self, step: Step, values: Sequence[float], wanted: list[bool]) -> None:
        needed = step.function.needed
        if needed is None:
            for slot in step.args:
                wanted[slot] = True
        else:
            for position in needed([values[slot] for slot in step.args]):
                wanted[step.args[position]] = True

    def regime(self, step: Step, values: Sequence[float]) -> Regime:
        """The piece that one of them is in, whether or not anything asks for its value."""
        if math.isnan(values[step.out]):
            return None
        if step.out in self.compared:
            # An unknown one counts as 0.5: it may not equal itself.
            outcomes = [values[one.out] for one in self.compared[step.out]]
            return tuple(0.5 if math.isnan(one) else one for one in outcomes)
        assert step.function.regime is not None
        return step.function.regime([values[slot] for slot in step.args])

    def changed(self, first: Regimes, second: Regimes) -> list[Step]:
        """The kinks and thresholds that lie between, the one nearest the root first; raises
        IndivisibleError at a jump or pole.

        When the switch nearest the root goes over, those under it may no longer count.
        """
        found: list[Step] = []
        for step, one, other in reversed(list(zip(self.steps, first, second, strict=True))):
            if one is None or other is None or one == other:
                continue
            kind = step.function.crossing
            if kind not in WHY:
                found.append(step)
            elif kind is Crossing.JUMP or (one and other):  # 0 / 0 at an end is no crossing
                raise IndivisibleError(step.owner, WHY[kind])
        return found

    def together(self, values: Sequence[float]) -> set[frozenset[int | None]]:
        """What has met, but for rounding."""
        return {
            frozenset(gap)
            for step, regime in zip(self.steps, self.regimes(values), strict=True)
            if regime is not None
            for gap in self._gaps_of(step, regime)
            if self._met(gap, values)
        }

    def _met(self, gap: Gap, values: Sequence[float]) -> bool:
        left, right = gap
        if right is None:
            return values[left] == 0.0
        size = max(abs(values[left]), abs(values[right]))
        return abs(values[left] - values[right]) <= ROUNDING * size

    def gaps(self, regimes: Regimes) -> Iterator[Gap]:
        """What must not meet for all to stay in their pieces, unless it runs straight."""
        for step, regime in zip(self.steps, regimes, strict=True):
            if regime is None:
                continue
            for gap in self._gaps_of(step, regime):
                if not all(map(self._is_straight, gap)):
                    yield gap

    def _gaps_of(self, step: Step, regime: Regime) -> Iterator[Gap]:
        if step.out in self.compared:
            for one in self.compared[step.out]:
                yield one.args[0], one.args[1]
        elif isinstance(step.function, Tied):
            assert isinstance(regime, int)
            for position, slot in enumerate(step.args):
                if step.function.groups[position] != regime:
                    yield step.args[step.function.groups.index(regime)], slot
        elif step.function in (FUNCTIONS["max"], FUNCTIONS["min"]):
            assert isinstance(regime, int)
            for position, slot in enumerate(step.args):
                if position != regime:
                    yield step.args[regime], slot
        elif step.function is FUNCTIONS["/"]:
            yield step.args[1], None
        elif step.function in (FUNCTIONS["abs"], FUNCTIONS["**"]):
            yield step.args[0], None
