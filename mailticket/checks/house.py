"""Is this a name that only the house itself knows? Nobody can register a domain below these (RFC 6761, 6762)."""

#: `.lan` and the like by habit.
_TOPS = frozenset(
    ("example", "test", "invalid", "localhost", "local", "lan", "internal", "home", "intranet", "corp", "alt")
)


def is_of_the_house(domain: str) -> bool:
    """Whether the Internet's DNS cannot know it."""
    return "." not in domain or domain.rpartition(".")[2] in _TOPS
