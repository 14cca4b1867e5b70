"""`kpitree trend`: values over time, and which of them are signals."""
