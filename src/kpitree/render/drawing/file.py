"""`toml`: the tree as it was understood, as a tree file; comments are no part of it."""

from kpitree.render.style import Style
from kpitree.tree.model import Tree
from kpitree.tree.writing import tables_of, text_of


def render(tree: Tree, style: Style) -> str:
    """The whole tree, however deep."""
    del style
    return text_of(tables_of(tree))
