"""For every rule that looks at the tree alone: a tree that it speaks up about, and its twin.

`kpitree check --explain` and docs/advice.md show them; the tests hold the rules to them.
"""

from typing import Final

from kpitree.advice.examples.arithmetic import ARITHMETIC
from kpitree.advice.examples.balance import BALANCE
from kpitree.advice.examples.contract import Example
from kpitree.advice.examples.smart import SMART

EXAMPLES: Final[dict[str, Example]] = {**SMART, **BALANCE, **ARITHMETIC}
