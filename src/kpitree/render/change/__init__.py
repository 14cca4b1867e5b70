"""`kpitree drivers`: one KPI's change between two states, taken apart."""
