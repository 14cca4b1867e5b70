"""`kpitree doctor`: everything suspect in the data of a tree."""
