"""Which agent is meant? An address, a name, or a part of a name that only one of them has."""

import re

from mailticket.desk.likeness import fold
from mailticket.desk.policy import Agent, Policy

_WORDS = re.compile(r"[^\W_]+")


def agents_named(text: str, policy: Policy) -> tuple[Agent, ...]:
    """The agents whom `text` may mean, best reading first: address, whole name, words of it, a part of it.

    More than one where it is not certain, () where nobody is called so.
    """
    registered = policy.agent(text.strip().lower())
    if registered is not None:
        return (registered,)
    words = _WORDS.findall(fold(text))
    if not words or "@" in text:
        return ()
    for fits in (_is_name, _has_words, _begins_words, _contains):
        if found := tuple(agent for agent in policy.agents if fits(words, agent)):
            return found
    return ()


def _words_of(agent: Agent) -> list[str]:
    return _WORDS.findall(fold(f"{agent.name} {agent.address.partition('@')[0]}"))


def _is_name(words: list[str], agent: Agent) -> bool:
    return words in (_WORDS.findall(fold(agent.name)), _WORDS.findall(fold(agent.address.partition("@")[0])))


def _has_words(words: list[str], agent: Agent) -> bool:
    return set(words) <= set(_words_of(agent))


def _begins_words(words: list[str], agent: Agent) -> bool:
    return all(any(own.startswith(word) for own in _words_of(agent)) for word in words)


def _contains(words: list[str], agent: Agent) -> bool:
    return all(any(word in own for own in _words_of(agent)) for word in words)
