"""Design advice: what makes KPIs good ones, as rules over a checked tree."""
