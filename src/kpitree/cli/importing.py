"""`kpitree import`: a tree file from a spreadsheet."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from kpitree.cli import console
from kpitree.cli.folders import is_there
from kpitree.cli.options import Ascii, Color, ColorOption, Quiet
from kpitree.cli.overwriting import refuse_inputs
from kpitree.cli.parsing import names_and_values
from kpitree.cli.replacing import Replacement, replace_files
from kpitree.errors import UsageError, did_you_mean
from kpitree.render.words import visible

TableFile = Annotated[
    str,
    typer.Argument(
        metavar="TABLE",
        help="CSV, TSV or Excel, one row a KPI; - is standard input.",
        show_default=False,
    ),
]
TreeFile = Annotated[
    Path,
    typer.Option(
        "--output", "-o", metavar="TREE", help="The tree file to write.", show_default=False
    ),
]


def import_(
    table: TableFile,
    output: TreeFile,
    root: Annotated[
        str | None,
        typer.Option(
            metavar="KPI", help="The goal; default: what feeds no other.", show_default=False
        ),
    ] = None,
    data: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=FILE",
            help="Where the rows of a source are; repeatable.",
            show_default=False,
        ),
    ] = None,
    time: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=COLUMN",
            help="The column that dates a source's rows.",
            show_default=False,
        ),
    ] = None,
    like: Annotated[
        Path | None,
        typer.Option(
            metavar="TREE",
            help="Sources, calendar and currency of this tree.",
            show_default=False,
        ),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(
            metavar="PERIOD", help="Of the column actual, such as 2026-10.", show_default=False
        ),
    ] = None,
    decimal: Annotated[
        str | None,
        typer.Option(
            metavar="MARK",
            help="The decimal mark, . or , where numbers can be read two ways.",
            show_default=False,
        ),
    ] = None,
    sheet: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The sheet of a workbook.", show_default=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over files that exist.")] = False,
    quiet: Quiet = False,
    color: ColorOption = Color.AUTO,
    ascii_only: Ascii = False,
) -> None:
    """A tree file from a spreadsheet of KPIs.

    Columns: kpi, and any of label, parent, formula, measure, value, unit, target, owner and the
    other keys of a KPI. With parents alone, formulas are assumed, and said on stderr.

    \b
    Examples:
      kpitree import kpis.xlsx -o sales.toml
      kpitree import kpis.csv -o sales.toml --data deals=deals.csv
      kpitree show sales.toml -o kpis.csv    # and out again
      kpitree import kpis.csv --like sales.toml -o new.toml
    """
    from kpitree.pipeline.importing import Import, actuals_of, actuals_to_write, import_table
    from kpitree.tree.sheets.actuals import csv_of

    if decimal not in (None, ".", ","):
        raise UsageError(f"{decimal!r} is no decimal mark", where="--decimal", hint=". or ,")
    beside = actuals_of(output)
    _refuse_ending(output)
    pairs = names_and_values(data, "--data", "deals=deals.csv")
    times = names_and_values(time, "--time", "deals=closed_on")
    _refuse_unknown(times, pairs)
    refuse_inputs([output, beside], [table, *pairs.values()])
    _refuse_existing(output, force=force)
    found = import_table(
        Import(
            table=table,
            tree=output,
            sheet=sheet,
            root=root,
            decimal=decimal,
            period=period,
            data=pairs,
            times=times,
            like=like,
        )
    )
    found = actuals_to_write(beside, found) if force else found
    texts = {output: found.text}
    if found.actuals:
        _refuse_existing(beside, force=force)
        texts[beside] = csv_of(found.actuals)
    replace_files([Replacement(path, text) for path, text in texts.items()])
    if not quiet:
        console.warn(found.notices, color, ascii_only=ascii_only)
    also = f" and {beside}" if found.actuals else ""
    done = f"wrote {output}{also} ({found.kpis} KPIs, goal: {found.root})"
    console.answer(f"{visible(done)}\n")


def _refuse_unknown(times: Mapping[str, str], data: Mapping[str, str]) -> None:
    for name in times:
        if name not in data:
            hint = did_you_mean(name, data) if data else f"give it: --data {name}=FILE"
            raise UsageError(f"there is no --data of a source {name!r}", where="--time", hint=hint)


def _refuse_ending(path: Path) -> None:
    if path.suffix.lower() != ".toml":
        raise UsageError(
            "a tree file ends in .toml",
            where=f"-o {path}",
            hint=f"such as: {path.stem.strip('-') or 'shop'}.toml",
        )


def _refuse_existing(path: Path, *, force: bool) -> None:
    if is_there(path) and not force:
        hint = "another name with -o, or --force to write over it"
        raise UsageError("the file exists already", where=str(path), hint=hint)
