"""Texts that a spreadsheet would run as a formula: an apostrophe before them, and off again."""

from typing import Final

# What spreadsheets run as a formula, the full-width forms included.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - these are the characters meant


def protected(text: str) -> str:
    """The text with an apostrophe before it if a spreadsheet would run it, or if it has such."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_STARTS) else text


def unprotected(text: str) -> str:
    """The text that protected() made this of; any other as it is."""
    has = text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS)
    return text[1:] if has else text
