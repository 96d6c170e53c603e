"""Which real servers do tests talk to? Each module starts one on loopback in a temporary folder."""
