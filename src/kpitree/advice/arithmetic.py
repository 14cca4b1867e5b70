"""Formulas that cannot mean what they say: units, averages of averages, sums, signs."""

from collections.abc import Iterator

from kpitree.advice.contract import Finding
from kpitree.advice.dimensions import refused
from kpitree.advice.rates import averaged_rates
from kpitree.advice.roles import Role, counterweights, role_of
from kpitree.advice.signs import signs_to_root
from kpitree.advice.sums import counted_twice as ways_in
from kpitree.advice.units import units_of
from kpitree.tree.model import Branch, Constant, Tree


def units_do_not_multiply(tree: Tree) -> Iterator[Finding]:
    """The formula gives what the unit says, and adds only what can be added."""
    units = units_of(tree)
    for kpi in tree.kpis.values():
        key = ("kpi", kpi.id, "formula" if isinstance(kpi, Branch) else "measure")
        if unlike := units.unlike.get(kpi.id):
            yield Finding(code="KT301", message=f"{kpi.id} {unlike[0]}", key=key, kpi=kpi.id)
        elif kpi.id in units.given and (
            gives := refused(kpi.unit, units.given[kpi.id], tree.currency)
        ):
            message = f"the {key[-1]} of {kpi.id} gives {gives}, and its unit is {kpi.unit}"
            yield Finding(code="KT301", message=message, key=key, kpi=kpi.id)


def average_of_averages(tree: Tree) -> Iterator[Finding]:
    """The rate of a whole is not the mean of the rates of its parts."""
    for kpi, said in averaged_rates(tree):
        key = ("kpi", kpi, "formula" if isinstance(tree.kpis[kpi], Branch) else "measure")
        yield Finding(code="KT302", message=f"{kpi} {said}", key=key, kpi=kpi)


def counted_twice(tree: Tree) -> Iterator[Finding]:
    """A sum has each of its parts once."""
    for kpi, part, count, through in ways_in(tree):
        message = f"{kpi} counts {part} {'twice' if count == 2 else f'{count} times'}"
        if through:
            itself = ["by itself"] if part in through else []
            others = " and ".join(one for one in through if one != part)
            message += f": {' and '.join([*itself, f'by way of {others}'])}"
        yield Finding(code="KT303", message=message, key=("kpi", kpi, "formula"), kpi=kpi)


def direction_against_formula(tree: Tree) -> Iterator[Finding]:
    """What the formula says is good for the goal is what the KPI calls good."""
    root = tree.kpis[tree.root]
    if root.direction == "range":
        return
    weights = counterweights(tree)
    for name, sign in signs_to_root(tree).items():
        kpi = tree.kpis[name]
        if kpi.target is None or kpi.direction == "range" or name in weights:
            continue
        if role_of(tree, kpi) is Role.GUARDRAIL or sign == 0:
            continue
        good = root.direction if sign > 0 else _other(root.direction)
        if kpi.direction != good:
            way = "raises" if sign > 0 else "lowers"
            where = ", where less is better" if root.direction == "down" else ""
            message = (
                f"the direction of {name} is {kpi.direction}, yet more of it {way}"
                f" {tree.root}{where}"
            )
            yield Finding(code="KT304", message=message, key=("kpi", name), kpi=name)


def _other(direction: str) -> str:
    return "down" if direction == "up" else "up"


def bare_assumption(tree: Tree) -> Iterator[Finding]:
    """Whoever reads an assumption can tell where it comes from."""
    for kpi in tree.kpis.values():
        if isinstance(kpi, Constant) and not kpi.description:
            message = f"{kpi.id} is an assumption without a description"
            yield Finding(code="KT305", message=message, key=("kpi", kpi.id, "value"), kpi=kpi.id)
