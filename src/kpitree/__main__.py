"""`python -m kpitree`."""

from kpitree.cli import main

main()
