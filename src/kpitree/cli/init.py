"""`kpitree init`: a tree to start from, out of a template or out of your own data."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from kpitree.cli import console
from kpitree.errors import UsageError

Folder = Annotated[
    Path,
    typer.Argument(metavar="[DIR]", help="The folder to write to; made if it is not there."),
]
Template = Annotated[
    str | None,
    typer.Option(
        "--template", metavar="NAME", help="A ready-made tree with data.", show_default=False
    ),
]
Data = Annotated[
    list[str] | None,
    typer.Option(
        "--data",
        metavar="FILE",
        help="The data to start from; repeatable, to choose from several.",
        show_default=False,
    ),
]
Name = Annotated[
    str | None,
    typer.Option("--name", metavar="NAME", help="What the tree is called.", show_default=False),
]


def init(
    folder: Folder = Path(),
    template: Template = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Ask nothing: take every default.")
    ] = False,
    data: Data = None,
    name: Name = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that are there.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="Name the templates.")] = False,
) -> None:
    """A new tree: by questions about your data, or from a template.

    On a terminal it looks at the data files of the folder, proposes a goal, its elements, levers
    and targets, and asks about a dozen questions. Enter takes what is proposed, ? explains.

    \b
    Examples:
      kpitree init
      kpitree init sales --data deals.csv
      kpitree init --data deals.csv --yes
      kpitree init plant --template oee
      kpitree init --list
    """
    from kpitree.cli import templating

    if listed:
        console.answer(templating.listing())
        return
    if template is not None:
        if data:
            hint = "a template brings its own data: give one of the two"
            raise UsageError("--template and --data do not go together", hint=hint)
        templating.write_template(folder, template, name, force=force)
        return
    if not (data or yes) and not _on_a_terminal():
        raise UsageError(
            "there is no terminal to ask on",
            hint="give --template NAME (see --list), --data FILE,"
            " or --yes to take what is proposed",
        )
    from kpitree.cli import interview

    interview.start(folder, data or [], name, ask=_on_a_terminal() and not yes, force=force)


def _on_a_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
