"""How wide a text is, in ems of its font, at the most: fonts differ from reader to reader.

Measured in the widest of the usual fonts (DejaVu Sans, Liberation Sans), rounded up.
"""

import unicodedata
from functools import cache
from typing import Final

_REGULAR: Final = {
    0.3: "'Iijl",
    0.35: " ,./:;\\|·",
    0.4: "()-[]ft",
    0.45: "!r",
    0.5: '"*J`–°²³',
    0.55: "csz",
    0.6: "?L_kvxy",
    0.65: "$0123456789FTabdeghnopqu{}ß€£¥µ",
    0.7: "ABEKPSVXYZ",
    0.75: "CNRU",
    0.8: "&DGHOQ",
    0.85: "#+<=>^w~×÷≥≤↑↓→←",
    0.9: "M",
    1.0: "%Wm…—",
    1.05: "@æœ",
}
_BOLD: Final = {
    0.35: " 'ijl",
    0.4: ",./:;I\\|·",
    0.45: "-f",
    0.5: "!()[]`rt–°²³",
    0.55: '"*',
    0.6: "J_csz",
    0.65: "?Lx",
    0.7: "$0123456789EFTaekovy€£¥",
    0.75: "CPSYZbdghnpqu{}ßµ",
    0.8: "ABKRVX",
    0.85: "#+<=>DGHNU^~×÷≥≤↑↓→←",
    0.9: "&OQ",
    0.95: "w",
    1.0: "@M…—",
    1.05: "%m",
    1.1: "æœ",
    1.15: "W",
}
_EMS: Final = {
    kind: {char: width for width, chars in table.items() for char in chars}
    for kind, table in (("regular", _REGULAR), ("bold", _BOLD))
}
_MONOSPACE: Final = 0.625
_WIDE: Final = 1.05
_SIGN: Final = 1.4  # emoji and other signs, of fonts of their own
_CAPITAL: Final = 1.2  # of scripts that are not in the tables
_SMALL: Final = 0.85


def sans(text: str) -> float:
    """In the sans serif of texts."""
    return sum(_em(char, "regular") for char in text)


def bold(text: str) -> float:
    """In the bold sans serif of labels."""
    return sum(_em(char, "bold") for char in text)


def monospace(text: str) -> float:
    """In the monospace of formulas."""
    return sum(_em(char, "monospace") for char in text)


@cache
def _em(char: str, kind: str) -> float:
    if unicodedata.combining(char):
        return 0.0
    if unicodedata.east_asian_width(char) in "WF" or unicodedata.category(char) in ("So", "Co"):
        return _SIGN if unicodedata.category(char) in ("So", "Co") else _WIDE
    if kind == "monospace":
        return _MONOSPACE
    base = unicodedata.normalize("NFD", char)[0]
    known = _EMS[kind].get(char) or _EMS[kind].get(base)
    if known is not None:
        return known
    return _SMALL if char.islower() else _CAPITAL
