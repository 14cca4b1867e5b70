"""Arguments and options that several commands share, each named once."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Tree = Annotated[
    Path, typer.Argument(metavar="TREE", help="The tree file (TOML).", show_default=False)
]


class Color(StrEnum):
    """When to send colours."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


ColorOption = Annotated[
    Color, typer.Option("--color", help="Colours: on a terminal, always or never.")
]
Ascii = Annotated[bool, typer.Option("--ascii", help="No box, block or arrow characters.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No warnings on stderr.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say what is done, on stderr.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write to a file, whole or not at all; its ending gives the format.",
        show_default=False,
    ),
]
Depth = Annotated[
    int | None,
    typer.Option("--depth", min=0, metavar="N", help="Levels of the tree drawn below the goal."),
]
