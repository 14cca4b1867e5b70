"""Tree files edited in place: what an edit is not about stays, byte for byte.

Texts in, texts out; edits.py says what can be done. The only room that knows tomlkit, which reads
and spells single values here. It is not asked to edit: it moves new keys behind the comments of
the table that follows, and writes dotted and scattered tables anew. Where keys and tables stand
is told by layout.py instead, and only the characters that have to change are changed.
"""
