"""A new tree file's text. Files that are there already are edited in place (editing/)."""

from typing import Any

import tomli_w


def text_of(tables: dict[str, Any]) -> str:
    """The text of a tree file with these tables, in their order, as a person would write it.

    tables: "tree", "calendar", "sources", "targets", "kpi", as schema.py has them.
    """
    return tomli_w.dumps(tables)
