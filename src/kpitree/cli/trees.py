"""`kpitree show` and `schema`: the tree itself, without its data."""

import json
from typing import Annotated

import typer

from kpitree.cli import console
from kpitree.cli.options import Ascii, Color, ColorOption, Depth, Output, Tree
from kpitree.cli.overwriting import refuse_inputs

DRAWINGS = ("table", "mermaid", "dot", "svg", "csv", "tsv", "toml")  # of render/drawing

DrawingOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help=f"{', '.join(DRAWINGS)}; default: table, or by the ending of -o.",
        autocompletion=lambda: list(DRAWINGS),
        show_default=False,
    ),
]


def show(
    tree: Tree,
    form: DrawingOption = None,
    depth: Depth = None,
    output: Output = None,
    color: ColorOption = Color.AUTO,
    ascii_only: Ascii = False,
) -> None:
    """The tree drawn, without data.

    With formulas, units, owners and targets. As a picture (svg), a graph to paste (mermaid, dot),
    a sheet to edit and import again (csv, tsv), or the file as it was understood (toml).

    \b
    Examples:
      kpitree show trees/sales.toml
      kpitree show trees/sales.toml -o sales.svg
      kpitree show trees/sales.toml -o sales.csv
      kpitree show trees/sales.toml --format mermaid
    """
    from kpitree.render import drawing
    from kpitree.tree.read import load_tree

    if output is not None:
        refuse_inputs([output], [tree])
    if form is None:
        form = "table" if output is None else drawing.form_of(output)
    style = console.style_for(output, color, ascii_only=ascii_only, depth=depth)
    model = load_tree(tree)
    text = drawing.draw(model, form, style)
    console.deliver(text, output)


def schema(output: Output = None) -> None:
    """The JSON Schema of tree files, for editors.

    Editors with a TOML language server complete and explain keys with it.

    \b
    Examples:
      kpitree schema -o kpitree.schema.json
      # then, as the first line of a tree file:
      #:schema ./kpitree.schema.json
    """
    from kpitree.tree.json_schema import json_schema

    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    console.deliver(text, output)
