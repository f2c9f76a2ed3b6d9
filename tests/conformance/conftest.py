"""The server and the raw client of the server's own tests."""

from tests.server.conftest import call, clock, server, store

__all__ = ["call", "clock", "server", "store"]
