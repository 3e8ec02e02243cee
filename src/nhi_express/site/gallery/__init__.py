"""Every page in every state and language, as data: for people to look at, and for tests to photograph and check.

One module a room, named like the room, with ``PAGES``. A new module is found by itself.
"""
