"""`mailticket setup`: what it asks, in which order; what it looks at is in mailticket/setup."""
