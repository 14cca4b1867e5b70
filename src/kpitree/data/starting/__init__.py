"""Files that a tree may start from: which there are, and what their columns are like."""
