"""docs/init.md shows the dialogue that was recorded."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "init.md"
GOLDEN = Path(__file__).with_name("pizza.txt")
TRANSCRIPT = re.compile(r"(?<=^```\n)\$ kpitree init\n.*?(?=^```$)", re.MULTILINE | re.DOTALL)


def test_the_page_shows_the_transcript(request: pytest.FixtureRequest) -> None:
    golden = GOLDEN.read_text("utf-8").replace("[exit 0]\n", "")
    page = PAGE.read_text("utf-8")
    if request.config.getoption("--rewrite"):
        page = TRANSCRIPT.sub(lambda _: golden, page)
        PAGE.write_text(page, "utf-8")
    assert TRANSCRIPT.findall(page) == [golden]
