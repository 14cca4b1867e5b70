"""Templates of `kpitree init`: ready-made trees and the data that makes them run."""

import re
from dataclasses import replace
from pathlib import Path

from kpitree import templates
from kpitree.analysis.proposing.naming import file_name
from kpitree.cli import console, folders
from kpitree.cli.answers import words
from kpitree.errors import UsageError, did_you_mean
from kpitree.render.words import visible
from kpitree.templates import Template
from kpitree.tree.editing.edits import set_keys
from kpitree.tree.read import read_tree


def listing() -> str:
    """All templates, a line each."""
    wide = max(map(len, templates.NAMES))
    return "".join(f"{name:{wide}}  {templates.about(name)}\n" for name in templates.NAMES)


def write_template(folder: Path, wanted: str, name: str | None, *, force: bool) -> None:
    """Write a template's tree and data, and say what to type next.

    Raises UsageError: no such template, or files are there already. OutputError: not writable.
    """
    if wanted not in templates.NAMES:
        hint = did_you_mean(wanted, templates.NAMES)
        raise UsageError(f"there is no template {wanted!r}", where="--template", hint=hint)
    template = templates.template(wanted)
    stem = template.name
    if name is not None:
        template, stem = _renamed(template, name), file_name(name)
    tree = folder / f"{stem}.toml"
    read_tree(template.tree, tree)  # what is written is a tree, whatever it was named
    files = {tree.name: template.tree, **template.files}
    paths = folders.write_files(folder, files, force=force)
    wrote = "".join(f"wrote {visible(str(path))}\n" for path in paths)
    todo = folders.next_commands(tree, "eval {}", "drivers {}", "check {}")
    console.answer(f"{wrote}\n{todo}")


def _renamed(template: Template, name: str) -> Template:
    """With another name of the tree, also in the commands of its comments.

    Raises UsageError for what cannot be a name.
    """
    try:
        tree = set_keys(template.tree, {("tree", "name"): words(name)})
    except UsageError as error:
        raise UsageError(error.message, where="--name", hint=error.hint) from None
    old, new = f"{template.name}.toml", f"{file_name(name)}.toml"
    tree = re.sub(
        rf"^# .*\b{re.escape(old)}.*$",
        lambda line: line[0].replace(old, new),
        tree,
        flags=re.MULTILINE,
    )
    return replace(template, tree=tree)
