"""What a tree over a file may look like: proposals, made of FOUND_COLUMNS alone."""
