"""What each command answers: frames with documented columns (tables.py), and words beside them."""
