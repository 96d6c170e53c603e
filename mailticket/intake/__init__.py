"""How mail comes in: SMTP, IMAP and files, each awaiting a Receipt."""
