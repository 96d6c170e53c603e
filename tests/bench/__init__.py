"""How fast is it, and beside what? Ratios taken in one run, the parties by turns; no figure here is a test."""
