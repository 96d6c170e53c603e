"""The help desk's rules: pure decisions, no I/O, no clock, no session."""
