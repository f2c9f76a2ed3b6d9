import pytest

from antiphon.recording.secrets import SECRET_FIELDS, Placeholders, is_secret_key


def test_the_same_secret_has_the_same_placeholder() -> None:
    placeholders = Placeholders()
    given = [placeholders.placeholder("handle", secret) for secret in ("a", "b", "a")]
    assert given == ["handle-1", "handle-2", "handle-1"]
    assert placeholders.placeholder("signature", b"a") == "signature-1"


@pytest.mark.parametrize(
    "text",
    [
        "AIzaSyA1234567890abcdefghijklmnopqrstuv",
        "ya29.a0AfH6SMBxxxxxxxxxxxx",
        "ak-0123456789abcdef0123",
        "auth_tokens/0123abcdef",
        "sk-0123456789abcdefghij0123",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    ],
)
def test_what_looks_like_a_key_is_replaced_wherever_it_stands(text: str) -> None:
    scrubbed = Placeholders().scrubbed(f"use {text}, please")
    assert scrubbed == "use key-1, please"


def test_keys_in_urls_and_headers() -> None:
    scrubbed = Placeholders().scrubbed("wss://me:word@h/x?key=abc&access_token=def&a=b Bearer abcdefgh.ij")
    assert scrubbed == "wss://key-1@h/x?key=key-2&access_token=key-3&a=b Bearer key-4"


@pytest.mark.parametrize(
    "text", ["Where is it?", "a key to the house", "sk-8 boards", "key=value", "12:30@home", "eyJ."]
)
def test_what_people_say_is_kept(text: str) -> None:
    assert Placeholders().scrubbed(text) == text


@pytest.mark.parametrize("key", ["apiKey", "api_key", "X-Goog-Api-Key", "headers", "Authorization"])
def test_knows_keys_by_their_name(key: str) -> None:
    assert is_secret_key(key)


@pytest.mark.parametrize("key", ["key", "tokens", "address"])
def test_and_takes_no_other_for_one(key: str) -> None:
    assert not is_secret_key(key)


def test_every_secret_field_is_a_field() -> None:
    assert all(name in kind.__struct_fields__ for kind, name in SECRET_FIELDS)  # type: ignore[attr-defined]
