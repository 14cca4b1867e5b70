"""A tree file written anew: from a Tree to its tables, and from tables to text.

`read_tree(text_of(tables_of(tree)), tree.file) == tree` for every tree. Comments are no part of
a Tree: files that people have written are edited in place (editing/), never written over.
"""

from kpitree.tree.writing.tables import tables_of
from kpitree.tree.writing.text import text_of

__all__ = ["tables_of", "text_of"]
