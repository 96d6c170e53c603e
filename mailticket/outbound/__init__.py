"""How mail leaves: the outbox rendered and delivered."""
