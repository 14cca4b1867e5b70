"""Words and rows on paper: what colour adds is escape codes, and nothing ends in spaces."""

import re

from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from kpitree.render.paint import Rows, painted, words

ESCAPE = re.compile(r"\x1b\[[\d;]*m")
texts = st.text(alphabet="ab 1−k", max_size=6)
pieces = st.tuples(texts, st.sampled_from(["", "good", "bad", "heading"]))
rows = st.lists(st.lists(pieces, max_size=4).map(tuple), max_size=4).map(
    lambda lines: Rows(tuple(lines))
)


@given(st.lists(st.one_of(texts.map(words), rows), max_size=4))
def test_without_colour_it_is_the_same_without_escapes(blocks: list[Text | Rows]) -> None:
    plain = painted(blocks, color=False)
    assert "\x1b" not in plain
    assert ESCAPE.sub("", painted(blocks, color=True)) == plain
    assert not any(line.endswith(" ") for line in plain.split("\n"))


def test_spaces_within_a_row_and_empty_lines_stay() -> None:
    block = Rows(((("a  ", ""), ("b   ", "good")), (), ((" c", ""), ("  ", ""))))
    assert painted([block, Text()], color=False) == "a  b\n\n c\n\n"
