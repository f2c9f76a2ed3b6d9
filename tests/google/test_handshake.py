"""Who is let in by which door."""

import pytest
from websockets.exceptions import InvalidProxyStatus, InvalidStatus

from tests.google.failures import BAD_KEY, NOT_REGISTERED
from tests.google.fake import FakeGoogle
from tests.google.handshake import EXPIRED_KEY, GOOD_KEY, GOOD_TOKEN
from tests.google.raw import EXPRESS, GEMINI, GLOBAL, KEY, SETUP, opened

ALPHA = GEMINI.replace("v1beta", "v1alpha")
REGION = GLOBAL.replace("//", "//us-central1-")


@pytest.mark.parametrize(
    ("url", "headers", "code", "reason"),
    [
        (GEMINI, {}, 1008, NOT_REGISTERED[:123]),
        (GEMINI, {"x-goog-api-key": "AIzaOther"}, 1007, BAD_KEY),
        (GEMINI, {"x-goog-api-key": EXPIRED_KEY}, 1007, "API key expired. Please renew the API key."),
        (GEMINI, {"Authorization": f"Token {GOOD_TOKEN}"}, 1008, NOT_REGISTERED[:123]),
        (f"{ALPHA}Constrained", KEY, 1008, NOT_REGISTERED[:123]),
        (f"{ALPHA}Constrained", {"Authorization": "Token auth_tokens/other"}, 1008, NOT_REGISTERED[:123]),
    ],
)
async def test_closes_strangers_of_the_developer_api(
    google: FakeGoogle, url: str, headers: dict[str, str], code: int, reason: str
) -> None:
    assert await opened(url, headers, SETUP) == (code, reason)


@pytest.mark.parametrize(
    ("url", "headers", "status"),
    [
        (REGION, {}, 401),
        (REGION, {"Authorization": "Bearer ya29.other"}, 401),
        (GLOBAL, {"x-goog-api-key": "AIzaOther"}, 401),
        (GEMINI.replace("v1beta", "v2"), KEY, 404),
        (GEMINI.replace("Service.Bidi", "Service/Bidi"), KEY, 404),
        (REGION.replace("Service/Bidi", "Service.Bidi"), KEY, 404),
        (REGION.replace("us-central1-aiplatform", "generativelanguage"), KEY, 404),
        (REGION.replace("us-central1-", "global-"), KEY, 404),
    ],
)
async def test_refuses_others_at_the_handshake(
    google: FakeGoogle, url: str, headers: dict[str, str], status: int
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await opened(url, headers, EXPRESS)
    assert refused.value.response.status_code == status
    assert not google.peers


async def test_leads_nowhere_but_to_google(google: FakeGoogle) -> None:
    with pytest.raises(InvalidProxyStatus):
        await opened("wss://example.org/", KEY, SETUP)
    assert google.proxy.refused == ["example.org:443"]


@pytest.mark.parametrize(
    ("url", "credentials", "model"),
    [
        (GEMINI, KEY, "models/gemini-3.8-live"),
        (f"{GEMINI}?key={GOOD_KEY}", {}, "models/gemini-3.8-live"),
        (f"{ALPHA}Constrained", {"Authorization": f"Token {GOOD_TOKEN}"}, "models/gemini-3.8-live"),
        (f"{ALPHA}Constrained?access_token={GOOD_TOKEN}", {}, "models/gemini-3.8-live"),
        (GLOBAL, KEY, EXPRESS["model"]),
    ],
)
async def test_lets_in(google: FakeGoogle, url: str, credentials: dict[str, str], model: str) -> None:
    answer = await opened(url, credentials, {"model": model})
    assert isinstance(answer, dict)
    assert set(answer["setupComplete"]) == ({"sessionId"} if url == GLOBAL else set())
    assert google.peer.caller.host == google.peer.caller.sni == url.split("/")[2]
