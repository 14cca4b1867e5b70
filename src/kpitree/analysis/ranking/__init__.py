"""The league table of a dimension: ranks, parts of the whole, and which differences are luck."""
