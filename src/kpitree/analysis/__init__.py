"""Pure functions on small frames: from parts to values, comparisons, targets and why."""
