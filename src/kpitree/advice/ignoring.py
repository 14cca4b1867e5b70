"""`ignore` in a tree file: what is left out, and codes there that leave out nothing."""

from collections.abc import Iterable, Iterator

from kpitree.advice.contract import Finding
from kpitree.advice.rules import ABOUT_IGNORE, BY_CODE, NEEDLESS_IGNORE, UNKNOWN_CODE
from kpitree.tree.model import Tree
from kpitree.tree.positions import KeyPath

Place = tuple[KeyPath, str]  # where an `ignore` stands, and one of its codes


def without_ignored(
    tree: Tree, findings: Iterable[Finding], run: frozenset[str]
) -> Iterator[Finding]:
    """The findings that are wanted, and what is to be said of `ignore` itself.

    A KPI's own `ignore` comes before the tree's. run: the codes of the rules that were run: of
    others nobody can say that there was nothing to ignore.
    """
    used: set[Place] = set()
    for found in findings:
        place = _ignored_by(tree, found)
        if place is None:
            yield found
        else:
            used.add((place, found.code))
    for about in _about_ignore(tree, used, run):
        if about.code in run and _ignored_by(tree, about) is None:
            yield about


def _ignored_by(tree: Tree, found: Finding) -> KeyPath | None:
    if found.kpi is not None and found.code in tree.kpis[found.kpi].ignore:
        return ("kpi", found.kpi, "ignore")
    return ("tree", "ignore") if found.code in tree.ignore else None


def _about_ignore(tree: Tree, used: set[Place], run: frozenset[str]) -> Iterator[Finding]:
    for key, code, kpi in _ignores(tree):
        what = f"the tree ignores {code}" if kpi is None else f"{kpi} ignores {code}"
        if code not in BY_CODE:
            yield Finding(
                code=UNKNOWN_CODE, message=f"{what}, and there is no such code", key=key, kpi=kpi
            )
        elif code in run - ABOUT_IGNORE and (key, code) not in used:
            message = f"{what}, and there is nothing to ignore"
            yield Finding(code=NEEDLESS_IGNORE, message=message, key=key, kpi=kpi)


def _ignores(tree: Tree) -> Iterator[tuple[KeyPath, str, str | None]]:
    for code in dict.fromkeys(tree.ignore):
        yield ("tree", "ignore"), code, None
    for kpi in tree.kpis.values():
        for code in dict.fromkeys(kpi.ignore):
            yield ("kpi", kpi.id, "ignore"), code, kpi.id
