"""What was read of unchanged files, kept so that nothing is read twice (docs/cache.md).

folder     where it is kept, how much of it, and whether at all
store      bytes by name in that folder: written whole or not at all, damage found out
packing    an entry as bytes and back
entry      what is kept of one question, and which of it still holds
questions  the name of a question: whatever decides its figures
marks      which state of a file the figures are of
asked      a request, and the files that answer it
shares     figures of several files as those of one source
gone       whether the others are understood as before when some are
missing    reading the files of which nothing is known, or all of them
keeper     single frames, such as figures of spans that are no periods
cubes      from a request to its cube: look, read what is missing, keep
"""
