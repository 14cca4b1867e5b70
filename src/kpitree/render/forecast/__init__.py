"""`kpitree forecast`: where KPIs land, against what is promised."""
