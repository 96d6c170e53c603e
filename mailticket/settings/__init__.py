"""Which settings exist? One frozen model a section, each key with its default and bounds; config.py loads them.

What each key means to an operator stands in config/mailticket.toml; a test holds the two together.
"""
