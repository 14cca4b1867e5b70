"""Text in, checked tree of calls out.

Parsed with the standard library's `ast`, then checked node by node against a list of what
is allowed (expressions.py). Nothing of a tree file is ever executed as code.
"""

import ast
import math
import re
import warnings
from typing import Final

from kpitree.errors import did_you_mean
from kpitree.tree.expressions import (
    AGGREGATES,
    CONDITIONS,
    FORMULA,
    KINDS,
    MANY,
    MEASURE,
    OPERATORS,
    OVER_TIME,
    ROW,
    Call,
    Expr,
    ExpressionError,
    Flag,
    Name,
    Number,
    Place,
    Signature,
    Text,
    calls_in,
    names_in,
)
from kpitree.tree.spellings import (
    MAX_DEPTH,
    MAX_LENGTH,
    OTHER_FUNCTIONS,
    is_several_texts,
    misspelled,
    nested_too_deeply,
    plain,
    too_much_to_read,
    unreadable,
)

MAX_EXPONENT: Final = 100  # of a literal exponent, either sign
_DOT: Final = "a looked-up column is: lookup.column; a column with a dot in its name: col('a.b')"
_TURNED: Final = {"nc": "write: if_else(condition, 1, 0)", "cn": "such as: x > 0"}


def parse_formula(text: str) -> Expr:
    """Arithmetic over KPI names. Raises ExpressionError."""
    return _parse(text, "formula", FORMULA, "n")


def parse_measure(text: str) -> Expr:
    """Aggregates over row expressions, and arithmetic between them. Raises ExpressionError."""
    return _parse(text, "measure", MEASURE, "n")


def parse_row(text: str) -> Expr:
    """A value computed from one row's columns. Raises ExpressionError."""
    return _parse(text, "row", ROW, "*")


def parse_condition(text: str) -> Expr:
    """Something that holds for a row or does not. Raises ExpressionError."""
    return _parse(text, "row", ROW, "c")


_BINARY: Final = {
    ast.Add: "+",
    ast.Sub: "+",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
}
_COMPARE: Final = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


# What Python's parser may warn of: escapes that it does not know, words right behind a number.
_WARNED_OF = re.compile(r"\\|\d\.?[^\W\d]")


def _parse(text: str, language: str, functions: dict[str, Signature], kind: str) -> Expr:
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"the expression has {len(text):,} characters; at most {MAX_LENGTH:,} are read",
            (0, 1),
            "break it into several KPIs",
        )
    line, masked = plain(text)
    if not masked.strip():
        raise ExpressionError("the expression is empty", (0, 1))
    if found := misspelled(text, masked):
        raise ExpressionError(*found)
    indent = len(line) - len(line.lstrip(" "))
    reader = _Reader(line, indent, language, functions)
    body = _python(line, masked, indent, rows=language != "formula")
    expr = reader.read(body, functions, 0)
    reader.expect(expr, kind)
    return expr


def _python(line: str, masked: str, indent: int, *, rows: bool) -> ast.expr:
    """Python's syntax tree of the expression, or why there is none."""
    try:
        if not _WARNED_OF.search(line):  # ten thousand times to change the filters takes its time
            return ast.parse(line.strip(" "), mode="eval").body
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about Python's manners, which are not the author's
            return ast.parse(line.strip(" "), mode="eval").body
    except SyntaxError as error:
        at = (error.offset or 1) - 1 + indent
        raise ExpressionError(*unreadable(masked, at, rows=rows)) from None
    except (RecursionError, MemoryError):
        raise ExpressionError(*too_much_to_read(masked, indent, rows=rows)) from None


class _Reader:
    """Turns Python's syntax tree into ours, refusing whatever is not on the list."""

    def __init__(
        self, line: str, indent: int, language: str, functions: dict[str, Signature]
    ) -> None:
        self.raw = line.strip(" ").encode()
        self.line = line
        self.indent = indent
        self.language = language
        self.functions = functions

    def place(self, node: ast.expr | ast.keyword) -> Place:
        first = self.offset(node.col_offset)
        last = self.offset(node.end_col_offset)
        return first, max(last, first + 1)

    def offset(self, column: int | None) -> int:
        """The character of the line at a column of Python's, which counts bytes."""
        if column is not None and self.line.isascii():
            return column + self.indent
        return len(self.raw[:column].decode(errors="ignore")) + self.indent

    def fail(self, node: ast.expr | ast.keyword, message: str, hint: str = "") -> ExpressionError:
        return ExpressionError(message, self.place(node), hint)

    def read(self, node: ast.expr, allowed: dict[str, Signature], depth: int) -> Expr:
        at = self.place(node)
        if depth > MAX_DEPTH:
            raise ExpressionError(*nested_too_deeply(at[0]))
        match node:
            case ast.Constant(value=bool() | int() | float() | str()):
                return self.constant(node, at)
            case ast.Name(id=name):
                return self.name(node, name, at, allowed)
            case ast.Attribute(value=ast.Name(id=lookup), attr=column) if self.has_columns:
                return self.name(node, f"{lookup}.{column}", at, allowed, lookup)
            case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult()):
                return self.chain(node, allowed, depth)
            case ast.BinOp(op=op, left=left, right=right) if type(op) in _BINARY:
                name = _BINARY[type(op)]
                sides = (self.read(left, allowed, depth + 1), self.read(right, allowed, depth + 1))
                if name == "**":
                    self.bounded_exponent(right, sides[1])
                return self.call(node, name, sides, allowed)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.read(operand, allowed, depth + 1)
            case ast.UnaryOp(op=ast.USub() | ast.Not() as op, operand=operand):
                arg = self.read(operand, allowed, depth + 1)
                if isinstance(op, ast.USub) and isinstance(arg, Number):
                    return Number(-arg.value, at)
                return self.call(
                    node, "neg" if isinstance(op, ast.USub) else "not", (arg,), allowed
                )
            case ast.BoolOp(op=op, values=values):
                args = tuple(self.read(value, allowed, depth + 1) for value in values)
                return self.call(node, "and" if isinstance(op, ast.And) else "or", args, allowed)
            case ast.Compare():
                return self.comparison(node, allowed, depth)
            case ast.Call(func=ast.Name(id=name)):
                return self.function(node, name, allowed, depth)
        raise self.strange(node)

    @property
    def has_columns(self) -> bool:
        return self.language != "formula"

    def what(self) -> str:
        return {"row": "row expression"}.get(self.language, self.language)

    def strange(self, node: ast.expr) -> ExpressionError:
        """The error for what Python knows and this language does not."""
        match node:
            case ast.Tuple():
                hint = "numbers are written 1234.5; a ',' stands only between arguments"
                return self.fail(node, "a ',' cannot stand here", hint)
            case ast.IfExp():
                hint = "write: if_else(condition, a, b)"
                return self.fail(node, "'if ... else' is not known here", hint)
            case ast.Call(func=ast.Attribute()) if self.has_columns:
                hint = "a function stands before what it is about, such as: lower(x)"
                return self.fail(node, "a function has no '.' before it", hint)
            case ast.Attribute() if self.has_columns:
                return self.fail(node, "a column has one '.' at most", _DOT)
            case ast.Attribute() | ast.Call(func=ast.Attribute()):
                hint = "a KPI has no table or source before it"
                return self.fail(node, "a name stands alone, without a '.'", hint)
            case ast.Call(func=ast.Constant() | ast.BinOp() | ast.Call()):
                return self.fail(
                    node, "an operator is missing before the parenthesis", "such as: *"
                )
            case ast.Subscript():
                hint = "a past period is: prev(x)" if self.language == "formula" else ""
                return self.fail(node, "a name stands alone, without [ ]", hint)
            case ast.List() | ast.Set():
                hint = "" if self.language == "formula" else "write: x in ['a', 'b']"
                return self.fail(node, "a list cannot stand here", hint)
            case ast.Constant(value=None):
                return self.no_value(node, "None")
            case _:
                what = self.what()
                hint = f"a {what} has numbers, names, + - * / **, comparisons and functions"
                return self.fail(node, f"this is not allowed in a {what}", hint)

    def no_value(self, node: ast.expr, name: str) -> ExpressionError:
        hint = (
            "a value in its place is given by: coalesce(x, 0)"
            if self.language == "formula"
            else "ask for it with: is_null(x)"
        )
        return self.fail(node, f"{name!r} is not a value here", hint)

    def constant(self, node: ast.Constant, at: Place) -> Expr:
        match node.value:
            case bool() as flag:
                return Flag(flag, at)
            case int() | float() as number:
                return Number(self.finite(node, number), at)
            case text:
                return self.text(node, str(text), at)

    def text(self, node: ast.expr, value: str, at: Place) -> Text:
        if self.language == "formula":
            hint = "names stand without quotes; conditions on rows belong in a measure"
            raise self.fail(node, f"{value!r} is a text, and a formula has only numbers", hint)
        if is_several_texts(self.line[slice(*at)]):
            raise self.fail(node, "two texts stand side by side", "a ',' is missing between them")
        return Text(value, at)

    def finite(self, node: ast.expr, value: float) -> float:
        try:
            number = float(value)
        except OverflowError:
            number = float("inf")
        if number in (float("inf"), float("-inf")):
            raise self.fail(node, "this number is too large")
        return number

    def name(
        self,
        node: ast.expr,
        name: str,
        at: Place,
        allowed: dict[str, Signature],
        lookup: str = "",
    ) -> Expr:
        if name in ("true", "false"):
            return Flag(name == "true", at)
        if name.startswith("__") or (lookup and ".__" in name):
            raise self.fail(node, f"{name!r} is not allowed: no name begins with two underscores")
        if name in ("null", "none", "nan"):
            raise self.no_value(node, name)
        if allowed is MEASURE:
            hint = f"such as sum({name}); another KPI belongs in a formula"
            raise self.fail(node, f"the column {name!r} stands outside an aggregate", hint)
        return Name(name, at, lookup)

    def chain(self, node: ast.BinOp, allowed: dict[str, Signature], depth: int) -> Expr:
        """a - b + c, read along its left side without recursion, as one call."""
        adds = isinstance(node.op, ast.Add | ast.Sub)
        parts: list[tuple[ast.operator, ast.expr]] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and (
            isinstance(left.op, ast.Add | ast.Sub) if adds else isinstance(left.op, ast.Mult)
        ):
            parts.append((left.op, left.right))
            left = left.left
        args = [self.read(left, allowed, depth + 1)]
        for op, part in reversed(parts):
            arg = self.read(part, allowed, depth + 1)
            if isinstance(op, ast.Sub):
                self.expect(arg, "n")
                arg = Call("neg", (arg,), at=arg.at)
            args.append(arg)
        return self.call(node, "+" if adds else "*", tuple(args), allowed)

    def comparison(self, node: ast.Compare, allowed: dict[str, Signature], depth: int) -> Expr:
        values = [node.left, *node.comparators]
        links: list[Expr] = []
        for op, left, right in zip(node.ops, values, values[1:], strict=False):
            if isinstance(op, ast.In | ast.NotIn):
                if not isinstance(right, ast.List | ast.Tuple) or not right.elts:
                    raise self.fail(right, "'in' needs a list", "write: x in ['a', 'b']")
                items = [self.read(item, allowed, depth + 1) for item in right.elts]
                args = (self.read(left, allowed, depth + 1), *items)
                link = self.call(node, "in", args, allowed)
                negated = isinstance(op, ast.NotIn)
                links.append(self.call(node, "not", (link,), allowed) if negated else link)
            elif type(op) in _COMPARE:
                pair = (self.read(left, allowed, depth + 1), self.read(right, allowed, depth + 1))
                links.append(self.call(node, _COMPARE[type(op)], pair, allowed))
            else:
                hint = "write: is_null(x), not is_null(x) or =="
                raise self.fail(node, "'is' is not known here", hint)
        return links[0] if len(links) == 1 else self.call(node, "and", tuple(links), allowed)

    def function(
        self, node: ast.Call, name: str, allowed: dict[str, Signature], depth: int
    ) -> Expr:
        if name not in allowed:
            raise self.unknown_function(node, name, allowed)
        if name == "col":
            return self.column(node)
        aggregate = allowed[name].aggregate
        around, self.language = self.language, "row" if aggregate else self.language
        args = tuple(self.read(arg, ROW if aggregate else allowed, depth + 1) for arg in node.args)
        where = None
        for keyword in node.keywords:
            if keyword.arg != "where" or not aggregate:
                raise self.fail(keyword, f"{name}() takes no {keyword.arg or '**'}=")
            if where is not None:
                raise self.fail(keyword, "where= stands twice", "join both conditions with: and")
            where = self.read(keyword.value, ROW, depth + 1)
            self.expect(where, "c")
        call = self.call(node, name, args, allowed, where)
        self.language = around
        return call

    def column(self, node: ast.Call) -> Name:
        """col("Order Date"): a column whose name is no identifier."""
        match node:
            case ast.Call(args=[ast.Constant(value=str() as name)], keywords=[]) if name:
                return Name(name, self.place(node))
        hint = "such as: col('Order Date')"
        raise self.fail(node, "col() takes the name of one column in quotes", hint)

    def unknown_function(
        self, node: ast.Call, name: str, allowed: dict[str, Signature]
    ) -> ExpressionError:
        plain_name = name.lower()
        functions = set(allowed) - set(CONDITIONS) - set(OPERATORS) - {"in"}
        if plain_name in functions:
            hint = f"write it small: {plain_name}"
        elif plain_name in AGGREGATES and self.language == "formula":
            hint = "aggregates belong in a measure, on a KPI of their own"
        elif plain_name in AGGREGATES and allowed is ROW:
            hint = "aggregates stand in a measure, and not inside one another"
        elif plain_name in OTHER_FUNCTIONS:
            hint = f"write: {OTHER_FUNCTIONS[plain_name]}"
        elif plain_name in ROW and self.language == "formula":
            hint = "it is about rows, and belongs in a measure"
        elif allowed is MEASURE and plain_name in FORMULA:
            hint = "it goes inside an aggregate, or in a formula over KPIs"
        elif plain_name in OVER_TIME:
            hint = "earlier periods are looked up in a formula, on a KPI of its own"
        else:
            hint = did_you_mean(plain_name, functions)
        return self.fail(node.func, f"there is no function {name!r} in a {self.what()}", hint)

    def call(
        self,
        node: ast.expr,
        name: str,
        args: tuple[Expr, ...],
        allowed: dict[str, Signature],
        where: Expr | None = None,
    ) -> Expr:
        if name not in allowed:
            raise self.fail(node, f"{name!r} is not allowed in a {self.what()}")
        signature = allowed[name]
        least, most = signature.bounds()
        if not least <= len(args) <= most:
            wants = f"at least {least}" if most >= MANY else f"{least} to {most}"
            wants = (
                str(least) if least == most else f"at most {most:,}" if len(args) > MANY else wants
            )
            things = "argument" if wants == "1" else "arguments"
            raise self.fail(node, f"{name}() takes {wants} {things}, not {len(args):,}")
        for position, arg in enumerate(args):
            self.expect(arg, signature.takes[min(position, len(signature.takes) - 1)])
        self.whole_numbers(name, args)
        return Call(name, args, where, self.place(node))

    def whole_numbers(self, name: str, args: tuple[Expr, ...]) -> None:
        """Refuse numbers that must stand written out and do not, or are out of bounds."""
        number = args[1] if len(args) == 2 else None
        value = number.value if isinstance(number, Number) else math.nan
        if number and name in OVER_TIME and not (value.is_integer() and 1 <= value <= MANY):
            message = f"{name}() goes back a whole number of periods, 1 to {MANY:,}"
            raise ExpressionError(message, number.at, f"such as: {name}(x, 3)")
        if number and name == "quantile" and not 0 <= value <= 1:
            message = "quantile() takes a level from 0 to 1"
            raise ExpressionError(message, number.at, "such as: quantile(x, 0.9)")

    def bounded_exponent(self, node: ast.expr, exponent: Expr) -> None:
        if names_in(exponent) or any(call.name in AGGREGATES for call in calls_in(exponent)):
            return
        if not isinstance(exponent, Number) or abs(exponent.value) > MAX_EXPONENT:
            raise self.fail(
                node, f"an exponent is one number between -{MAX_EXPONENT} and {MAX_EXPONENT}"
            )

    def expect(self, expr: Expr, kind: str) -> None:
        """Refuse what can be seen to be of the wrong kind; columns are known only with data."""
        found = self.kind(expr)
        if kind == "*" or found in ("*", kind):
            return
        if kind == "n" and isinstance(expr, Text):
            message = f"{expr.value!r} is a text where {KINDS[kind]} is needed"
            raise ExpressionError(message, expr.at, "names stand without quotes")
        if kind == "n" and found == "c" and self.language == "row":
            return  # a condition counts as 1 or 0 in row arithmetic, as in a spreadsheet
        if kind == "d" and found == "t":
            return  # a date may be written as text
        hint = _TURNED.get(kind + found, "")
        raise ExpressionError(f"{KINDS[kind]} is needed here, not {KINDS[found]}", expr.at, hint)

    def kind(self, expr: Expr) -> str:
        match expr:
            case Number():
                return "n"
            case Text():
                return "t"
            case Flag():
                return "c"
            case Name():
                return "n" if self.language == "formula" else "*"
            case Call(name=name):
                return self.gives(name)

    def gives(self, name: str) -> str:
        # Row functions stand inside a measure's aggregates; min and max are numbers everywhere.
        signature = self.functions.get(name) or ROW[name]
        return signature.gives
