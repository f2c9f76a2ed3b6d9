"""Google, where this process looks for it: the fixture of tests/google."""

from tests.google.conftest import google

__all__ = ["google"]
