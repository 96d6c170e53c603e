"""How do we open a mailbox without its password? OAuth2 (RFC 6749): a grant, its tokens, and how a person signs in."""
