"""From rows to the day cube: a request compiled, its queries in one scan, days rolled up."""
