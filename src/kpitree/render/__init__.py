"""Answers made printable: values and frames in, one string out. Nothing here prints."""
