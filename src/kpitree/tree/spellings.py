"""What is wrong with an expression that Python's parser would not even read, or would misread.

Looks at characters and words only, before and after `ast` has had its say, so that what a
spreadsheet, SQL or a word processor writes is answered with the spelling that is meant, and with
the same words whatever the version of Python.
"""

import keyword
import re
from typing import Final, NamedTuple

MAX_LENGTH: Final = 50_000  # characters
MAX_TERMS: Final = 2_000  # numbers, texts and names; what Python's own parser takes safely
MAX_DEPTH: Final = 50  # calls within calls, nested parentheses, signs in a row

_SPLIT: Final = "break it into several KPIs"
_FILL: Final = "\0"  # stands for each character of a text in quotes; refused everywhere else
_TEXT: Final = re.compile(r"""'(?:[^'\\\n]|\\[^\n])*'|"(?:[^"\\\n]|\\[^\n])*\"""")
_PIECE: Final = re.compile(rf"(?P<text>{_TEXT.pattern})|#[^\n]*|\s")
_ESCAPE: Final = re.compile(
    r"\\(?:x[0-9a-fA-F]{2}|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}|U(?:000(?!0[dD][89a-fA-F])[0-9a-fA-F]{5}|0010[0-9a-fA-F]{4})"
    r"|(?P<odd>[abfvNxuU0-7])|.)"
)
_OPERATORS: Final = frozenset({"and", "or", "not", "in", "is", "if", "else"})
_TERM: Final = re.compile(r"(?P<number>\.?\d[\w.]*(?:(?<=[eE])[+-]\d+)?)|(?P<name>\w[\w.]*)|\0+")
_TOKEN: Final = re.compile(rf"(?:{_TERM.pattern})|\*\*|[=!<>]=|[^\s]")

_OTHER: Final[list[tuple[str, str, str]]] = [
    (r"&&?", "is not known here", "write: and"),
    (r"\|\|?", "is not known here", "write: or"),
    (r"<>|≠|!==", "is not known here", "write: !="),
    (r"===", "is not known here", "write: =="),
    (r"=<|≤", "is not known here", "write: <="),
    (r"=>|≥", "is not known here", "write: >="),
    (r"\^", "is not known here", "write a power as: **"),
    (r"!(?!=)", "is not known here", "write: not"),
    (r"~", "is not known here", "write: not"),
    (r"\?", "is not known here", "write: if_else(condition, a, b)"),
    (r"(?<=\d)\s*%", "is not known here", "write 5 % as: 0.05"),
    (r"%", "is not known here", "there is no remainder; write 5 % as: 0.05"),
    (r"//", "is not known here", "write: /"),
    (r":=", "is not known here", "give the expression a KPI of its own"),
    (r"(?<![=<>!:])=(?!=)", "is not a comparison", "write: =="),
    (r";", "is not known here", "separate arguments with a comma"),
    (r"[−–—]", "is not a minus here", "write: -"),
    (r"[×·⋅∙]", "is not known here", "write: *"),
    (r"[÷∕]", "is not known here", "write: /"),  # noqa: RUF001 - the characters meant
    (r"[“”„«»‘’‚`´]", "is no quotation mark here", "write texts as: 'won'"),  # noqa: RUF001 - these
    (r"\\", "is not known here", "an expression may run over several lines without it"),
    (r"@", "is not known here", ""),
    (r"[$€£¥]", "is not known here", "numbers stand alone; the unit is a key of the KPI"),
    (r"\(\s*\*\s*\)", "is not known here", "all rows are counted by: count()"),
]
_OTHERS: Final = [(re.compile(pattern), what, hint) for pattern, what, hint in _OTHER]
# Words of SQL and spreadsheets, as they stand between others. Functions are known elsewhere.
_OTHER_WORDS: Final = {
    "and": "write: and",
    "or": "write: or",
    "not": "write: not",
    "in": "write: in ['a', 'b']",
    "is": "write: is_null(x), not is_null(x) or ==",
    "null": "write: is_null(x) or not is_null(x)",
    "like": "write: contains(x, 'a'), starts_with(x, 'a') or matches(x, 'pattern')",
    "between": "write: low <= x and x <= high",
    "distinct": "write: n_unique(x)",
    "case": "write: if_else(condition, a, b)",
    "when": "write: if_else(condition, a, b)",
    "then": "write: if_else(condition, a, b)",
    "end": "write: if_else(condition, a, b)",
    "over": "a past period's value is: prev(x)",
    "where": "write it inside the aggregate: count(where=stage == 'won')",
    "if": "write: if_else(condition, a, b)",
    "else": "write: if_else(condition, a, b)",
}


# Functions of spreadsheets, SQL and data frames -> how the same is written here.
OTHER_FUNCTIONS: Final = {
    "if": "if_else(condition, a, b)",
    "iff": "if_else(condition, a, b)",
    "iif": "if_else(condition, a, b)",
    "ifelse": "if_else(condition, a, b)",
    "case": "if_else(condition, a, b)",
    "where": "if_else(condition, a, b)",
    "and": "a and b",
    "or": "a or b",
    "iferror": "coalesce(a, b)",
    "ifnull": "coalesce(a, b)",
    "nvl": "coalesce(a, b)",
    "is_null": "coalesce(x, 0) for a value in its place",
    "isnull": "is_null(x)",
    "isblank": "is_null(x)",
    "average": "mean(x)",
    "avg": "mean(x)",
    "sumif": "sum(x, where=condition)",
    "sumifs": "sum(x, where=condition)",
    "countif": "count(where=condition)",
    "countifs": "count(where=condition)",
    "averageif": "mean(x, where=condition)",
    "counta": "count(x)",
    "countrows": "count()",
    "distinctcount": "n_unique(x)",
    "count_distinct": "n_unique(x)",
    "nunique": "n_unique(x)",
    "unique": "n_unique(x)",
    "percentile": "quantile(x, 0.9)",
    "stdev": "std(x)",
    "stddev": "std(x)",
    "divide": "a / b",
    "power": "a ** b",
    "pow": "a ** b",
    "ln": "log(x)",
    "lag": "prev(x)",
    "previous": "prev(x)",
    "ytd": "year_to_date(x)",
    "like": "contains(x, 'a'), starts_with(x, 'a') or matches(x, 'pattern')",
    "trim": "strip(x)",
    "lcase": "lower(x)",
    "ucase": "upper(x)",
    "datediff": "days_between(a, b)",
}


class Finding(NamedTuple):
    """What is wrong, at which characters, and what to try."""

    message: str
    at: tuple[int, int]
    hint: str = ""


def plain(text: str) -> tuple[str, str]:
    """The expression on one line, and the same with its texts masked.

    Both are as long as the text, so that places agree. White space and comments outside of
    texts become spaces.
    """

    def one_line(found: re.Match[str]) -> str:
        return found["text"] or " " * len(found[0])

    def masked(found: re.Match[str]) -> str:
        return (_FILL if found["text"] else " ") * len(found[0])

    return _PIECE.sub(one_line, text), _PIECE.sub(masked, text)


def misspelled(text: str, masked: str) -> Finding | None:
    """What can be seen before parsing, the first of these to be found; None when all is well."""
    return (
        _unknown_character(text, masked)
        or _odd_escape(text, masked)
        or _open_quote(masked)
        or _other_spelling(masked)
        or _parentheses(masked)
        or _too_much(masked)
    )


def _unknown_character(text: str, masked: str) -> Finding | None:
    if text.isprintable():
        return None
    for at, (char, bare) in enumerate(zip(text, masked, strict=True)):
        if (
            char == "\0"
            or "\ud800" <= char <= "\udfff"
            or not (bare == _FILL or bare.isprintable())
        ):
            name = f"U+{ord(char):04X}"
            return Finding(f"the character {name} cannot stand here", (at, at + 1), "remove it")
    return None


def _odd_escape(text: str, masked: str) -> Finding | None:
    r"""Escapes that make a text another than its author means, such as \b in a pattern."""
    for found in _PIECE.finditer(text):
        if not found["text"] or masked[: found.start()].endswith(("r", "R")):
            continue
        for escape in _ESCAPE.finditer(found[0]):
            if escape["odd"]:
                at = found.start() + escape.start()
                hint = "a pattern is written r'...', a single \\ as \\\\"
                what = f"'{escape[0]}' in this text stands for another character"
                return Finding(what, (at, at + len(escape[0])), hint)
    return None


def _open_quote(masked: str) -> Finding | None:
    if found := re.search("['\"]", masked):
        hint = f"its closing {found[0]} is missing on this line"
        return Finding("a text is not closed", found.span(), hint)
    return None


def _other_spelling(masked: str) -> Finding | None:
    bare = re.sub(r"\bwhere\s*=(?!=)", lambda found: "w" * len(found[0]), masked)
    for pattern, what, hint in _OTHERS:
        if found := pattern.search(bare):
            return Finding(f"'{found[0].strip()}' {what}", found.span(), hint)
    return None


def _parentheses(masked: str) -> Finding | None:
    """Brackets that do not pair, or are nested too deeply."""
    pairs = {")": "(", "]": "[", "}": "{"}
    opened: list[tuple[str, int]] = []
    for found in re.finditer(r"[()\[\]{}]", masked):
        at = found.start()
        if found[0] not in pairs:
            opened.append((found[0], at))
            if len(opened) > MAX_DEPTH:
                return nested_too_deeply(at)
        elif not opened:
            return Finding(f"this {found[0]!r} closes nothing", found.span())
        elif opened.pop()[0] != pairs[found[0]]:
            return Finding(f"this {found[0]!r} closes another kind of bracket", found.span())
    if opened:
        bracket, at = opened[-1]
        return Finding(f"this {bracket!r} is not closed", (at, at + 1))
    return None


def nested_too_deeply(at: int) -> Finding:
    """What is said where MAX_DEPTH is passed."""
    return Finding(f"nested deeper than {MAX_DEPTH}", (at, at + 1), _SPLIT)


def _too_much(masked: str) -> Finding | None:
    """More than Python's parser takes safely: terms, signs in a row, digits."""
    if signs := re.search(rf"(?:(?:[-+]|\bnot\b)\s*){{{MAX_DEPTH + 1}}}", masked):
        return nested_too_deeply(signs.start())
    terms = list(_TERM.finditer(masked))
    if len(terms) > MAX_TERMS:
        terms = [term for term in terms if not _is_word_of_ours(term, masked)]
    if len(terms) > MAX_TERMS:
        message = f"the expression has {len(terms):,} terms; at most {MAX_TERMS:,} are read"
        return Finding(message, terms[MAX_TERMS].span(), _SPLIT)
    if digits := re.search(r"\d[\d_]{4000,}", masked):  # Python itself refuses 4,301
        return Finding("this number is too large", digits.span())
    return None


def _is_word_of_ours(term: re.Match[str], masked: str) -> bool:
    return term["name"] is not None and (
        term["name"] in _OPERATORS or masked[term.end() :].lstrip()[:1] == "("
    )


def is_several_texts(written: str) -> bool:
    """Whether a text literal, as it is written, is 'a' 'b' rather than one."""
    return _TEXT.fullmatch(written.lstrip("rRuU")) is None


def unreadable(masked: str, at: int, *, rows: bool) -> Finding:
    """Why Python's parser refused an expression without any of the mistakes above.

    at: where it says it failed; used when nothing better is found.
    rows: whether names are columns, which may have spaces.
    """
    at = min(at, len(masked.rstrip()) - 1)
    fallback = Finding("this cannot be read as an expression", (at, at + 1))
    found = _gap(masked, rows=rows) or _reserved(masked, rows=rows) or _odd_number(masked)
    return found or fallback


def too_much_to_read(masked: str, at: int, *, rows: bool) -> Finding:
    """Why Python's parser gave up: for a mistake that sends it astray, or for sheer depth."""
    return _gap(masked, rows=rows) or nested_too_deeply(at)


def _gap(masked: str, *, rows: bool) -> Finding | None:
    """Two terms without an operator between them, or an operator without a term beside it."""
    complete, last = False, None  # whether what was read so far could end here
    for found in _TOKEN.finditer(masked):
        word, opens = found[0], last is not None and last[0] in "([{,"
        if word in ")]}":
            if not complete and not opens:
                return _missing("before", found)
        elif not complete and (word in "([{+-" or word == "not"):
            last = found
            continue
        elif _is_term(found):
            if complete:
                return _foreign(found) or _foreign(last) or _missing_operator(found, rows=rows)
        elif not complete:
            return _foreign(found) or _missing("before", found)
        complete, last = word in ")]}" or _is_term(found), found
    return _missing("after", last) if last is not None and not complete else None


def _is_term(token: re.Match[str]) -> bool:
    is_word = token["number"] or token["name"] or token[0].startswith(_FILL)
    return bool(is_word) and token[0] not in _OPERATORS


def _foreign(token: re.Match[str] | None) -> Finding | None:
    hint = _OTHER_WORDS.get(token[0].lower()) if token else None
    return (
        Finding(f"{token[0]!r} is not known here", token.span(), hint) if token and hint else None
    )


def _missing(where: str, token: re.Match[str]) -> Finding:
    return Finding(f"something is missing {where} this", token.span())


def _missing_operator(token: re.Match[str], *, rows: bool) -> Finding:
    spaces = "; a column with a space in its name is: col('Order Date')" if rows else ""
    hint = f"such as + or *, or a comma between arguments{spaces}"
    return Finding("an operator is missing before this", token.span(), hint)


def _reserved(masked: str, *, rows: bool) -> Finding | None:
    """A word that Python keeps to itself, or a column whose name has such a part."""
    for found in _TERM.finditer(masked):
        name = found["name"] or ""
        if name in ("if", "else"):
            return _foreign(found)
        if keyword.iskeyword(name) and name not in {*_OPERATORS, "True", "False", "None"}:
            hint = f"a column of this name is: col({name!r}); a KPI needs another name"
            return Finding(f"{name!r} is a reserved word", found.span(), hint)
        if name.endswith("."):
            return Finding("something is missing after this", (found.end() - 1, found.end()))
        if rows and "." in name and not all(map(_is_plain, name.split("."))):
            hint = f"such a column is: col({name!r})"
            return Finding(f"{name!r} cannot stand without quotes", found.span(), hint)
    return None


def _is_plain(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name)


def _odd_number(masked: str) -> Finding | None:
    for found in _TERM.finditer(masked):
        number = found["number"] or ""
        if re.fullmatch(r"0\d+(\.\d*)?", number):
            return Finding("a number does not begin with 0", found.span(), "write it without")
        if number.count(".") > 1:
            hint = "a number has one point, and nothing between thousands"
            return Finding(f"{number!r} is not a number", found.span(), hint)
        if re.fullmatch(r"\d[\d_.]*[^\W\d_].*", number):
            hint = "a name does not begin with a digit; a product needs: *"
            return Finding(f"{number!r} is neither a number nor a name", found.span(), hint)
    return None
