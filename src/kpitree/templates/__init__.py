"""Ready-made trees, each with made-up data that makes it run."""
