"""`kpitree rank`: the league table of a dimension."""
