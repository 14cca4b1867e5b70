"""`kpitree add`, `set`, `rename` and `remove`: the tree file changed in place."""

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kpitree.cli import console
from kpitree.cli.options import Color, ColorOption, Tree
from kpitree.errors import Notice, TreeError, TreeErrors, UsageError

if TYPE_CHECKING:
    from kpitree.cli.changing import TreeFile

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would change as a diff, and write nothing.")
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Say neither what was done nor what to look at.")
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The KPI.", show_default=False)]
Pairs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[KEY=VALUE]...",
        help='Other keys: tags=\'["a", "b"]\', thresholds.at_risk=2%.',
        show_default=False,
    ),
]


class Operator(StrEnum):
    """OPERATORS of tree/editing/operands.py."""

    PLUS = "+"
    MINUS = "-"
    TIMES = "*"
    BY = "/"


def _key(help_text: str, metavar: str = "TEXT") -> Any:
    return typer.Option(metavar=metavar, help=help_text, show_default=False)


def add(
    tree: Tree,
    name: Name,
    pairs: Pairs = None,
    formula: Annotated[str | None, _key("Arithmetic over other KPIs.")] = None,
    measure: Annotated[str | None, _key("Aggregates over the rows of a source.")] = None,
    value: Annotated[str | None, _key("An assumption: a number.", "NUMBER")] = None,
    source: Annotated[str | None, _key("The source of the measure.", "NAME")] = None,
    where: Annotated[str | None, _key("A condition on its rows.")] = None,
    time: Annotated[str | None, _key("The column that places them in time.", "COLUMN")] = None,
    unit: Annotated[str | None, _key("number, currency, percent, days, hours or a word.")] = None,
    label: Annotated[str | None, _key("The name that readers see.")] = None,
    description: Annotated[str | None, _key("What it means.")] = None,
    owner: Annotated[str | None, _key("Who answers for it.")] = None,
    target: Annotated[str | None, _key("2_000, or { value = 9, per = 'year' }.", "VALUE")] = None,
    review: Annotated[str | None, _key("daily, weekly, monthly, quarterly, yearly.")] = None,
    role: Annotated[str | None, _key("kgi, kpi, metric or guardrail.")] = None,
    under: Annotated[
        str | None, _key("It leads this KPI; with --op it becomes a part of its formula.", "KPI")
    ] = None,
    op: Annotated[
        Operator | None, typer.Option(help="How the formula of --under takes it in.")
    ] = None,
    after: Annotated[str | None, _key("Put it behind this KPI; default: the last.", "KPI")] = None,
    dry_run: DryRun = False,
    color: ColorOption = Color.AUTO,
    quiet: Quiet = False,
) -> None:
    """Add a KPI to a tree file.

    \b
    Examples:
      kpitree add trees/sales.toml reps --value 12 --label "Sales people"
      kpitree add trees/sales.toml visits --measure "count()" --source deals --under deals
      kpitree add trees/sales.toml refunds --value 9_000 --under revenue --op - --dry-run
    """
    from kpitree.cli import changing, edited_keys
    from kpitree.tree.editing.edits import add_kpi, refuse_unknown
    from kpitree.tree.editing.operands import add_operand

    options = {
        "formula": formula,
        "measure": measure,
        "value": value,
        "source": source,
        "where": where,
        "time": time,
        "unit": unit,
        "label": label,
        "description": description,
        "owner": owner,
        "target": target,
        "review": review,
        "role": role,
    }
    if op is not None and under is None:
        raise UsageError(
            "an operator needs a formula to stand in", where="--op", hint="such as --under revenue"
        )
    file = changing.open_tree(tree)
    given = [(key, text) for key, text in options.items() if text is not None]
    with changing.about(file):
        table = edited_keys.table_of_words(name, given, pairs)
        hints = edited_keys.hints_for(("kpi", name), given, pairs)
        if under is not None and op is None:
            table = edited_keys.with_lead(table, under)
        _refuse_bad_name(file, name)
        text = add_kpi(file.text, name, table, after=after)
        if under is not None:
            refuse_unknown([under], file.tree.kpis)
        if under is not None and op is not None:
            text = add_operand(text, under, op.value, name)
    then = changing.checked(file, text, hints)
    done = f"added {name!r}" if under is None else f"added {name!r} under {under!r}"
    changing.finish(file, text, done, dry_run=dry_run, color=color, quiet=quiet)
    if not quiet:
        console.warn(edited_keys.among_some_rows(then, name), color)


def set_(
    tree: Tree,
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="A KPI; or tree, calendar, targets, sources.NAME. A KPI of such a name: kpi.tree.",
            show_default=False,
        ),
    ],
    pairs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY=VALUE]...",
            help="Texts as they are, other values as in the file; dotted: thresholds.at_risk=2%.",
            show_default=False,
        ),
    ] = None,
    unset: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="Remove a key; repeatable.", show_default=False),
    ] = None,
    dry_run: DryRun = False,
    color: ColorOption = Color.AUTO,
    quiet: Quiet = False,
) -> None:
    """Set or remove keys of a KPI, a source, the tree or its calendar.

    \b
    Examples:
      kpitree set trees/sales.toml deals target=2_200 owner="Sales Development"
      kpitree set trees/sales.toml close_rate thresholds.off_track=2pp --unset review
      kpitree set trees/sales.toml calendar fiscal_year_start=4 --dry-run
    """
    from kpitree.cli import changing, edited_keys
    from kpitree.tree.editing.edits import set_keys

    file = changing.open_tree(tree)
    with changing.about(file):
        table = edited_keys.named_table(file, name)
        if not quiet:
            console.warn(edited_keys.namesake(file, name), color)
        changes = edited_keys.changes_of_words(table, pairs, unset)
        hints = edited_keys.hints_for(table, (), pairs)
        text = set_keys(file.text, changes)
    changing.checked(file, text, hints)
    keys = [".".join(path[len(table) :]) for path in changes]
    done = f"changed {', '.join(keys)} of {name}"
    changing.finish(file, text, done, dry_run=dry_run, color=color, quiet=quiet)


def rename(
    tree: Tree,
    old: Annotated[str, typer.Argument(metavar="OLD", help="The KPI.", show_default=False)],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.", show_default=False)],
    dry_run: DryRun = False,
    color: ColorOption = Color.AUTO,
    quiet: Quiet = False,
) -> None:
    """Rename a KPI wherever the tree names it.

    In formulas, leads, counterweight, the root, and a table of targets that is a CSV file of this
    tree alone. Where else the name stands is said.

    \b
    Examples:
      kpitree rename trees/sales.toml close_rate win_rate --dry-run
    """
    from kpitree.cli import changing, targets_table
    from kpitree.cli.replacing import Replacement
    from kpitree.tree.editing.renaming import rename as renamed_in

    file = changing.open_tree(tree)
    with changing.about(file):
        _refuse_bad_name(file, new)
        renamed = renamed_in(file.text, old, new)
    tree_then = changing.checked(file, renamed.text)
    table = targets_table.followed(file, tree_then, old, new)
    elsewhere = tuple(_elsewhere(file, old))
    done = f"renamed {old!r} to {new!r} ({_count(renamed.places, 'place')}"
    beside: list[Replacement] = []
    if table is not None:
        done += f" and {table.rows} in {table.path}"
        beside.append(Replacement(table.path, table.text, table.before))
        if dry_run:
            console.answer(targets_table.difference(table, color))
    changing.finish(
        file, renamed.text, f"{done})", beside=beside, dry_run=dry_run, color=color, quiet=quiet
    )
    if not quiet:
        console.warn((*renamed.notices, *elsewhere), color)


def remove(
    tree: Tree,
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="KPIs.", show_default=False)
    ],
    with_drivers: Annotated[
        bool, typer.Option("--with-drivers", help="Also those under them that nothing else names.")
    ] = False,
    dry_run: DryRun = False,
    color: ColorOption = Color.AUTO,
    quiet: Quiet = False,
) -> None:
    """Remove KPIs that no other KPI names.

    \b
    Examples:
      kpitree remove trees/sales.toml opened --dry-run
    """
    from kpitree.cli import changing
    from kpitree.tree.editing import edits, leaving

    file = changing.open_tree(tree)
    with changing.about(file):
        edits.refuse_unknown(names, file.tree.kpis)
    named = tuple(dict.fromkeys(names))
    gone = leaving.with_drivers(file.tree, file.text, named) if with_drivers else named
    leaving.refuse_needed(file.tree, file.text, gone)
    _refuse_targets(file, gone)
    text = edits.remove(file.text, gone)
    changing.checked(file, text)
    done = f"removed {', '.join(map(repr, gone))}"
    changing.finish(file, text, done, dry_run=dry_run, color=color, quiet=quiet)


def _refuse_bad_name(file: "TreeFile", name: str) -> None:
    """Raises TreeErrors where a formula could not use it."""
    from kpitree.cli import changing
    from kpitree.tree.editing.spelling import key_text

    changing.checked(file, f"[kpi.{key_text(name)}]\nvalue = 1\n")


def _refuse_targets(file: "TreeFile", names: tuple[str, ...]) -> None:
    """Raises TreeErrors where the table of targets has rows about KPIs that are to go."""
    if file.tree.targets is None:
        return
    from kpitree.pipeline.target_names import rows_about

    errors = [
        TreeError(
            f"{row.kpi!r} cannot be removed: it has a target here",
            where=row.where,
            hint="remove the row first",
        )
        for row in rows_about(file.tree, names)
    ]
    if errors:
        raise TreeErrors(errors)


def _elsewhere(file: "TreeFile", old: str) -> Iterator[Notice]:
    """What a renaming does not look into, and other trees that have such a name."""
    from kpitree.cli.targets_table import neighbours_that_say

    others = neighbours_that_say(file.path, old)
    if saying := others.saying:
        message = f"other tree files beside it say {old!r}, too: {', '.join(saying)}"
        yield Notice(code="name_in_other_trees", message=message, kpi=old, count=len(saying))
    if unread := others.unread:
        message = f"could not look for {old!r} in other tree files beside it: {', '.join(unread)}"
        yield Notice(code="trees_not_read", message=message, kpi=old, count=len(unread))
    message = f"commands that say {old!r} (--set, --kpi) in scripts are not looked for"
    yield Notice(code="name_in_scripts", message=message, kpi=old)


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"
