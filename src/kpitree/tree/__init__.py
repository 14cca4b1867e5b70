"""Tree files: read, checked with every mistake at once, and held as plain values."""
