"""Words from files are shown, never obeyed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.render.words import (
    in_running_text,
    json_safe,
    markdown_paragraph,
    markdown_safe,
    spreadsheet_safe,
    visible,
)

ACTING = {*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F)}
ACTING |= {*range(0x2066, 0x206A), *range(0xD800, 0xE000)}
any_text = st.text(st.characters(codec=None, categories=None))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("\x7f\x9b", r"\x7f\x9b"),
        ("abc\u202ecba", r"abc\u202ecba"),
        ("\u2067\u2028", r"\u2067\u2028"),
        ("\ud800", r"\ud800"),
        ("[bold]:smile:", "[bold]:smile:"),
        ("Umsatz €, 売上", "Umsatz €, 売上"),
    ],
)
def test_what_acts_is_written_as_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(any_text)
def test_nothing_that_acts_is_left(text: str) -> None:
    assert not ACTING & {ord(char) for char in visible(text)}
    assert visible(visible(text)) == visible(text)


def test_line_breaks_can_be_kept_where_a_format_holds_them() -> None:
    assert visible("a\nb\x1b", keep="\n") == "a\nb\\x1b"


@given(any_text)
def test_json_stays_the_same_json(text: str) -> None:
    document = json_safe(json.dumps({"label": text}, ensure_ascii=False, indent=2))
    assert json.loads(document) == {"label": text}
    assert not (ACTING - {0x0A}) & {ord(char) for char in document}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])  # noqa: RUF001
def test_formulas_of_spreadsheets_are_made_harmless(start: str) -> None:
    assert spreadsheet_safe(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


def test_other_texts_go_to_spreadsheets_as_they_are() -> None:
    assert spreadsheet_safe("Close rate = won / all") == "Close rate = won / all"
    assert spreadsheet_safe("") == ""


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a|b", r"a\|b"),
        ("<script>&", "&lt;script&gt;&amp;"),
        ("`x` *y* _z_", r"\`x\` \*y\* \_z\_"),
        ("[a](b)", r"\[a\](b)"),
        ("a\\|b", r"a\\\|b"),
        ("a\nb", r"a\\nb"),
    ],
)
def test_markdown_shows_words_as_they_stand(text: str, escaped: str) -> None:
    assert markdown_safe(text) == escaped


@pytest.mark.parametrize(
    ("text", "escaped"),
    [("- a", r"\- a"), ("1. a", r"1\. a"), ("2) a", r"2\) a"), ("a - 1. b", "a - 1. b")],
)
def test_markdown_paragraphs_are_no_lists(text: str, escaped: str) -> None:
    assert markdown_paragraph(text) == escaped


@pytest.mark.parametrize(
    ("label", "kpi", "told"),
    [
        ("Close rate", "close_rate", "close rate"),
        ("Google Ads", "google_ads", "Google Ads"),
        ("MRR", "mrr", "MRR"),
        ("Germany", "de", "Germany"),
        ("Deals decided", "deals", "deals decided"),
        ("", "x", ""),
    ],
)
def test_labels_in_running_text(label: str, kpi: str, told: str) -> None:
    assert in_running_text(label, kpi) == told
