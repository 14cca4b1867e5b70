"""Files as they come: which they are, how they are written, and what is wrong with them."""
