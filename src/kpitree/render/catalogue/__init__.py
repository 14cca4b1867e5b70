"""The catalogue of KPIs on a screen, in a pipe and in a document; `told.py` is the way in."""
