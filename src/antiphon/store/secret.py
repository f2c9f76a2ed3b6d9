"""Secrets: made at random, known again by their SHA-256."""

import hashlib
import secrets

SECRET_BYTES = 32


def new_secret(prefix: str = "") -> str:
    """Make a secret of 256 random bits, in characters that need no escape in a URL."""
    return prefix + secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> bytes:
    """What is kept of a secret. Any string has one, for clients send what they like."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()
