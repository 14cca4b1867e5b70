"""`kpitree check`: every mistake of tree files, and advice on their design."""

from collections.abc import Sized
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from kpitree.cli import console
from kpitree.cli.options import Color, ColorOption, Output
from kpitree.cli.parsing import day_of, listed
from kpitree.errors import Notice, SourceError, TreeError, UsageError

if TYPE_CHECKING:
    from kpitree.advice.checked import Checked
    from kpitree.render.style import Style
    from kpitree.tree.model import Tree


class Layout(StrEnum):
    """How what was found is written; FORMATS of render/advice."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


ENDINGS: Final = {".txt": Layout.TEXT, ".json": Layout.JSON}


@dataclass(frozen=True, slots=True)
class Asked:
    """codes: of the rules wanted. today: what deadlines are held against. data: whether to look.

    not_looked_for: codes that were selected, and take data that is not to be looked at.
    """

    codes: frozenset[str]
    today: date | None
    data: bool
    not_looked_for: tuple[str, ...] = ()


def check(
    trees: Annotated[
        list[Path] | None,
        typer.Argument(metavar="TREE...", help="Tree files (TOML).", show_default=False),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 on any piece of advice.")
    ] = False,
    select: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE[,CODE]",
            help="Only advice with these codes, or that begin so: KT1,KT301. Repeatable.",
            show_default=False,
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE[,CODE]",
            help="Not advice with these codes, or that begin so. Repeatable.",
            show_default=False,
        ),
    ] = None,
    data: Annotated[
        bool,
        typer.Option("--data", help="Also advice that takes the data: whether targets are real."),
    ] = False,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="The day on which today falls, or today: which deadlines have passed.",
            show_default=False,
        ),
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option(
            metavar="CODE",
            help="Why this advice is given, how to mend it, and an example; takes no TREE.",
            show_default=False,
        ),
    ] = None,
    form: Annotated[
        Layout | None,
        typer.Option(
            "--format", "-f", help="Default: text, or by the ending of -o.", show_default=False
        ),
    ] = None,
    output: Output = None,
    color: ColorOption = Color.AUTO,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Nothing but mistakes and advice, a line each.")
    ] = False,
) -> None:
    """Every mistake of tree files, and advice on their design.

    Also of their tables of targets.

    Mistakes stand on stderr, each with its line and a hint; exit code 2, or 3 if data cannot be
    read. Advice is the answer; exit code 1 with --strict, else 0.

    \b
    Examples:
      kpitree check trees/sales.toml
      kpitree check trees/*.toml --strict
      kpitree check trees/sales.toml --select KT1,KT301 --ignore KT105
      kpitree check trees/sales.toml --data --as-of today
      kpitree check trees/*.toml --strict --format github
      kpitree check --explain KT104
    """
    style = console.style_for(output, color, ascii_only=False)
    if explain is not None:
        if trees:
            raise UsageError("this is about a rule, and takes no TREE", where="--explain")
        if form not in (None, Layout.TEXT):
            raise UsageError("this is text, and takes no --format", where="--explain")
        console.deliver(_explained(explain, style), output)
        return
    if not trees:
        raise UsageError("name the tree files to check", hint="such as: kpitree check sales.toml")
    layout = _layout(form, output)
    _keep_trees(output, trees)
    asked = _asked(select, ignore, as_of, data=data)
    if asked.not_looked_for and not quiet:
        console.warn((_not_looked_for(asked.not_looked_for),), color)
    checked, failed = _check_all(trees, asked)
    console.deliver(_told(checked, layout, style, quiet=quiet), output)
    if failed or (strict and any(one.findings for one in checked)):
        raise typer.Exit(failed or 1)


def _check_all(trees: list[Path], asked: Asked) -> "tuple[list[Checked], int]":
    """What is in each file, and the exit code of the first mistake."""
    from kpitree.advice.checked import with_mistakes

    checked, failed = [], 0
    for tree in trees:
        try:
            found, unread = _checked(tree, asked)
        except (TreeError, SourceError) as error:
            console.complain(error)
            checked.append(with_mistakes(str(tree), error))
            failed = failed or error.exit_code
        else:
            if unread is not None:
                console.complain(unread)
                failed = failed or unread.exit_code
            checked.append(found)
    return checked, failed


def _checked(path: Path, asked: Asked) -> "tuple[Checked, SourceError | None]":
    """One file: its mistakes are raised, its advice is in the answer.

    And why its data could not be read, if it was wanted: what the tree alone says is told anyway.
    """
    from kpitree.advice.advising import advise
    from kpitree.advice.checked import Checked, placed
    from kpitree.tree.read import tree_of
    from kpitree.tree.toml import read_toml

    file = read_toml(path)
    tree = tree_of(file)
    promised = _with_targets(tree)
    found, today, unread = None, asked.today, None
    if asked.data:
        from kpitree.pipeline.advice import advise as advise_by_data

        try:
            by_data = advise_by_data(tree, as_of=asked.today)
        except SourceError as error:
            unread = error
        else:
            found, today = by_data.findings, asked.today or by_data.last_day
    findings = advise(promised, asked.codes, today=today, from_data=found)
    kinds = f"{_count(tree.kpis, 'KPI')}, {_count(tree.sources, 'source')}"
    told = Checked(
        tree=str(path),
        summary=f"{kinds}, goal: {tree.root}",
        mistakes=() if unread is None else (unread,),
        findings=placed(findings, file.line_of),
    )
    return told, unread


def _with_targets(tree: "Tree") -> "Tree":
    """What knows tables, and how KPIs behave over time, is loaded only where it has work."""
    from kpitree.tree.model import PeriodTargets

    if tree.targets is None and not any(
        isinstance(kpi.target, PeriodTargets) for kpi in tree.kpis.values()
    ):
        return tree
    from kpitree.advice.roles import with_targets
    from kpitree.pipeline.book import checked_targets

    return with_targets(tree, checked_targets(tree))


def _asked(
    select: list[str] | None, ignore: list[str] | None, as_of: str | None, *, data: bool
) -> Asked:
    """Raises UsageError for codes that do not exist, or that cannot be looked for."""
    from kpitree.advice.advising import runnable
    from kpitree.advice.rules import TAKES_DATA
    from kpitree.advice.selecting import chosen

    codes = chosen(_codes(select, "--select"), _codes(ignore, "--ignore"))
    today = None if as_of is None else day_of(as_of)
    can = runnable(dated=today is not None or data, data=data)
    if select and codes and not codes & can:
        needs, hint = ("the data", "add --data")
        if not codes & TAKES_DATA:
            needs, hint = ("a day to hold deadlines against", "such as: --as-of today")
        raise UsageError(f"what is selected takes {needs}", where="--select", hint=hint)
    return Asked(codes, today, data, tuple(sorted(codes & TAKES_DATA - can)) if select else ())


def _codes(texts: list[str] | None, option: str) -> tuple[str, ...]:
    """Raises UsageError for an option without a code, such as a variable that is not set."""
    codes = listed(texts)
    if texts and not codes:
        raise UsageError("names no code", where=option, hint=f"such as: {option} KT1,KT301")
    return codes


def _not_looked_for(codes: tuple[str, ...]) -> Notice:
    message = f"not looked for, as it takes the data (--data): {', '.join(codes)}"
    return Notice(code="not_looked_for", message=message)


def _layout(form: Layout | None, output: Path | None) -> Layout:
    """Raises UsageError for a file whose ending names no format, where none is named."""
    if form is not None:
        return form
    if output is None:
        return Layout.TEXT
    ending = output.suffix.lower()
    if ending in ENDINGS:
        return ENDINGS[ending]
    what = f"the ending {ending!r} names no format" if ending else "the file has no ending"
    known = f"endings: {', '.join(ENDINGS)}; or name a format with --format"
    raise UsageError(what, where=str(output), hint=known)


def _keep_trees(output: Path | None, trees: list[Path]) -> None:
    """Raises UsageError where the answer would take the place of a tree."""
    if output is None or not output.exists():
        return
    for tree in trees:
        if tree.exists() and output.samefile(tree):
            raise UsageError(
                "this is the tree file, and the answer would take its place",
                where=str(output),
                hint="such as: -o advice.txt",
            )


def _told(checked: "list[Checked]", layout: Layout, style: "Style", *, quiet: bool) -> str:
    from kpitree.render.advice import FORMATS, text

    render = text.brief if quiet and layout is Layout.TEXT else FORMATS[layout.value]
    return render(checked, style)


def _explained(code: str, style: "Style") -> str:
    from kpitree.advice.selecting import rule_of
    from kpitree.render.advice.explained import explained

    return explained(rule_of(code), style)


def _count(things: Sized, name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"
