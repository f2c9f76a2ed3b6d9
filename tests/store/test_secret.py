import re

from antiphon.store.secret import digest, new_secret


def test_a_secret_has_256_random_bits_and_needs_no_escape():
    made = {new_secret("ak-") for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(r"ak-[A-Za-z0-9_-]{43}", secret) for secret in made)


def test_whatever_a_client_sends_has_a_digest():
    assert len(digest("\ud800 ü")) == 32
    assert digest("a") == digest("a") != digest("b")
