"""From a checked tree to all advice about it: every rule looks, then `ignore` is heeded."""

from collections.abc import Iterable
from datetime import date

from kpitree.advice.contract import Finding
from kpitree.advice.ignoring import without_ignored
from kpitree.advice.rules import ABOUT_IGNORE, OUT_OF_DATE, RULES, TAKES_DATA
from kpitree.advice.selecting import ALL
from kpitree.advice.smart import out_of_date
from kpitree.tree.model import Tree


def advise(
    tree: Tree,
    codes: frozenset[str] = ALL,
    *,
    today: date | None = None,
    from_data: Iterable[Finding] | None = None,
) -> list[Finding]:
    """What the rules with these codes find, rule by rule, each in the order of the tree file.

    tree: with the targets of its table, if it has one (roles.with_targets).
    today: the day that deadlines are held against; None: they are not.
    from_data: what the rules that take data have found; None: they were not run.
    """
    run = codes & runnable(dated=today is not None, data=from_data is not None)
    found = [
        finding
        for rule in RULES
        if rule.look is not None and rule.code in run
        for finding in rule.look(tree)
    ]
    if today is not None:
        found += out_of_date(tree, today)
    found += from_data or ()
    wanted = (one for one in found if one.code in run)
    return list(dict.fromkeys(without_ignored(tree, wanted, run)))


def runnable(*, dated: bool, data: bool) -> frozenset[str]:
    """The codes of the rules that can be run, with or without a day and data."""
    looks = {rule.code for rule in RULES if rule.look is not None}
    day = {OUT_OF_DATE} if dated else set()
    return frozenset(looks | ABOUT_IGNORE | day) | (TAKES_DATA if data else frozenset())
