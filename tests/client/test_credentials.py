import base64

import pytest
from pydantic import SecretStr

from antiphon.client.credentials import NOBODY, Credentials, is_token, key_credentials, with_password

KEY = key_credentials(SecretStr("k"))
TOKEN = key_credentials(SecretStr("auth_tokens/k"))


@pytest.mark.parametrize(
    ("credentials", "what", "headers"),
    [
        (NOBODY, "no credentials", {}),
        (KEY, "an API key", {"x-goog-api-key": "k"}),
        (TOKEN, "an ephemeral token", {"Authorization": "Token auth_tokens/k"}),
        (
            with_password(NOBODY, "Aladdin", SecretStr("open sesame")),
            "a user name and password",
            {"Authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
        ),
        (
            with_password(KEY, "ä", SecretStr("")),
            "an API key, with a user name and password",
            {"Authorization": "Basic w6Q6", "x-goog-api-key": "k"},
        ),
    ],
)
async def test_show_who_is_calling(credentials: Credentials, what: str, headers: dict[str, str]) -> None:
    assert credentials.what == what
    assert await credentials.headers() == headers
    assert await credentials.renew() is False


@pytest.mark.parametrize("show", [repr, str])
def test_show_no_secret(show: type[str]) -> None:
    for credentials in (
        key_credentials(SecretStr("s3cret")),
        key_credentials(SecretStr("auth_tokens/s3cret")),
        with_password(NOBODY, "me", SecretStr("s3cret")),
    ):
        for shown in (show(credentials), show(credentials.kept)):
            assert "s3cret" not in shown
            assert base64.b64encode(b"me:s3cret").decode() not in shown


def test_tokens_are_known_by_how_they_begin() -> None:
    assert is_token(SecretStr("auth_tokens/x"))
    assert not is_token(SecretStr("AIza"))
    assert not is_token(None)
