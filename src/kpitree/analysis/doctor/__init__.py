"""What is suspect in what was seen of the rows of a source: pure functions, no files.

To add a check: a function in one of these modules, a line in CHECKS (findings.py), its code in
CODES (codes.py) and in docs/doctor.md.
"""
