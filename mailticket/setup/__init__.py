"""How does somebody with a mailbox get a settings file that works? What `mailticket setup` looks at and writes."""
