"""Whole conversations, made up: what a client may send (`wellformed`) and may not (`malformed`), played to a server."""
