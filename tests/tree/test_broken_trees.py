"""What a broken tree file gets: its mistakes in words, exit code 2, and never a traceback.

A case is a file: `broken/NAME.toml`, and beside it `broken/NAME.txt` with exactly what
`kpitree check NAME.toml` says on standard error. To add one, write the .toml, run
`pytest tests/tree --rewrite`, and read the .txt as a newcomer would. Cases that no editor
would keep as they are (other encodings, endless formulas) are written out below.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from click_testing import run
