"""`kpitree doctor`: what the rows of a source are like, whatever is wrong with them."""
