"""Where new keys and tables go, and what goes with removed ones, in texts written every way."""

import tomllib
from dataclasses import fields
from typing import Any

import msgspec
import pytest

from editing.nasty import ALL_IN_BRACES, DOTTED_AT_THE_TOP, IN_ONE_TABLE, ODD_TEXTS, SCATTERED
from kpitree.errors import UsageError
from kpitree.tree.editing.edits import add_kpi, add_source, remove, set_keys
from kpitree.tree.editing.operands import add_operand
from kpitree.tree.editing.renaming import Renamed, rename
from kpitree.tree.editing.spelling import ORDER, spelled, typed
from kpitree.tree.parsing import parse_formula
from kpitree.tree.schema import KpiTable
from kpitree.tree.unparsing import spelled as spelled_formula

SET: dict[str, tuple[str, tuple[str, ...], Any, str, str]] = {
    # text, path, value, what stood there, what stands there instead
    "below the last key, not behind the comments of the next table": (
        SCATTERED,
        ("kpi", "a", "label"),
        "A",
        "value = 12_000\n# below a",
        'value = 12_000\nlabel = "A"\n# below a',
    ),
    "a number keeps its line's comment": (
        SCATTERED,
        ("kpi", "a", "thresholds", "at_risk"),
        "1%",
        '"0%"    # none',
        '"1%"    # none',
    ),
    "beside the keys of a dotted table": (
        IN_ONE_TABLE,
        ("kpi", "c", "label"),
        "C",
        '\'c\' . "unit" = "number"\n',
        '\'c\' . "unit" = "number"\nc.label = "C"\n',
    ),
    "in braces": (
        IN_ONE_TABLE,
        ("kpi", "b", "owner"),
        "B",
        'per = "year"} }',
        'per = "year"}, owner = "B" }',
    ),
    "in braces within braces": (
        IN_ONE_TABLE,
        ("kpi", "b", "target", "value"),
        7,
        "{value = 5,",
        "{value = 7,",
    ),
    "dotted in braces": (
        ALL_IN_BRACES,
        ("kpi", "b", "thresholds", "off_track"),
        "2%",
        'thresholds.at_risk = "1%"}',
        'thresholds.at_risk = "1%", thresholds.off_track = "2%"}',
    ),
    "a table of headers in braces": (
        ALL_IN_BRACES,
        ("kpi", "d", "value"),
        1,
        '"a - b"} }',
        '"a - b"}, d = { value = 1 } }',
    ),
    "dotted at the top of the file": (
        DOTTED_AT_THE_TOP,
        ("kpi", "a", "label"),
        "A",
        "kpi.a.value = 1\n",
        'kpi.a.value = 1\nkpi.a.label = "A"\n',
    ),
    "as its neighbours are indented": (
        SCATTERED.replace(
            '   label = "B"\ntarget.2026-01 = 5\ntarget."2026-02" = 6\n', "   x = 1\n"
        ),
        ("kpi", "b", "label"),
        "B",
        "   x = 1\n",
        '   x = 1\n   label = "B"\n',
    ),
    "into a header without keys": (
        SCATTERED,
        ("calendar", "grain"),
        "day",
        "[calendar]\n",
        '[calendar]\ngrain = "day"\n',
    ),
    "a header that was missing above its tables": (
        "# of s\n[sources.s.dimensions]\nr = 'r'\n\n[kpi.a]\nvalue = 1\n",
        ("sources", "s", "path"),
        "s.csv",
        "# of s\n",
        '[sources.s]\npath = "s.csv"\n\n# of s\n',
    ),
    "a first calendar": (
        "# of all\n\n# of a\n[kpi.a]\nvalue = 1\n",
        ("calendar", "grain"),
        "day",
        "# of a\n",
        '[calendar]\ngrain = "day"\n\n# of a\n',
    ),
    "a list with comments within is one value": (
        SCATTERED,
        ("kpi", "total", "leads"),
        ["b"],
        "[ # what follows\n  \"a\",    # first\n  'b'\n]",
        '["b"]',
    ),
    "a target by period becomes a number": (
        SCATTERED,
        ("kpi", "b", "target"),
        9,
        'target.2026-01 = 5\ntarget."2026-02" = 6\n',
        "   target = 9\n",
    ),
}


@pytest.mark.parametrize("case", SET)
def test_set(case: str) -> None:
    text, path, value, before, after = SET[case]
    assert before in text
    assert set_keys(text, {path: value}) == text.replace(before, after, 1)


REMOVED = {
    "comments of its own go, those set off stay": (
        ODD_TEXTS,
        "a",
        '# about a\n[kpi.a]\nvalue = 1\n\n# once: label = "old"\n',
        '# once: label = "old"\n',
    ),
    "comments below it go, too": (
        ODD_TEXTS,
        "b",
        '[kpi."b"]\nvalue = 2\ntags = ["a", "b"] # of b\n',
        "",
    ),
    "in braces": (IN_ONE_TABLE, "b", IN_ONE_TABLE.splitlines(keepends=True)[5], ""),
    "its lines alone": (DOTTED_AT_THE_TOP, "b", "kpi.b.value = 2    # two\n", ""),
    "between others in braces": (
        ALL_IN_BRACES,
        "b",
        ' "b" = {value=2, thresholds.at_risk = "1%"},',
        "",
    ),
}


@pytest.mark.parametrize("case", REMOVED)
def test_removed(case: str) -> None:
    text, name, before, after = REMOVED[case]
    assert before in text
    assert remove(text, [name]) == text.replace(before, after)


def test_what_is_scattered_is_removed_everywhere() -> None:
    left = remove(SCATTERED, ["a"])
    assert "kpi.a" not in left
    assert "12_000" not in left
    assert "# below a" not in left
    assert "# first, what is said of a" not in left
    assert "[calendar]\n[kpi.total]" in left


def test_a_removed_last_line_leaves_the_file_without_an_end() -> None:
    assert remove("[kpi.a]\nvalue = 1\n\n[kpi.b]\nvalue = 2", ["b"]) == "[kpi.a]\nvalue = 1"


def test_a_line_for_editors_stays_at_the_top() -> None:
    text = "#:schema ./x.json\n[kpi.a]\nvalue = 1\n\n[kpi.b]\nvalue = 2\n"
    assert remove(text, ["a"]) == "#:schema ./x.json\n\n[kpi.b]\nvalue = 2\n"


def test_a_new_kpi_has_its_keys_in_the_order_of_the_docs() -> None:
    table = {
        "target": {"value": 5, "per": "year"},
        "leads": ["a"],
        "formula": "a * 2",
        "label": 'the "B"',
        "thresholds": {"at_risk": "0%", "off_track": "5%"},
    }
    assert add_kpi("[kpi.a]\nvalue = 1\n\n\n# end\n", "b", table) == (
        '[kpi.a]\nvalue = 1\n\n[kpi.b]\nlabel = \'the "B"\'\nformula = "a * 2"\n'
        'target = { value = 5, per = "year" }\n'
        'thresholds = { at_risk = "0%", off_track = "5%" }\nleads = ["a"]\n\n\n# end\n'
    )


def test_every_key_of_a_kpi_has_its_place() -> None:
    assert sorted(ORDER) == sorted(field.encode_name for field in msgspec.structs.fields(KpiTable))


def test_a_new_source_has_headers_for_its_tables() -> None:
    table = {
        "path": "s.csv",
        "time": "day",
        "dimensions": {"Sales region": "region"},
        "lookup": {"account": {"path": "a.csv", "on": "id"}},
    }
    assert add_source('[tree]\nroot = "a"\n[kpi.a]\nvalue = 1', "s", table) == (
        '[tree]\nroot = "a"\n\n[sources.s]\npath = "s.csv"\ntime = "day"\n\n'
        '[sources.s.dimensions]\n"Sales region" = "region"\n\n'
        '[sources.s.lookup.account]\npath = "a.csv"\non = "id"\n\n[kpi.a]\nvalue = 1'
    )


def test_a_first_kpi() -> None:
    assert add_kpi("", "a", {"value": 1}) == "[kpi.a]\nvalue = 1\n"
    assert add_kpi("# all", "a", {"value": 1}) == "# all\n\n[kpi.a]\nvalue = 1"


@pytest.mark.parametrize(
    ("formula", "operator", "longer"),
    [
        ("a", "*", "a * x"),
        ("a+b", "+", "a+b + x"),
        ("a+b", "-", "a+b - x"),
        ("a+b", "*", "(a+b) * x"),
        ("a - b", "/", "(a - b) / x"),
        ("(a + b)", "*", "((a + b)) * x"),
        ("a / b", "/", "a / b / x"),
        ("a / b", "*", "a / b * x"),
        ("-a", "*", "-a * x"),
        ("-(a + b)", "/", "-(a + b) / x"),
        ("a ** 2", "*", "a ** 2 * x"),
        ("max(a, b)", "*", "max(a, b) * x"),
        ("  a -\tb # why  ", "*", "  (a -\tb) * x # why  "),
        ("a * b", "-", "a * b - x"),
    ],
)
def test_one_more_operand(formula: str, operator: str, longer: str) -> None:
    text = f"[kpi.p]\nformula = {spelled(formula)}\n[kpi.a]\nvalue = 1\n[kpi.b]\nvalue = 2\n"
    new = tomllib.loads(add_operand(text, "p", operator, "x"))["kpi"]["p"]["formula"]
    assert new == longer
    assert (
        parse_formula(new)
        == parse_formula(f"({spelled_formula(parse_formula(formula))}) {operator} x")
        or operator in "+-*"
    )  # a chain is read as one call


def test_renamed_within_formulas_that_keep_their_form() -> None:
    renamed = rename(SCATTERED, "a", "alpha")
    assert isinstance(renamed, Renamed)
    assert "  alpha   # a is named here, too\n  * b\n  + prev(  alpha , 2 )\n" in renamed.text
    assert '  "alpha",    # first\n' in renamed.text
    assert "[kpi.alpha.thresholds]\n" in renamed.text
    assert renamed.places == 6
    assert [one.count for one in renamed.notices] == [4]


def test_a_new_name_is_quoted_where_toml_needs_it() -> None:
    assert "[kpi.größe]" not in rename(SCATTERED, "a", "größe").text
    assert '[kpi."größe"]' in rename(SCATTERED, "a", "größe").text
    assert '"größe".formula = "a+b"' in rename(IN_ONE_TABLE, "c", "größe").text


def test_words_of_a_kpis_name_in_other_places_stay() -> None:
    text = (
        "[sources.s]\npath = 's.csv'\ntime = 'won'\n[sources.s.dimensions]\nwon = 'won'\n"
        "[kpi.won]\nmeasure = \"sum(won, where=won > 0)\"\nsource = 's'\n"
        "[kpi.total]\nformula = 'won * 2 + won_too'\n[kpi.won_too]\nvalue = 1\n"
    )
    expected = text.replace("[kpi.won]", "[kpi.sold]").replace("'won * 2", "'sold * 2")
    assert rename(text, "won", "sold").text == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2_000", 2000),
        ("{ value = 5_0, by = 2026-12-31 }", None),
        ("[1, 2]", [1, 2]),
        ("'a'", "a"),
    ],
)
def test_typed_values_keep_their_spelling(text: str, value: object) -> None:
    new = set_keys("[kpi.a]\nvalue = 1\n", {("kpi", "a", "value"): typed(text)})
    assert new == f"[kpi.a]\nvalue = {text}\n"
    assert value is None or tomllib.loads(new)["kpi"]["a"]["value"] == value


@pytest.mark.parametrize("text", ["", "a", "5%", "1 2", "1\nx = 2", "[1", "1 # no", "{a = 1,}"])
def test_what_is_no_value(text: str) -> None:
    with pytest.raises(UsageError, match="is no value"):
        typed(text)


def test_a_value_that_is_there_is_not_spelled_anew() -> None:
    assert set_keys(SCATTERED, {("kpi", "other", "value"): 16}) == SCATTERED
    assert set_keys(SCATTERED, {("kpi", "other", "value"): 16.0}) != SCATTERED
    assert [field.name for field in fields(Renamed)] == ["text", "places", "notices"]
