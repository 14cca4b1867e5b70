"""The only rooms that open data: files, joins, engines, the daily cube, the cache."""
