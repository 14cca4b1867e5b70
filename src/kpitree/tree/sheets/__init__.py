"""A tree as rows of a spreadsheet, one a KPI, and such rows as a tree."""
