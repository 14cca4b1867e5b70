"""`kpitree doctor`: everything suspect in the data of a tree."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from kpitree.cli import options
from kpitree.cli.answering import answer_chosen
from kpitree.cli.options import Color
from kpitree.cli.parsing import day_of, listed, name_and_value, renderer_of
from kpitree.cli.statuses import FOUND
from kpitree.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpitree.analysis.results.doctor import Diagnosis
    from kpitree.tree.model import Tree


def doctor(
    tree: options.Tree,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="The day on which today falls, or today: how old the data is, and what lies in"
            " the future. Default: by the newest source.",
            show_default=False,
        ),
    ] = None,
    source: options.Sources = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORD[,WORD]",
            help="Only findings of these severities (error, warning, info) or codes; nothing when"
            " there are none. Repeatable.",
            show_default=False,
        ),
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORD[:SOURCE]",
            help="Exit with 1 on findings of a severity or with a code; repeatable.",
            show_default=False,
        ),
    ] = None,
    form: options.FormatOption = None,
    output: options.Output = None,
    color: options.ColorOption = Color.AUTO,
    ascii_only: options.Ascii = False,
    quiet: options.Quiet = False,
) -> None:
    """Everything suspect in the data: gaps, repeats, strays, nulls.

    Looks at all rows of every source once. What other commands stop at is told here with the
    rest, and how many rows are so.

    \b
    Examples:
      kpitree doctor trees/sales.toml
      kpitree doctor trees/sales.toml --as-of today --fail-on error --fail-on stale
      kpitree doctor trees/sales.toml --only gaps,volume
      kpitree doctor trees/sales.toml --source deals=new.csv --fail-on error:deals
      kpitree doctor trees/saas.toml --format json | jq '.findings[].code'
    """
    kept = listed(only)
    failing = [_failing(text) for text in fail_on or ()]
    _refuse_unknown(kept, "--only")
    _refuse_unknown([word for word, _ in failing], "--fail-on")

    from kpitree.pipeline.doctor import doctor as diagnosed
    from kpitree.tree.read import load_tree

    render = renderer_of(form, output)
    today = None if as_of is None else day_of(as_of)
    files = dict(name_and_value(one, "--source", "deals=deals.csv") for one in source or ())
    model = load_tree(tree)
    _refuse_strangers([name for _, name in failing if name is not None], model)
    if answer_chosen(
        model,
        lambda tree: diagnosed(tree, as_of=today, sources=files),
        render,
        failed=lambda found: found.fails(failing),
        keep=(lambda found: _only(found, kept)) if kept else None,
        output=output,
        color=color,
        ascii_only=ascii_only,
        quiet=quiet,
    ):
        raise typer.Exit(FOUND)


def _failing(text: str) -> tuple[str, str | None]:
    word, _, name = text.partition(":")
    return word, name or None


def _refuse_unknown(words: "Sequence[str]", option: str) -> None:
    from kpitree.analysis.doctor.codes import CODES
    from kpitree.analysis.results.doctor import SEVERITIES

    known = (*SEVERITIES, *CODES)
    for word in words:
        if word not in known:
            message = f"{word!r} is neither a severity nor the code of a finding"
            raise UsageError(message, where=option, hint=did_you_mean(word, known))


def _refuse_strangers(names: "Sequence[str]", tree: "Tree") -> None:
    for name in names:
        if name not in tree.sources:
            hint = did_you_mean(name, tree.sources)
            raise UsageError(f"there is no source {name!r}", where="--fail-on", hint=hint)


def _only(found: "Diagnosis", words: "Sequence[str]") -> "Diagnosis":
    kept = (one for one in found.findings if one.severity in words or one.code in words)
    return replace(found, findings=tuple(kept))
