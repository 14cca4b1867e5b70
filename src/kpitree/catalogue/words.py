"""Words as they are compared: case, accents, plurals, endings and spellings make no difference.

Two forms of a word: as it is spelled here (`folded`), of which a beginning is enough to find it,
and its stem, which "churned" and "churning" share.
"""

import re
import unicodedata
from functools import cache
from typing import Final

# Words that tell nothing apart: "number of deals created" is found as "deals created".
_IDLE: Final = frozenset({
    "a", "an", "and", "at", "by", "for", "from", "in", "kpi", "kpis", "number", "of", "on",
    "or", "our", "over", "own", "per", "the", "to", "with",
})  # fmt: skip
# British to American where that is more than a letter. "hour" and "four" are no such words.
_SPELLINGS: Final = (
    (re.compile(r"(?<=\w\w)our"), "or"),
    (re.compile(r"illment"), "ilment"),
    (re.compile(r"^(program|catalog)(me|ue)(?=s?$)"), r"\1"),
    (re.compile(r"^(cent)re(?=s?$)"), r"\1er"),
)
# No forms of "market", "account" or "rate": other things.
_WHOLE: Final = frozenset({"marketing", "accounting", "rating", "during", "rated"})
_LEAST: Final = 3  # letters of a word that may stand for the beginning of a longer one


@cache
def folded(text: str) -> tuple[str, ...]:
    """The words of a text: lower case, no accents, no plural, one spelling (s for z)."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return tuple(_spelled(word) for word in re.findall(r"[^\W_]+", letters.replace("'", "")))


def telling(text: str) -> tuple[str, ...]:
    """Those of its words that tell it from others; none where none does."""
    return tuple(word for word in folded(text) if word not in _IDLE)


def same(name: str, text: str) -> bool:
    """Whether two names are one: "click-through", "clickthrough" and "Click through"."""
    if "".join(folded(name)) == "".join(folded(text)):
        return True
    words = telling(text)
    return bool(words) and telling(name) == words


def holds(text: str, word: str) -> bool:
    """Whether a text has the word, which is folded, in any form, or one that begins with it."""
    return any(
        one == word or (len(word) >= _LEAST and one.startswith(word)) or stem(one) == stem(word)
        for one in folded(text)
    )


@cache
def _spelled(word: str) -> str:
    for spelling, other in _SPELLINGS:
        word = spelling.sub(other, word)
    return _singular(word.replace("z", "s"))


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes", "nuses")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@cache
def stem(word: str) -> str:
    """What the forms of a word share: "clos" of close, closed and closing.

    word: folded.
    """
    if word in _WHOLE:
        return word
    if len(word) > 5 and word.endswith("ied"):
        return word[:-3] + "y"
    if word.endswith("isation"):
        return word.removesuffix("ation")
    for ending in ("ing", "ed", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST:
            word = word.removesuffix(ending)
            break
    twice = len(word) > _LEAST and word[-1] == word[-2] and word[-1] not in "aeious"
    return word[:-1] if twice and (word[-1] != "l" or len(word) > 5) else word
