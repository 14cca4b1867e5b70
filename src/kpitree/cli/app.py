"""All commands, and what a mistake looks like."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from kpitree.cli import console
from kpitree.cli.commands import Commands
from kpitree.errors import KpiTreeError

TOUR = """\
kpitree: what moved your numbers, to the cent.

Build a tree:
  kpitree init           a new tree: by questions, from your data, or from a template
  kpitree catalog WORDS  a library of KPIs: meaning, formula, how each is gamed; into a tree
  kpitree add, set, rename, remove   edit a tree in place; comments stay
  kpitree import TABLE   a tree from a spreadsheet
  kpitree show TREE      the tree drawn, without data
  kpitree check TREE     every mistake of a tree file, and what would make better KPIs

Ask it:
  kpitree eval TREE      the tree with actual, target, last period, last year, and why
  kpitree drivers TREE   what moved a KPI: which drivers, which segments, mix and rate
  kpitree segments TREE  the few slices that hold most of the change
  kpitree trend TREE     values over time: sparklines, targets, limits, and what is a signal
  kpitree forecast TREE  where each KPI lands against its target, and how sure that is
  kpitree rank TREE KPI  people, regions, products: who is first, and whether that is luck
  kpitree levers TREE    what pulls on a KPI, and what each lever alone would need
  kpitree whatif TREE    the tree under changed values: --set close_rate=+5%

Look after it:
  kpitree doctor TREE    everything suspect in the data: gaps, repeats, missing values, old files
  kpitree cache info     what is kept of data that was read; kpitree cache clear
  kpitree schema         the JSON Schema of tree files, for your editor

Try it:

  kpitree init demo --template sales
  kpitree eval demo/sales.toml
  kpitree eval demo/sales.toml --by region

All options: kpitree COMMAND --help
"""


class Group(TyperGroup):
    """Shows a user's mistakes without a traceback; bugs keep theirs."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands: Any = Commands()  # typer only reads it

    def invoke(self, ctx: Any) -> Any:  # typer keeps the type of ctx to itself
        try:
            return super().invoke(ctx)
        except KpiTreeError as error:
            console.complain(error)
            raise typer.Exit(error.exit_code) from None


app = typer.Typer(
    cls=Group,
    invoke_without_command=True,
    rich_markup_mode=None,  # words of users may stand in help and errors; and it starts faster
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version as installed_version

        console.answer(f"kpitree {installed_version('kpitree')}\n")
        raise typer.Exit


@app.callback()
def tour(
    ctx: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """KPI trees: every number against target, last period and last year, and exactly why."""
    del version
    if ctx.invoked_subcommand is None:
        console.answer(TOUR)
