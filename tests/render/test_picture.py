"""The tree as a picture: whole XML, everything in its box, nothing that acts."""

import re
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.errors import UsageError
from kpitree.render.drawing import ENDINGS, FORMS, draw, form_of
from kpitree.render.drawing.boxes import EDGE, GAP, WIDTH, Box, boxes_of, extent
from kpitree.render.drawing.widths import bold, monospace, sans
from kpitree.render.outline import outline
from kpitree.render.style import Style
from kpitree.tree.model import Tree
from kpitree.tree.read import load_tree, read_tree

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "trees").glob("*.toml"))
SVG = "{http://www.w3.org/2000/svg}"
Golden = Callable[[str, str], None]


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - of our own making


def drawn(tree: Tree, depth: int | None = None) -> ET.Element:
    return parsed(draw(tree, "svg", Style(depth=depth)))


def many(operands: dict[int, list[int]], label: str = "KPI") -> Tree:
    """KPI k0 is the goal; each is the sum of its operands, or a number."""
    lines = ['[tree]\nroot = "k0"\n']
    for kpi, below in operands.items():
        formula = " + ".join(f"k{one}" for one in below)
        made = f'formula = "{formula}"' if below else "value = 1"
        lines.append(f'[kpi.k{kpi}]\nlabel = "{label} {kpi}"\n{made}\n')
    return read_tree("".join(lines), Path("t.toml"))


def boxes(tree: Tree) -> list[Box]:
    return boxes_of(tree, outline(tree))


def test_the_picture(build: ModuleType, golden: Golden) -> None:
    golden("show.svg", draw(build.sales_tree(), "svg", Style()))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_are_drawn(path: Path) -> None:
    tree = load_tree(path)
    picture = drawn(tree)
    texts = [text.text or "" for text in picture.iter(f"{SVG}text")]
    for kpi in tree.kpis.values():
        assert any(kpi.label.startswith(text[:12]) for text in texts if text), kpi.label
    assert picture.get("role") == "img"
    title, told = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
    assert title is not None
    assert told is not None
    assert title.text == f"{tree.name}: KPI tree"
    assert all(kpi.label in (told.text or "") for kpi in tree.kpis.values())
    assert draw(tree, "svg", Style()) == draw(load_tree(path), "svg", Style())


def test_nothing_acts_or_is_fetched() -> None:
    label = "<script>alert(1)</script>]]> & \\u001b[31m \\u0000 \\u202e &amp; javascript:x"
    text = draw(many({0: [1], 1: []}, label), "svg", Style())
    picture = parsed(text)
    assert {one.tag.removeprefix(SVG) for one in picture.iter()} == {
        "svg", "title", "desc", "style", "rect", "text", "g", "path"
    }  # fmt: skip
    assert not re.search(r"href|url\(|@import|on\w+=", text)
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", text)
    assert r"\x1b[31m" in text


@given(
    st.integers(1, 40).flatmap(
        lambda size: st.tuples(
            st.just(size), st.lists(st.lists(st.integers(1, 39), max_size=4), max_size=size)
        )
    )
)
def test_boxes_do_not_overlap(shape: tuple[int, list[list[int]]]) -> None:
    """Whatever the tree: shared KPIs, deep or wide ones, those beside the root."""
    size, wanted = shape
    below = {
        at: sorted({one for one in (wanted[at] if at < len(wanted) else []) if at < one < size})
        for at in range(size)
    }
    found = boxes(many(below, "A label that is rather long for a box, and goes on"))
    width, height = extent(found)
    for box in found:
        assert box.x >= 0
        assert 0 <= box.y <= box.y + box.height <= height
        assert box.x + WIDTH <= width
        if box.parent is not None:
            assert box.x > found[box.parent].x
    for one, other in combinations(found, 2):
        if one.x == other.x:
            assert one.y + one.height < other.y or other.y + other.height < one.y


@given(st.text(max_size=120))
def test_texts_stay_in_their_box(label: str) -> None:
    tree = many({0: []})
    tree.kpis["k0"] = type(tree.kpis["k0"])(id="k0", label=label, value=1, owner=label)  # type: ignore[call-arg]  # a Constant
    (box,) = boxes(tree)
    assert len([kind for kind, _ in box.lines if kind == "label"]) <= 2
    for kind, text in box.lines:
        width = bold(text) * 13 if kind == "label" else sans(text) * 12
        assert width <= WIDTH - 2 * EDGE + 1e-6
    drawn(tree)


def test_formulas_stay_before_the_edges() -> None:
    """Which bend in the middle of the gap; a digit of DejaVu Sans Mono is 0.602 em wide."""
    tree = read_tree(
        '[tree]\nroot = "k0"\n[kpi.k0]\nformula = "'
        + " + ".join(f"a_rather_long_name_of_a_kpi_{at}" for at in range(1, 30))
        + '"\n'
        + "".join(f"[kpi.a_rather_long_name_of_a_kpi_{at}]\nvalue = 1\n" for at in range(1, 30)),
        Path("t.toml"),
    )
    made = boxes(tree)[0].made_of
    assert (len(made), made[-1][-1]) == (3, "…")
    for text in made:
        assert len(text) * 0.602 * 10.5 < WIDTH + GAP // 2 - EDGE
        assert monospace(text) >= len(text) * 0.602


@pytest.mark.parametrize(
    ("text", "regular", "heavy"),
    [("Wide Wallaby", 6.83, 7.69), ("illicit", 2.33, 2.78), ("Größe %", 4.31, 4.75)],
)
def test_widths_are_those_of_a_wide_font_or_more(text: str, regular: float, heavy: float) -> None:
    """The advances of DejaVu Sans and DejaVu Sans Bold, as their files have them."""
    assert regular <= sans(text) <= regular * 1.1
    assert heavy <= bold(text) <= heavy * 1.1


def test_a_long_name_of_the_tree_is_cut() -> None:
    tree = read_tree('[tree]\nname = "' + "Wide " * 40 + '"\n[kpi.a]\nvalue = 1\n', Path("t.toml"))
    picture = drawn(tree)
    heading = next(picture.iter(f"{SVG}text")).text or ""
    assert heading.endswith("…")
    assert bold(heading) * 18 + 32 <= int(picture.get("width", "0"))


def test_a_shared_kpi_is_drawn_once() -> None:
    found = boxes(many({0: [1, 2], 1: [3], 2: [3], 3: []}))
    assert [(box.repeated, box.lines[0][1]) for box in found] == [
        (False, "KPI 0"),
        (False, "KPI 1"),
        (False, "KPI 3"),
        (False, "KPI 2"),
        (True, "KPI 3 ↑"),
    ]


def test_depth() -> None:
    chain = many({0: [1], 1: [2], 2: []})
    for depth, boxes_drawn in ((0, 1), (1, 2), (None, 3)):
        groups = list(drawn(chain, depth).iter(f"{SVG}g"))
        assert len(groups) - 1 == boxes_drawn


def test_endings_name_formats() -> None:
    assert set(ENDINGS.values()) == set(FORMS)
    assert form_of("a/b.SVG") == "svg"
    with pytest.raises(UsageError, match=r"'\.png' names no format"):
        form_of("a.png")
    with pytest.raises(UsageError, match="no ending"):
        form_of("a")
    with pytest.raises(UsageError, match="there is no format 'png'"):
        draw(many({0: []}), "png", Style())


def test_mermaid_reads_no_list() -> None:
    tree = read_tree('[kpi.a]\nlabel = "1. Revenue"\nvalue = 1\nowner = "- Ann"\n', Path("t.toml"))
    assert draw(tree, "mermaid", Style()).splitlines()[1] == '    k0["1#46; Revenue<br/>#45; Ann"]'
