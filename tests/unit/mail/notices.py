"""Notices of mail servers for tests, as they come over the wire."""

DAEMON = "From: Mail Delivery Subsystem <MAILER-DAEMON@mx.shop.example>"
OPERATOR = "From: Postmaster <postmaster@shop.example>"
#: What servers append of our mail.
RETURNED = (
    "Return-Path: <desk@acme.example>\nReceived: from acme.example by mx.shop.example; Sun, 22 Nov 2026 10:00:00 GMT\n"
    "Message-ID: <ours@acme.example>\nFrom: desk@acme.example\nTo: carla@shop.example\nSubject: Your vase\n\n"
    "It broke.\n"
)


def notice(header: str, text: str) -> bytes:
    """A mail of plain text to the desk."""
    return f"{header}\nTo: desk@acme.example\nContent-Type: text/plain; charset=utf-8\n\n{text}".encode()
