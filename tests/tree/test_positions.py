"""On which line, and at which character, a key and each part of its text stands."""

import tomllib
from pathlib import Path

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from kpitree.tree.excerpt import excerpt
from kpitree.tree.positions import spots
from kpitree.tree.toml import TomlFile, read_toml

EXAMPLE = '''\
# [kpi.comment]  a header in a comment; x = 1
[tree]
name = "a # [b] = c"   # [kpi.other]
segments = [           # a list over lines ]
    "region",          # ] with "quotes' in comments
    "channel]",
    { x = "[nested]" },
]
root = """
[kpi.in_text]
label = "not a key"
"""

[ kpi . revenue ]
label = "it's"
formula = "a + b"
target = { "2026-01" = 1, '2026-02' = 2, "2026-\\u0030\\u0033" = 3 }
thresholds.at_risk = "1%"
thresholds . "off_track" = "2%"
[kpi."order \\"value\\""]
value = 1_000.5
deadline = 2026-01-01 10:00:00
[kpi]
inline = { label = "x", formula = "y", benchmark = { value = 1 } }

[[extra.list]]
a = \'\'\'
x = 1
\'\'\'
b = """\\
  [kpi.x] \\"\\" """
c = 5
'''


def toml(text: str) -> TomlFile:
    return TomlFile(Path("tree.toml"), text, tomllib.loads(text))


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("tree",), "[tree]"),
        (("tree", "name"), "name ="),
        (("tree", "segments"), "segments ="),
        (("tree", "root"), "root ="),
        (("kpi",), "[ kpi . revenue ]"),
        (("kpi", "revenue"), "[ kpi . revenue ]"),
        (("kpi", "revenue", "label"), 'label = "it\'s"'),
        (("kpi", "revenue", "formula"), "formula = "),
        (("kpi", "revenue", "target"), "target ="),
        (("kpi", "revenue", "target", "2026-01"), "target ="),
        (("kpi", "revenue", "target", "2026-03"), "target ="),
        (("kpi", "revenue", "thresholds"), "thresholds.at_risk"),
        (("kpi", "revenue", "thresholds", "at_risk"), "thresholds.at_risk"),
        (("kpi", "revenue", "thresholds", "off_track"), "thresholds . "),
        (("kpi", 'order "value"', "value"), "value = 1_000.5"),
        (("kpi", 'order "value"', "deadline"), "deadline"),
        (("kpi", "inline"), "inline"),
        (("kpi", "inline", "benchmark", "value"), "inline"),
        (("extra", "list", "b"), 'b = """'),
        (("extra", "list", "c"), "c = 5"),
    ],
    ids=lambda one: ".".join(one) if isinstance(one, tuple) else "",
)
def test_line_of(key: tuple[str, ...], line: str) -> None:
    file = toml(EXAMPLE)
    found = file.line_of(key)
    assert found is not None
    # [kpi] comes after [kpi.revenue] here and is where a reader looks for the table itself.
    if key == ("kpi",):
        assert file.lines[found - 1] == "[kpi]"
    else:
        assert file.lines[found - 1].startswith(line)


def test_a_key_that_is_not_there_stands_where_its_table_does() -> None:
    file = toml(EXAMPLE)
    assert file.line_of(("kpi", "revenue", "owner")) == file.line_of(("kpi", "revenue"))
    assert file.line_of(("kpi", "nothing", "label")) == file.line_of(("kpi",))
    assert file.line_of(("nothing",)) is None
    assert file.line_of(()) is None


def test_nothing_within_texts_and_comments_is_a_key() -> None:
    assert {key[1] for key in spots(EXAMPLE) if key[0] == "kpi" and len(key) > 1} == {
        "revenue",
        'order "value"',
        "inline",
    }


def test_lines_are_those_of_an_editor(tmp_path: Path) -> None:
    # Python knows more ends of lines than TOML and editors do.
    path = tmp_path / "tree.toml"
    path.write_bytes("# \u2028 \x85\r\n[kpi.a]\r\nvalue = 1\r\n".encode())
    assert read_toml(path).line_of(("kpi", "a", "value")) == 3


# --- laws --------------------------------------------------------------------------------------

Written = tuple[str, str]  # a character, and how a text writes it
CHARS = st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\"'\\")


def _escaped(char: str) -> Written:
    code = ord(char)
    return char, f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


BASIC = st.one_of(
    CHARS.map(lambda char: (char, char)),
    CHARS.map(_escaped),
    st.sampled_from([('"', r"\""), ("\\", r"\\"), ("\t", r"\t"), ("\n", r"\n"), ("'", "'")]),
)
LINES = st.one_of(BASIC, st.sampled_from([("\n", "\n"), ("", "\\\n"), ("", "\\ \n\n \t")]))
LITERAL = st.one_of(CHARS, st.sampled_from('"\\')).map(lambda char: (char, char))
TEXTS = st.one_of(
    st.tuples(st.just('"'), st.lists(BASIC)),
    st.tuples(st.just('"""'), st.lists(LINES)),
    st.tuples(st.just("'"), st.lists(LITERAL)),
    st.tuples(st.just("'''"), st.lists(st.one_of(LITERAL, st.just(("\n", "\n"))))),
)
KEYS = st.sampled_from(["formula", '"formula"', "'formula'", r'"f\u006frmula"'])
NOISE = st.lists(
    st.sampled_from(
        [
            "",
            "# formula = [ {{ '",
            "x{} = [1, [2,\n # ]\n 3]]",
            'x{} = {{ formula = "a", y = [1] }}',
            'x{} = """\nformula = "b" \\\\ """ # "',
            "x{} = '''\nformula = 1\n'''",
            'x{} = "[kpi.b]"',
            "x{}.formula = 2026-01-01 00:00:00",
            "x{} = 2026-01-01",
        ]
    ),
    max_size=6,
)


@given(text=TEXTS, key=KEYS, before=NOISE, after=NOISE)
def test_every_character_of_a_text_is_found(
    text: tuple[str, list[Written]], key: str, before: list[str], after: list[str]
) -> None:
    quotes, pieces = text
    written = "".join(piece for _, piece in pieces)
    if len(quotes) == 3:
        written = "\n" + written  # the first line break after the quotes is not the text's
    noise = [line.format(at) for at, line in enumerate([*before, *after])]
    head = "\n".join(["[kpi.a]", *noise[: len(before)], f"{key} = {quotes}"])
    tail = "\n".join([quotes, *noise[len(before) :]])
    file = toml(head + written + tail)
    value = file.data["kpi"]["a"]["formula"]

    offset = len(head) + (1 if len(quotes) == 3 else 0)
    at = 0
    swallowed = False
    for char, piece in pieces:
        # A line joined to the next by a backslash loses the white space that begins it.
        swallowed = (swallowed and char in " \t\n" and piece == char) or char == ""
        if not swallowed:
            assert value[at] == char
            line, start, end = file.place_of(("kpi", "a", "formula"), (at, at + 1))
            assert _offset(file, line, start) == offset
            assert file.lines[line][start:end] == piece.rstrip("\n")
            at += 1
        offset += len(piece)
    assert at == len(value)


def _offset(file: TomlFile, line: int, column: int) -> int:
    return sum(len(one) + 1 for one in file.lines[:line]) + column


JSON = st.recursive(
    st.one_of(st.integers(-9, 9), st.booleans(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(data=st.dictionaries(st.text(max_size=5), JSON, max_size=5), multiline=st.booleans())
def test_every_key_of_a_file_is_found(data: dict[str, object], multiline: bool) -> None:
    text = tomli_w.dumps(data, multiline_strings=multiline).replace("\r\n", "\n")
    found = spots(text)
    for path in _paths(tomllib.loads(text)):
        assert path in found


def _paths(table: dict[str, object], above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name, value in table.items():
        found.append((*above, name))
        if isinstance(value, dict):
            found.extend(_paths(value, (*above, name)))
    return found


# --- excerpts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "start", "end", "expected"),
    [
        ("a + bb", 4, 6, ("a + bb", "    ^^")),
        ("a", 5, 9, ("a", " ^")),
        ("", 0, 1, ("", "^")),
        ("\ta + b", 1, 2, (" a + b", " ^")),
        ("売上 + x", 5, 6, ("売上 + x", "       ^")),
        ("売上", 0, 2, ("売上", "^^^^")),
        ("e\u0301 + x", 5, 6, ("e\u0301 + x", "    ^")),
        ("\x1b + x", 4, 5, (r"\x1b + x", "       ^")),
        ("\u202e", 0, 1, (r"\u202e", "^^^^^^")),
        ("a" * 300, 200, 201, ("a" * 160, " " * 80 + "^")),
        ("a" * 300, 0, 300, ("a" * 160, "^" * 80)),
    ],
)
def test_excerpt(line: str, start: int, end: int, expected: tuple[str, str]) -> None:
    assert excerpt(line, start, end) == expected
