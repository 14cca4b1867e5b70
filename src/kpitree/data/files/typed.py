"""Numbers that a file knows as such, in a column that holds texts, too.

Only texts can be read two ways. Where one column has both, its numbers are written as the source
says that texts write them, so that the rule of the column reads them as what they are.
"""

import json
import re
from collections.abc import Mapping
from typing import Final

import polars as pl

from kpitree.data.files.cleaning import Rule
from kpitree.data.files.found import Files

Types = Mapping[str, pl.DataType]

_LINE: Final = "line:"
_TYPED: Final = "typed:"
_TEXTS: Final = "texts:"


def misread(rules: Mapping[str, Rule]) -> dict[str, str | None]:
    """The columns whose rule reads 1.234 as another number, or not at all; with its `decimal`."""
    return {
        name: rule.decimal
        for name, rule in rules.items()
        if rule.decimal == "," or (rule.kind == "number" and rule.decimal is None)
    }


def written(number: pl.Expr, decimal: str | None) -> pl.Expr:
    """Numbers as a rule reads them that would misread them. number: texts such as 1.5 and 1e-7."""
    if decimal == ",":
        return number.str.replace(".", ",", literal=True)
    exact = number.str.contains("[eE]") | ~number.str.contains(".", literal=True)
    return pl.when(exact).then(number).otherwise(number + pl.lit("e0"))


# --- NDJSON ---------------------------------------------------------------------------------------


def numbers_and_texts(
    files: Files, rules: Mapping[str, Rule]
) -> tuple[frozenset[str], frozenset[str]]:
    """The columns misread() that hold broken numbers somewhere, and those that hold texts."""
    names = list(misread(rules))
    if not names:
        return frozenset(), frozenset()
    line = pl.col(_LINE)
    lines = pl.scan_lines(list(files.paths), name=_LINE, glob=files.remote)
    asked = [
        line.str.contains(_key(name) + pattern).any().alias(f"{kind}{at}")
        for at, name in enumerate(names)
        for kind, pattern in ((_TYPED, "-?[0-9]+[.eE]"), (_TEXTS, '"'))
    ]
    found = lines.select(asked).collect(engine="streaming").row(0, named=True)
    return (
        frozenset(name for at, name in enumerate(names) if found[f"{_TYPED}{at}"]),
        frozenset(name for at, name in enumerate(names) if found[f"{_TEXTS}{at}"]),
    )


def scan_rewritten(files: Files, types: Types, rules: Mapping[str, Rule]) -> pl.LazyFrame:
    """As lines.scan_known, with the numbers of columns misread() written as their rules read them.

    types: String for these.
    """
    lines = pl.scan_lines(
        list(files.paths),
        name=_LINE,
        glob=files.remote,
        include_file_paths=files.path_column,
    )
    line = pl.col(_LINE)
    for name, decimal in misread(rules).items():
        key, mark = f"({_key(name)})", decimal or "."
        if decimal is None:  # 1.5 becomes "1.5e0", which has one reading
            line = line.str.replace_all(key + r"(-?[0-9]+\.[0-9]+)(\s*[,}])", '${1}"${2}e0"${3}')
        line = line.str.replace_all(
            key + r"(-?[0-9]+)(?:\.([0-9]+))?([eE][-+]?[0-9]+)", f'${{1}}"${{2}}{mark}${{3}}${{4}}"'
        )
        if decimal is not None:
            line = line.str.replace_all(
                key + r"(-?[0-9]+)\.([0-9]+)", f'${{1}}"${{2}}{mark}${{3}}"'
            )
    return (
        lines.filter(pl.col(_LINE).str.strip_chars() != "")
        .with_columns(line.str.json_decode(pl.Struct(dict(types))))
        .unnest(_LINE)
    )


def _key(name: str) -> str:
    """The regular expression of a key and what stands before its value."""
    texts = dict.fromkeys((json.dumps(name, ensure_ascii=False), json.dumps(name)))
    return rf"(?:{'|'.join(map(re.escape, texts))})\s*:\s*"
