"""`kpitree eval`: the tree with its figures, and the drivers of what was missed."""
