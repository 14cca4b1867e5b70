"""Words from users' files, made harmless for the place they are shown in.

Labels, names and messages are data: they may hold terminal escapes, characters that reorder
a line, a spreadsheet's formulas or markdown. They are shown, never obeyed.
"""

import re
from typing import Final

from kpitree.tree.sheets.protected import FORMULA_STARTS

# C0, DEL and C1 control characters; line separators; bidirectional embeddings, overrides and
# isolates; and lone surrogates, which no encoding can write.
_HIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_SHORT: Final = {"\n": r"\n", "\t": r"\t", "\r": r"\r"}
_MARKDOWN: Final = re.compile(r"[\\`*_{}\[\]|~#$]")
_MARKDOWN_START: Final = re.compile(r"^(\s*\d*)([-+=:.)])")
_HTML: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def visible(text: str, *, keep: str = "") -> str:
    r"""The text on one line, with characters that act instead of showing written as \x1b.

    keep: characters left as they are, such as line breaks where a format can hold them.
    """

    def shown(found: re.Match[str]) -> str:
        char = found[0]
        if char in keep:
            return char
        code = ord(char)
        return _SHORT.get(char) or (f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}")

    return _HIDDEN.sub(shown, text)


def json_safe(document: str) -> str:
    r"""A JSON document with such characters as \uXXXX (they can only stand inside strings)."""

    def escaped(found: re.Match[str]) -> str:
        return found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}"

    return _HIDDEN.sub(escaped, document)


def spreadsheet_safe(text: str) -> str:
    """The text with a leading apostrophe if a spreadsheet would run it as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def markdown_safe(text: str) -> str:
    """The text as it stands, within a line or a cell of a GitHub-flavoured table."""
    plain = _MARKDOWN.sub(lambda found: f"\\{found[0]}", visible(text))
    return re.sub("[&<>]", lambda found: _HTML[found[0]], plain)


def markdown_paragraph(text: str) -> str:
    """The same where a line starts: neither a list, a heading nor a quotation."""
    return _MARKDOWN_START.sub(r"\1\\\2", markdown_safe(text))


def in_running_text(label: str, kpi: str) -> str:
    """A KPI's label inside a sentence: "close rate", but "MRR" and "Google Ads".

    The capital goes only where it merely begins the label: the label's first word is one of
    the KPI's name, and no other letter of the label is a capital.
    """
    first_word = label.split(" ", 1)[0]
    if first_word.casefold() in kpi.casefold().split("_") and label[1:] == label[1:].lower():
        return label[:1].lower() + label[1:]
    return label
