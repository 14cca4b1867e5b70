"""Design advice that takes data: pure functions over what the KPIs and their targets were.

To add a rule: a function in one of these modules, a line in LOOKS (looks.py), and its text among
the RULES of kpitree/advice/rules.py.
"""
