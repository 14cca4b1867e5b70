"""Rows and their columns: raw, computed, looked up; expressions over them."""
