"""Google, where this process looks for it: the fixture of tests/google, for the client's tests too."""

from tests.google.conftest import google

__all__ = ["google"]
