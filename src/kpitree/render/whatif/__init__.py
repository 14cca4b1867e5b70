"""`kpitree whatif`: the tree before and after some of its values are changed."""
