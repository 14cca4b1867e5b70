r"""Regular expressions that every engine understands alike.

A pattern is Rust's, as polars reads it. What other libraries would read otherwise is either
written out (`\d` as the digits of all scripts, `.` as any but a line feed) or refused: a
condition that holds for other rows on another engine is a wrong number that nobody sees.
"""

import re
import sys
import unicodedata
from functools import cache
from itertools import groupby
from typing import Final

from kpitree.errors import SourceError

_SPACES: Final = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_DIGIT: Final = frozenset({"Nd"})
_WORD: Final = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Nd", "Mn", "Mc", "Me", "Pc"})
_CONTROL: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\x0c", "v": "\x0b"}
# Tokens that stand for themselves; everything else a pattern can hold is one of those below.
_TOKEN: Final = re.compile(
    r"(?P<escape>\\.)|(?P<class>\[\^?(?:\\.|[^\]\\])+\])|(?P<group>\((?:\?:|(?!\?)))"
    r"|(?P<repeat>(?:[*+?]|\{\d+(?:,\d*)?\})\??)|(?P<other>.)",
    re.DOTALL,
)
_MEMBER: Final = re.compile(r"\\(.)|(.)", re.DOTALL)


def portable(pattern: str, end: str) -> str:
    """A pattern said so that every library finds the same. end: how this one says the text's end.

    Raises SourceError: it holds something that libraries do not agree on.
    """
    return "".join(_said(token, pattern, end) for token in _TOKEN.finditer(pattern))


def spaces() -> str:
    """The characters that Unicode calls white space, to stand in brackets."""
    return _SPACES


def _said(token: re.Match[str], pattern: str, end: str) -> str:
    text = token[0]
    match token.lastgroup:
        case "escape":
            return _escaped(text[1], pattern)
        case "class":
            return _class(text, pattern)
        case "group":
            return "("  # groups are never asked for what they hold
        case "repeat":
            return text.rstrip("?") if len(text) > 1 else text  # lazy or not, it is found or not
        case _:
            return {".": "[^\n]", "$": end}.get(text, _plain(text, pattern))


def _plain(text: str, pattern: str) -> str:
    if text in "[(":
        raise _refused(text, pattern)
    return text


def _escaped(letter: str, pattern: str) -> str:
    if letter in "dsw":
        return f"[{_members(letter)}]"
    if letter in "DSW":
        return f"[^{_members(letter.lower())}]"
    if letter in _CONTROL:
        return _CONTROL[letter]
    if letter.isalnum():
        raise _refused(f"\\{letter}", pattern)
    return f"\\{letter}"


def _class(text: str, pattern: str) -> str:
    negated = text.startswith("[^")
    inside = text[1 + negated : -1]
    if re.search(r"\[|&&|--|~~", inside):
        raise _refused(text, pattern)
    found = (member.groups() for member in _MEMBER.finditer(inside))
    members = "".join(_member(escaped, plain, pattern) for escaped, plain in found)
    return f"[{'^' * negated}{members}]"


def _member(escaped: str | None, plain: str | None, pattern: str) -> str:
    if escaped is None:
        return plain or ""
    if escaped in "dsw":
        return _members(escaped)
    if escaped in _CONTROL:
        return _CONTROL[escaped]
    if escaped.isalnum():
        raise _refused(f"\\{escaped}", pattern)
    return f"\\{escaped}"


def _refused(what: str, pattern: str) -> SourceError:
    return SourceError(
        f"engines do not agree on {what!r} in the regular expression {pattern!r}",
        hint="they read alike: letters, [classes], \\d \\s \\w . | ( ) * + ? {n,m} ^ and $",
    )


def _members(letter: str) -> str:
    return _SPACES if letter == "s" else _ranges(_DIGIT if letter == "d" else _WORD)


@cache
def _ranges(categories: frozenset[str]) -> str:
    """All characters of some categories, as ranges to stand in brackets."""
    points = (p for p in range(sys.maxunicode + 1) if unicodedata.category(chr(p)) in categories)
    runs = groupby(enumerate(points), key=lambda numbered: numbered[1] - numbered[0])
    ends = ([point for _, point in run] for _, run in runs)
    return "".join(
        chr(run[0]) if len(run) == 1 else f"{chr(run[0])}-{chr(run[-1])}" for run in ends
    )
