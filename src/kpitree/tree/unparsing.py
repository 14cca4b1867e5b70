"""A parsed expression written out again, with as few parentheses as its meaning allows.

`parse(spelled(expr)) == expr` for every expression the parser gives.
"""

import keyword
import unicodedata
from typing import Final

from kpitree.numbers import machine_text
from kpitree.tree.expressions import Call, Expr, Flag, Name, Number, Text

OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(9)
_COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})
_WORDS: Final = frozenset({"true", "false", "null", "none", "nan"})


def spelled(expr: Expr) -> str:
    """The expression as an author would write it."""
    return _spelled(expr)[0]


def _within(expr: Expr, least: int) -> str:
    """The expression, in parentheses if it binds less tightly than its place needs."""
    text, binding = _spelled(expr)
    return text if binding >= least else f"({text})"


def _all_within(args: tuple[Expr, ...], least: int) -> list[str]:
    return [_within(arg, least) for arg in args]


def _spelled(expr: Expr) -> tuple[str, int]:
    """The text, and how tightly it binds."""
    match expr:
        case Number(value=value):
            return machine_text(value), SIGN if value < 0 else ATOM
        case Text(value=value):
            return repr(value), ATOM
        case Flag(value=value):
            return ("true" if value else "false"), ATOM
        case Name(id=name, lookup=lookup):
            return _name(name, lookup), ATOM
        case Call():
            return _call(expr)


def _call(expr: Call) -> tuple[str, int]:
    args = expr.args
    match expr.name:
        case "or" | "and" as word:
            binding = OR if word == "or" else AND
            return f" {word} ".join(_all_within(args, binding + 1)), binding
        case "not" if isinstance(args[0], Call) and args[0].name == "in":
            return _membership(args[0], "not in"), COMPARISON
        case "not":
            return f"not {_within(args[0], NOT)}", NOT
        case "in":
            return _membership(expr, "in"), COMPARISON
        case name if name in _COMPARISONS:
            return f"{_within(args[0], SUM)} {name} {_within(args[1], SUM)}", COMPARISON
        case "+":
            return _sum(args), SUM
        case "*":
            return " * ".join([_within(args[0], PRODUCT), *_all_within(args[1:], SIGN)]), PRODUCT
        case "/":
            return f"{_within(args[0], PRODUCT)} / {_within(args[1], SIGN)}", PRODUCT
        case "neg":
            return f"-{_within(args[0], SIGN)}", SIGN
        case "**":
            return f"{_within(args[0], ATOM)} ** {_within(args[1], SIGN)}", POWER
        case _:
            return _function(expr), ATOM


def _sum(args: tuple[Expr, ...]) -> str:
    text = _within(args[0], PRODUCT)
    for arg in args[1:]:
        match arg:
            case Call(name="neg", args=(taken,)):
                text += f" - {_within(taken, PRODUCT)}"
            case _:
                text += f" + {_within(arg, PRODUCT)}"
    return text


def _membership(expr: Call, word: str) -> str:
    value, *items = expr.args
    return f"{_within(value, SUM)} {word} [{', '.join(map(spelled, items))}]"


def _function(expr: Call) -> str:
    args = [spelled(arg) for arg in expr.args]
    if expr.where is not None:
        args.append(f"where={spelled(expr.where)}")
    return f"{expr.name}({', '.join(args)})"


def _name(name: str, lookup: str) -> str:
    parts = name.split(".", 1) if lookup else [name]  # account.region as the author wrote it
    return name if all(map(_is_plain, parts)) else f"col({name!r})"


def _is_plain(name: str) -> bool:
    """Whether the parser reads this text as just this name."""
    return (
        name.isidentifier()
        and not keyword.iskeyword(name)
        and name not in _WORDS
        and not name.startswith("__")
        # The parser reads identifiers as Python does, in this normal form.
        and unicodedata.normalize("NFKC", name) == name
    )
