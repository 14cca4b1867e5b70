"""A game: a formula over drivers each of which is either as before or as after."""

from dataclasses import dataclass
from typing import Final

from kpitree.analysis.attribution.division import Sides, Values, formulas_of, with_formulas
from kpitree.tree.expressions import Expr

# Names that no KPI of a file has: of a game's own formula, and of what multiplies a KPI in it.
TERM: Final = "term:"
COEFFICIENT: Final = "coefficient:"

Pair = tuple[float, float]  # values before and after


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """One formula over drivers that are either as before or as after.

    owner: the KPI in whose formula it stands. players: the drivers that moved.
    formulas: by name, operands first; the last one, TERM, is the game's own.
    fixed: values of what does not move: drivers, and formulas where they have one.
    """

    owner: str
    players: dict[str, Pair]
    formulas: dict[str, Expr]
    fixed: Values

    def values(self, moved: Values) -> Values:
        """All values with the players at these."""
        return with_formulas(self.formulas, self.fixed | moved)


def game_of(sides: Sides) -> Game:
    """All of it as one game, in which every KPI keeps its name."""
    drivers = sides.scope.drivers.items()
    return Game(
        owner=sides.scope.kpi,
        players={
            one: (ends.before, ends.after) for one, ends in drivers if ends.before != ends.after
        },
        formulas=formulas_of(sides.tree, sides.scope),
        fixed={one: ends.before for one, ends in drivers if ends.before == ends.after},
    )
