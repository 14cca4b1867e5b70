"""`kpitree show`, `check` and `schema`: the tree itself, without its data."""

import json
from collections.abc import Sized
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpitree.cli import console
from kpitree.cli.options import Ascii, Color, ColorOption, Depth, Output, Tree
from kpitree.errors import SourceError, TreeError

if TYPE_CHECKING:
    from kpitree.tree.model import Tree as Model


class Drawing(StrEnum):
    """How a tree is drawn."""

    TABLE = "table"
    MERMAID = "mermaid"
    DOT = "dot"


def show(
    tree: Tree,
    form: Annotated[
        Drawing, typer.Option("--format", "-f", help="An outline, or a graph to paste.")
    ] = Drawing.TABLE,
    depth: Depth = None,
    output: Output = None,
    color: ColorOption = Color.AUTO,
    ascii_only: Ascii = False,
) -> None:
    """The tree drawn, without data.

    With formulas, units, owners and targets.

    \b
    Examples:
      kpitree show trees/sales.toml
      kpitree show trees/sales.toml --format mermaid
    """
    from kpitree.render import drawing
    from kpitree.tree.read import load_tree

    style = console.style_for(output, color, ascii_only=ascii_only, depth=depth)
    model = load_tree(tree)
    text = drawing.draw(model, form.value, style)
    console.deliver(text, output)


def check(
    trees: Annotated[list[Path], typer.Argument(metavar="TREE...", help="Tree files (TOML).")],
) -> None:
    """All mistakes of tree files and their tables of targets.

    Each with its line and a hint. Exit code 2 if there is one, 3 if a table cannot be read.

    \b
    Examples:
      kpitree check trees/sales.toml
      kpitree check trees/*.toml
    """
    from kpitree.tree.read import load_tree

    failed = 0
    for tree in trees:
        try:
            model = load_tree(tree)
            _check_targets(model)
        except (TreeError, SourceError) as found:
            console.complain(found)
            failed = failed or found.exit_code
        else:
            kinds = f"{_count(model.kpis, 'KPI')}, {_count(model.sources, 'source')}"
            console.answer(f"{tree}: no mistakes ({kinds}, goal: {model.root})\n")
    if failed:
        raise typer.Exit(failed)


def _check_targets(tree: "Model") -> None:
    """What knows tables, and how KPIs behave over time, is loaded only where it has work."""
    from kpitree.tree.model import PeriodTargets

    if tree.targets is not None or any(
        isinstance(kpi.target, PeriodTargets) for kpi in tree.kpis.values()
    ):
        from kpitree.pipeline.book import check_targets

        check_targets(tree)


def _count(things: Sized, name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


def schema(output: Output = None) -> None:
    """The JSON Schema of tree files, for editors.

    Editors with a TOML language server complete and explain keys with it.

    \b
    Examples:
      kpitree schema -o kpitree.schema.json
      # then, as the first line of a tree file:
      #:schema ./kpitree.schema.json
    """
    from kpitree.tree.schema import json_schema

    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    console.deliver(text, output)
