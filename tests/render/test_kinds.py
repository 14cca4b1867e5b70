"""Every kind of answer offers every part, and each part is what the contract says."""

from collections.abc import Callable
from dataclasses import fields
from importlib import import_module
from typing import Any, get_type_hints

import pytest

from kpitree.render.kinds import KINDS

PARTS = {
    "document": "dict[str, typing.Any]",
    "long": "DataFrame",
    "plain": "collections.abc.Itera",
    "markdown": "[str]",
    "screen": "[rich.text.Text | kpitree.render.paint.Rows]",
}


def part_of(folder: str, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(import_module(f"{folder}.{name}"), name)
    return found


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_every_part(kind: str, part: str) -> None:
    function = part_of(KINDS[kind], part)
    *takes, gives = get_type_hints(function).values()
    assert [one.__name__ for one in takes] == [kind, "Style"]
    assert PARTS[part] in (gives.__name__ if part == "long" else str(gives))
    assert function.__doc__


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_an_answer(kind: str) -> None:
    taken, *_ = get_type_hints(part_of(KINDS[kind], "document")).values()
    assert {"tree", "warnings"} <= {one.name for one in fields(taken)}
