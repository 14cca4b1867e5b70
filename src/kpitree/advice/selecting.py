"""Which rules are run: codes, or what codes begin with, such as KT1."""

from collections.abc import Sequence
from typing import Final

from kpitree.advice.contract import Rule
from kpitree.advice.rules import BY_CODE, RULES
from kpitree.errors import UsageError, did_you_mean

ALL: Final = frozenset(BY_CODE)


def chosen(select: Sequence[str] = (), leave_out: Sequence[str] = ()) -> frozenset[str]:
    """The codes selected (none named: all) less those left out.

    A rule may also be selected by its name. Raises UsageError for what is neither, and no code
    begins with.
    """
    wanted = _codes(select, "--select") if select else ALL
    return wanted - _codes(leave_out, "--ignore")


def rule_of(code: str) -> Rule:
    """One rule by its code or its name. Raises UsageError with the nearest for an unknown one."""
    for rule in RULES:
        if code.upper() == rule.code or code.lower() == rule.name:
            return rule
    known = [*BY_CODE, *(rule.name for rule in RULES)]
    meant = code.upper() if code[:2].upper() == "KT" else code.lower()
    raise UsageError(
        f"there is no advice {code!r}", where="--explain", hint=did_you_mean(meant, known)
    )


def _nearest(word: str) -> str:
    """Numbers are not like each other because their digits are: of codes the families are told."""
    if word[:2].upper() == "KT":
        families = sorted({code[:3] for code in BY_CODE})
        return f"codes begin with {', '.join(families[:-1])} or {families[-1]}"
    is_code = any(map(str.isdigit, word))
    meant = word.upper() if is_code else word.lower()
    return did_you_mean(meant, BY_CODE if is_code else [rule.name for rule in RULES])


def _codes(words: Sequence[str], option: str) -> frozenset[str]:
    found: set[str] = set()
    for word in words:
        codes = {
            code
            for code, rule in BY_CODE.items()
            if code.startswith(word.upper()) or rule.name == word.lower()
        }
        if not codes or not word:
            raise UsageError(
                f"no code of advice begins with {word!r}", where=option, hint=_nearest(word)
            )
        found |= codes
    return frozenset(found)
