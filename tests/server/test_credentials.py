import pytest
from starlette.requests import HTTPConnection

from antiphon.server.credentials import Credential, presented


def request(query: str = "", *headers: tuple[str, str]) -> HTTPConnection:
    raw = [(name.encode(), value.encode()) for name, value in headers]
    return HTTPConnection({"type": "http", "path": "/", "query_string": query.encode(), "headers": raw})


PLACES = {
    "nothing": (request(), None),
    "query key": (request("key=k1"), "k1"),
    "query access_token": (request("access_token=auth_tokens/t"), "auth_tokens/t"),
    "query access_token, escaped": (request("access_token=auth_tokens%2Ft"), "auth_tokens/t"),
    "x-goog-api-key": (request("", ("x-goog-api-key", "k1")), "k1"),
    "token": (request("", ("authorization", "Token auth_tokens/t")), "auth_tokens/t"),
    "bearer": (request("", ("authorization", "Bearer k1")), "k1"),
    "in any case": (request("", ("authorization", "bearer  k1 ")), "k1"),
    "another scheme": (request("", ("authorization", "Basic k1")), None),
    "a scheme alone": (request("", ("authorization", "Bearer")), None),
    "empty ones are not there": (
        request("key=&access_token=%20", ("x-goog-api-key", ""), ("authorization", "Bearer k1")),
        "k1",
    ),
    "the first counts": (request("access_token=k2&key=k1", ("x-goog-api-key", "k3")), "k1"),
    "the query before the headers": (request("access_token=k2", ("x-goog-api-key", "k3")), "k2"),
    "the key before the authorization": (
        request("", ("authorization", "Bearer k5"), ("x-goog-api-key", "k3")),
        "k3",
    ),
    "Token before Bearer": (request("", ("authorization", "Bearer k5"), ("authorization", "Token k4")), "k4"),
}


@pytest.mark.requirement(
    "credentials.query_key",
    "credentials.query_token",
    "credentials.key_header",
    "credentials.token_header",
    "credentials.bearer",
    "credentials.order",
)
@pytest.mark.parametrize(("request_", "secret"), PLACES.values(), ids=PLACES)
def test_the_first_place_that_holds_one_counts(request_, secret):
    assert presented(request_) == (secret and Credential(secret))


def test_tokens_are_known_by_their_name():
    assert Credential("auth_tokens/x").ephemeral
    assert not Credential("ak-x").ephemeral


@pytest.mark.requirement("credentials.unlogged")
def test_it_is_never_shown():
    assert "ak-x" not in repr(Credential("ak-x"))
