"""The library of KPIs: what each means, how it is computed, who reads it, how it is gamed."""
