"""One story for each attack that we must withstand, named after it.

Elsewhere: loops in tests/acceptance/test_loops.py; costly mail in tests/fuzz, tests/integration/test_sandbox.py and
test_smtp_bounds.py; a button that has expired in tests/unit/desk/test_held.py, where the clock can be moved.
"""
