"""Every weight file by its sum: which there are, where they may come from, fetching and keeping them.

May import config and errors. Knows no engine: an engine asks `cache.locate` for its files by name.
"""
