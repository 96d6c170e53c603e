"""mailticket: a support desk that needs nothing but its mail clients."""
