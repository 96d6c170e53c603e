"""What do people see? Stories that boot the real daemon, speak the protocols, and look at it by its commands."""
