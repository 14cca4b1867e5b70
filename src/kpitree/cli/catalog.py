"""`kpitree catalog`: the library of KPIs; what is chosen from it goes into a tree."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from kpitree.cli import console
from kpitree.cli.options import Ascii, Color, ColorOption, Output, Quiet
from kpitree.errors import UsageError

FORMATS = ("table", "plain", "json", "csv", "toml", "markdown")  # of render/catalogue/told.py
EXAMPLE = "such as: kpitree catalog churn_rate --add tree.toml --under revenue"

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="WORDS", help="A KPI's name, or words of it.", show_default=False),
]
Department = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Only a department's: finance, hr.", show_default=False),
]
Reader = Annotated[
    str | None,
    typer.Option(
        "--reader", "--role", metavar="WHO", help="Only what they read.", show_default=False
    ),
]
Rhythm = Annotated[
    str | None,
    typer.Option(
        metavar="RHYTHM",
        help="daily, weekly, monthly, quarterly or yearly.",
        autocompletion=lambda: ["daily", "weekly", "monthly", "quarterly", "yearly"],
        show_default=False,
    ),
]
Leading = Annotated[
    bool | None,
    typer.Option("--leading/--lagging", help="Only indicators like this.", show_default=False),
]


Level = Annotated[
    str | None,
    typer.Option(
        metavar="LEVEL",
        help="strategic or operational.",
        autocompletion=lambda: ["strategic", "operational"],
        show_default=False,
    ),
]
Departments = Annotated[bool, typer.Option("--departments", help="The departments, with counts.")]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help=f"{', '.join(FORMATS)}; default: table, or by the ending of -o.",
        autocompletion=lambda: list(FORMATS),
        show_default=False,
    ),
]

# --- putting one into a tree ----------------------------------------------------------------

Add = Annotated[
    Path | None,
    typer.Option(
        metavar="TREE", help="Put the KPI into this tree file, in place.", show_default=False
    ),
]
Under = Annotated[
    str | None,
    typer.Option(metavar="PARENT", help="The KPI of the tree above it.", show_default=False),
]
Op = Annotated[
    str | None,
    typer.Option(
        metavar="+|-|*|/",
        help="PARENT is computed with it: old OP new. Without: it is said to lead PARENT.",
        show_default=False,
    ),
]
As = Annotated[
    list[str] | None,
    typer.Option(
        "--as",
        metavar="NAME",
        help="Its name in the tree; DRIVER=NAME for a KPI below it. Repeatable.",
        show_default=False,
    ),
]
Use = Annotated[
    list[str] | None,
    typer.Option(
        metavar="DRIVER=KPI",
        help="A KPI of the tree stands for one below it. Repeatable.",
        show_default=False,
    ),
]
Sources = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        metavar="ROWS=SOURCE",
        help="A source of the tree has these rows. Repeatable.",
        show_default=False,
    ),
]
Data = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ROWS=FILE", help="A file has these rows. Repeatable.", show_default=False
    ),
]
Counterweight = Annotated[
    bool, typer.Option("--counterweight", help="The KPI that keeps it honest comes along.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and stop.")]


def catalog(
    words: Words = None,
    department: Department = None,
    reader: Reader = None,
    rhythm: Rhythm = None,
    leading: Leading = None,
    level: Level = None,
    departments: Departments = False,
    form: Format = None,
    add: Add = None,
    under: Under = None,
    op: Op = None,
    names: As = None,
    use: Use = None,
    source: Sources = None,
    data: Data = None,
    counterweight: Counterweight = False,
    dry_run: DryRun = False,
    output: Output = None,
    color: ColorOption = Color.AUTO,
    ascii_only: Ascii = False,
    quiet: Quiet = False,
) -> None:
    """The library of KPIs, by department, words or reader.

    What each means, how it is computed, which data it needs, and how it is gamed.

    \b
    Examples:
      kpitree catalog
      kpitree catalog churn rate
      kpitree catalog --department finance --rhythm weekly
      kpitree catalog churn_rate --format toml -o churn.toml
      kpitree catalog pipeline_coverage --add trees/sales.toml --under revenue
    """
    from kpitree.catalogue import answers
    from kpitree.catalogue.choosing import Choice
    from kpitree.catalogue.read import catalogue

    choice = Choice(
        department=department,
        reader=reader,
        rhythm=rhythm,
        indicator=None if leading is None else "leading" if leading else "lagging",
        level=level,
    )
    text = " ".join(words or ())
    if departments and (text or add is not None or choice != Choice()):
        raise UsageError("this lists all departments, and nothing else", where="--departments")
    wished: dict[str, object] = {
        "--under": under,
        "--op": op,
        "--as": names,
        "--use": use,
        "--source": source,
    }
    wished |= {"--data": data, "--counterweight": counterweight, "--dry-run": dry_run}
    if add is not None:
        from kpitree.cli import adding

        _refuse({"-o": output, "--format": form}, "this goes without --add")
        entry = adding.meant(answers.answer_of(catalogue(), text, choice), text)
        wish = adding.wish_of(add, wished)
        adding.add(add, entry, wish, color, dry_run=dry_run, quiet=quiet)
        return
    _refuse(wished, "this goes with --add TREE", EXAMPLE)
    from kpitree.render.catalogue.told import form_of, told

    form = form.lower() if form else form_of(output) if output else FORMATS[0]
    found = (
        answers.departments(catalogue())
        if departments
        else answers.answer_of(catalogue(), text, choice)
    )
    style = console.style_for(output, color, ascii_only=ascii_only)
    console.deliver(told(found, form, style), output)


def _refuse(given: Mapping[str, object], message: str, hint: str = "") -> None:
    """Raises UsageError for the first of these options that is given."""
    for option, value in given.items():
        if value:
            raise UsageError(message, where=option, hint=hint)
