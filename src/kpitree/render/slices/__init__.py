"""`kpitree segments`: the few slices that tell most of one KPI's change."""
