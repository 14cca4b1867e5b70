"""`kpitree levers`: what pulls on a KPI, and what each lever alone would have to become."""
