"""The only rooms that open data: sources, row expressions, aggregates, the daily cube."""
