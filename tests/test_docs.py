"""What README and docs show is what kpitree prints, and the trees they show are trees.

A ```console block that begins with `$ kpitree` holds commands and their whole answers;
`--rewrite` records the answers anew.
"""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kpitree.cli.app import app
from kpitree.tree.read import load_tree

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CONSOLE = re.compile(r"(?<=^```console\n)\$ kpitree .*?(?=^```$)", re.MULTILINE | re.DOTALL)
TOML = re.compile(r"(?<=^```toml\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)")


def answered(block: str) -> str:
    """The block with every command's answer as it is now."""
    told = []
    for line in block.splitlines():
        if line.startswith("$ kpitree"):
            result = CliRunner().invoke(app, shlex.split(line)[2:])
            assert result.exit_code in (0, 1, 2, 3), result.output
            told.append(f"{line}\n{result.output}")
    return "".join(told)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_transcripts(
    page: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(ROOT)
    text = page.read_text("utf-8")
    now = CONSOLE.sub(lambda block: answered(block[0]), text)
    if request.config.getoption("--rewrite"):
        page.write_text(now, "utf-8")
    assert now == page.read_text("utf-8")


def test_the_readme_has_a_transcript() -> None:
    blocks = CONSOLE.findall((ROOT / "README.md").read_text("utf-8"))
    assert blocks
    assert all(block.count("\n") > 3 for block in blocks)


def whole_trees() -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        for block in TOML.findall(page.read_text("utf-8")):
            tables = tomllib.loads(block)
            if "kpi" in tables and "sources" in tables:
                found.append((page.name, block))
    return found


def test_there_are_whole_trees() -> None:
    assert len(whole_trees()) >= 2


@pytest.mark.parametrize(("page", "block"), whole_trees())
def test_trees(page: str, block: str, tmp_path: Path) -> None:
    file = tmp_path / f"{page}.toml"
    file.write_text(block, "utf-8")
    assert load_tree(file).kpis


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_picture_is_what_show_draws(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    picture = ROOT / "docs" / "images" / "show.svg"
    drawn = tmp_path / "show.svg"
    tree = ROOT / "trees" / "sales.toml"
    result = CliRunner().invoke(app, ["show", str(tree), "-o", str(drawn)])
    assert result.exit_code == 0, result.output
    if request.config.getoption("--rewrite"):
        picture.write_bytes(drawn.read_bytes())
    assert drawn.read_bytes() == picture.read_bytes()
