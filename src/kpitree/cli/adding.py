"""`kpitree catalog --add`: what its options mean, and the tree file changed in place."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from kpitree.catalogue.adding import Added, with_entry
from kpitree.catalogue.answers import Answer, Listing, Single
from kpitree.catalogue.entry import Entry
from kpitree.catalogue.read import catalogue
from kpitree.catalogue.wish import Wish
from kpitree.cli import changing, console
from kpitree.cli.folders import is_there
from kpitree.cli.parsing import names_and_values, only_one
from kpitree.errors import Notice, SourceError, UsageError
from kpitree.tree.model import Tree

MOST_NAMED: Final = 6


def meant(answer: Answer, text: str) -> Entry:
    """The one KPI that is to be added. Raises UsageError: there are several."""
    if isinstance(answer, Single):
        return answer.entry
    if not isinstance(answer, Listing) or not text:
        hint = "such as: kpitree catalog churn_rate --add tree.toml"
        raise UsageError("which KPI? name it before --add", where="--add", hint=hint)
    names = ", ".join(entry.id for entry in answer.entries[:MOST_NAMED])
    more = len(answer.entries) - MOST_NAMED
    hint = f"name one of: {names}{f' and {more} more' if more > 0 else ''}"
    raise UsageError(f"{text!r} may be {len(answer.entries)} KPIs", where="--add", hint=hint)


def wish_of(tree: Path, options: Mapping[str, Any]) -> Wish:
    """The options of the command as a Wish. Raises UsageError: one is not as it has to be."""
    names: Sequence[str] = options["--as"] or ()
    files = names_and_values(options["--data"], "--data", "deals=deals.csv")
    return Wish(
        under=options["--under"],
        op=options["--op"],
        name=only_one([name for name in names if "=" not in name], "--as"),
        names=names_and_values([name for name in names if "=" in name], "--as", "deals=crm_deals"),
        use=names_and_values(options["--use"], "--use", "deals=deals"),
        sources=names_and_values(options["--source"], "--source", "deals=crm"),
        files={rows: _from_the_tree(tree, file) for rows, file in files.items()},
        counterweight=options["--counterweight"],
    )


def _from_the_tree(tree: Path, file: str) -> str:
    """A file as someone names it in their folder, as the tree file has to name it in its own."""
    if "://" in file or Path(file).is_absolute():
        return file
    return Path(os.path.relpath(file, tree.parent)).as_posix()


def add(tree: Path, entry: Entry, wish: Wish, color: str, *, dry_run: bool, quiet: bool) -> None:
    """Write the tree file with the entry in it, or show what would change.

    Raises what changing.open_tree() and with_entry() raise; the file is untouched then.
    """
    file = changing.open_tree(tree)
    added = with_entry(file.text, tree, catalogue(), entry, wish)
    missing = tuple(_missing(tree, wish))
    then = changing.checked(file, added.text)
    notices = () if quiet else _told(added, then)
    changing.finish(file, added.text, added.summary, dry_run=dry_run, color=color, quiet=quiet)
    if not quiet:
        console.warn((*notices, *missing), color)


def _told(added: Added, then: Tree) -> tuple[Notice, ...]:
    """What has to be known, once the files that are there have been looked into."""
    from kpitree.pipeline.columns_there import columns_there

    found: dict[str, list[str]] = {}
    unread: list[Notice] = []
    for needs in added.needs:
        try:
            columns = columns_there(then.sources[needs.source], needs.columns)
        except SourceError as error:
            message = f"the columns of {needs.source!r} could not be looked at: {error}"
            unread.append(Notice(code="not_read", message=message, source=needs.source))
        else:
            if columns is not None:
                found.setdefault(needs.source, []).extend(columns)
    return (*added.notices_with(found), *unread)


def _missing(tree: Path, wish: Wish) -> Iterator[Notice]:
    """Files that were named and are not there; of patterns and URIs nobody can say."""
    for file in wish.files.values():
        if "://" not in file and "*" not in file and not is_there(tree.parent / file):
            where = "" if Path(file).is_absolute() else " beside the tree"
            yield Notice(code="no_file", message=f"there is no file {file!r}{where} yet")
