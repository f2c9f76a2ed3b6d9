"""Sessions with Google, as far as it can be had here: a fake that shares nothing with us but the protocol document."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from antiphon.client.events import Continuation, GoingAway, Reconnected, TurnEnded
from antiphon.client.live import LiveSession, connect
from antiphon.config import Client
from antiphon.errors import AntiphonError, ConnectionClosed, ConnectionRefused
from tests.client.test_mending import until
from tests.google.accounts import PROJECT
from tests.google.failures import BY_NAME, FAILURES, Failure, When
from tests.google.fake import FakeGoogle
from tests.google.handshake import EXPIRED_KEY, GOOD_KEY, GOOD_TOKEN
from tests.google.live import Script
from tests.google.steps import accept, answer, answering, fail, go_away, script, until_turn, update

QUICK = Client(backoff_s=0.01, backoff_s_max=0.02, reconnect_s_max=5.0)
MODEL = "gemini-2.5-flash-native-audio-preview-12-2025"
VERTEX_MODEL = "gemini-live-2.5-flash-native-audio"
DEVELOPER_HOST = "generativelanguage.googleapis.com"
DEVELOPER_PATH = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"
TOKEN_PATH = "/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained"
VERTEX_PATH = "/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent"


@dataclass(frozen=True)
class Form:
    """A way to say where and as whom, and all of the handshake and the setup that follows from it."""

    name: str
    endpoint: str
    variables: dict[str, str]
    host: str
    path: str
    credentials: tuple[str, str]
    model: str
    transparent: bool
    account: bool = False

    def __str__(self) -> str:
        return self.name


def vertex(name: str, location: str, host: str, *, account: bool = True) -> Form:
    return Form(
        name,
        "vertex",
        {"GOOGLE_CLOUD_PROJECT": PROJECT, "GOOGLE_CLOUD_LOCATION": location},
        host,
        VERTEX_PATH,
        ("authorization", "Bearer "),
        f"projects/{PROJECT}/locations/{location}/publishers/google/models/{VERTEX_MODEL}",
        transparent=True,
        account=account,
    )


def developer(name: str, variables: dict[str, str], *, endpoint: str = "gemini") -> Form:
    key = ("x-goog-api-key", GOOD_KEY)
    return Form(name, endpoint, variables, DEVELOPER_HOST, DEVELOPER_PATH, key, f"models/{MODEL}", transparent=False)


FORMS = [
    developer("GOOGLE_API_KEY", {"GOOGLE_API_KEY": GOOD_KEY}),
    developer("GEMINI_API_KEY", {"GEMINI_API_KEY": GOOD_KEY}),
    developer("as the SDK chooses", {"GOOGLE_API_KEY": GOOD_KEY}, endpoint="google"),
    Form(
        "ephemeral token", "gemini", {"GOOGLE_API_KEY": GOOD_TOKEN}, DEVELOPER_HOST, TOKEN_PATH,
        ("authorization", f"Token {GOOD_TOKEN}"), f"models/{MODEL}", transparent=False,
    ),
    vertex("region", "us-central1", "us-central1-aiplatform.googleapis.com"),
    vertex("global", "global", "aiplatform.googleapis.com"),
    vertex("multi-region", "eu", "aiplatform.eu.rep.googleapis.com"),
    Form(
        "express", "vertex", {"GOOGLE_API_KEY": GOOD_KEY}, "aiplatform.googleapis.com", VERTEX_PATH,
        ("x-goog-api-key", GOOD_KEY), f"publishers/google/models/{VERTEX_MODEL}", transparent=True,
    ),
]  # fmt: skip


def use(google: FakeGoogle, monkeypatch: pytest.MonkeyPatch, form: Form) -> None:
    credentials = google.service_account() if form.account else None
    for name, value in google.environment(credentials=credentials, **form.variables).items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("form", FORMS, ids=str)
async def test_every_form_of_endpoint_and_credentials(
    google: FakeGoogle, monkeypatch: pytest.MonkeyPatch, form: Form
) -> None:
    use(google, monkeypatch, form)
    async with asyncio.timeout(20):
        model = form.model.rpartition("/")[2]
        async with connect(form.endpoint, model=model, system="Be brief.", voice="Puck") as session:
            await session.send_text("Hello?")
            await until(session, TurnEnded)
    caller = google.peer.caller
    assert (caller.sni, caller.host, caller.path, caller.query) == (form.host, form.host, form.path, {})
    header, value = form.credentials
    assert caller.headers[header].startswith(value)
    assert len({"authorization", "x-goog-api-key"} & caller.headers.keys()) == 1
    assert google.peer.messages == [
        {
            "setup": {
                "model": form.model,
                "generationConfig": {
                    "responseModalities": ["AUDIO"],
                    "speechConfig": {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Puck"}}},
                },
                "systemInstruction": {"parts": [{"text": "Be brief."}]},
                "sessionResumption": {"transparent": True} if form.transparent else {},
                "inputAudioTranscription": {},
                "outputAudioTranscription": {},
            }
        },
        {"clientContent": {"turns": [{"role": "user", "parts": [{"text": "Hello?"}]}], "turnComplete": True}},
    ]


# What each failure of protocol.md section 5 leads to

STOPS = {
    "bad-token", "forbidden", "unregistered", "bad-key", "expired-key", "region-blocked", "model-unknown",
    "model-unknown-vertex", "model-retired", "unknown-field", "bad-schema", "invalid-argument", "too-many-tokens",
    "text-on-native-audio", "two-modalities", "unsupported", "tool-answer", "concurrency", "quota",
}  # fmt: skip
"""Repeating would not help."""

GOES_ON = {
    "tool-answer-internal", "aborted", "go-away-ignored", "go-away-deadline", "overloaded", "service-unavailable",
    "internal", "deadline", "going-away", "restarting", "dropped",
}  # fmt: skip
"""The session is resumed."""

SESSION = [failure for failure in FAILURES if failure.when is When.SESSION]
BEFORE = [failure for failure in FAILURES if failure.when is not When.SESSION]


def test_every_failure_has_its_decision() -> None:
    assert STOPS | GOES_ON | {"unavailable", "handle-gone"} == BY_NAME.keys()


@pytest.fixture
def by_key(google: FakeGoogle, monkeypatch: pytest.MonkeyPatch) -> FakeGoogle:
    use(google, monkeypatch, FORMS[0])
    return google


@pytest.mark.parametrize("failure", SESSION, ids=str)
async def test_a_session_that_fails_in_the_middle(by_key: FakeGoogle, failure: Failure) -> None:
    by_key.scripts = [script(accept, update("h1"), until_turn(1), fail(failure)), answering]
    async with asyncio.timeout(20):
        async with connect("gemini", model=MODEL, limits=QUICK) as session:
            await session.send_text("Hello?")
            if failure.name in STOPS:
                with pytest.raises(ConnectionClosed) as caught:
                    await until(session, TurnEnded)
                assert caught.value.code == failure.code
                assert caught.value.reason.startswith(failure.reason[:60])
            else:
                events = await until(session, TurnEnded)
                (again,) = [event for event in events if isinstance(event, Reconnected)]
                assert again.how is Continuation.RESUMED
    assert len(by_key.peers) == (1 if failure.name in STOPS else 2)
    if failure.name in GOES_ON:
        assert by_key.peer.setup["sessionResumption"] == {"handle": "h1"}
        assert by_key.peer.messages[1]["clientContent"]["turns"][0]["parts"] == [{"text": "Hello?"}]


@pytest.mark.parametrize("failure", BEFORE, ids=str)
async def test_a_session_that_does_not_begin(by_key: FakeGoogle, failure: Failure) -> None:
    refused = failure.when in {When.HANDSHAKE, When.OPENED}
    by_key.refusals = [failure] if refused else []
    by_key.scripts = [answering] if refused else [script(fail(failure)), answering]
    async with asyncio.timeout(20):
        if failure.name == "unavailable":
            async with connect("gemini", model=MODEL, limits=QUICK):
                pass
            assert len(by_key.callers) == 2
            return
        with pytest.raises(ConnectionClosed) as caught:
            async with connect("gemini", model=MODEL, limits=QUICK):
                pass
    assert caught.value.code == failure.code
    assert isinstance(caught.value, ConnectionRefused) is (failure.when is When.HANDSHAKE)
    assert len(by_key.callers) == 1


@pytest.mark.parametrize("failure", BEFORE, ids=str)
async def test_a_session_that_cannot_be_resumed(by_key: FakeGoogle, failure: Failure) -> None:
    """After a session was good: what is about the handle is mended without it, what is not ends it."""
    first = script(accept, update("h1"), until_turn(1), answer("It is near."), fail(BY_NAME["dropped"]))
    refused = failure.when in {When.HANDSHAKE, When.OPENED}
    by_key.scripts = [first, *([] if refused else [script(fail(failure))]), answering]
    if refused:
        by_key.refusals = [None, failure]
    if failure.name == "handle-gone":
        by_key.scripts = [first, answering]
    async with asyncio.timeout(20):
        async with connect("gemini", model=MODEL, limits=QUICK) as session:
            await session.send_text("Where?")
            await until(session, TurnEnded)
            if failure.name == "handle-gone":
                by_key.forget_handles()
            how = await went_on(session)
    if failure.name in {"bad-token", "forbidden", "unregistered", "bad-key", "expired-key", "region-blocked"}:
        assert how is None
    elif failure.name in {"unavailable"}:
        assert how is Continuation.RESUMED
    elif failure.name == "concurrency":
        assert how is None
    else:
        assert how is Continuation.FRESH
        told = by_key.peer.messages[1]["clientContent"]
        assert [turn["parts"][0]["text"] for turn in told["turns"]] == ["Where?", "It is near."]
        assert "turnComplete" not in told


async def went_on(session: LiveSession) -> Continuation | None:
    try:
        events = await until(session, Reconnected)
    except AntiphonError:
        return None
    last = events[-1]
    assert isinstance(last, Reconnected)
    return last.how


# Tokens that run out


@pytest.fixture
def by_account(google: FakeGoogle, monkeypatch: pytest.MonkeyPatch) -> FakeGoogle:
    use(google, monkeypatch, FORMS[4])
    return google


def dropped_after(turns: int) -> Script:
    return script(accept, update("h1"), until_turn(turns), fail(BY_NAME["dropped"]))


@pytest.mark.parametrize(
    ("before_the_loss", "refreshes"),
    [(lambda accounts: None, 1), (lambda accounts: accounts.revoke(), 2)],
    ids=["a token that is good is used again", "one that is refused is renewed once"],
)
async def test_another_connection_comes_with_a_good_token(
    by_account: FakeGoogle, before_the_loss: Callable[[object], None], refreshes: int
) -> None:
    by_account.scripts = [dropped_after(1), answering]
    async with asyncio.timeout(20):
        async with connect("vertex", model=VERTEX_MODEL, limits=QUICK) as session:
            before_the_loss(by_account.accounts)
            await session.send_text("Hello?")
            await until(session, TurnEnded)
    assert len(by_account.accounts.refreshes) == refreshes
    assert len(by_account.callers) == 1 + refreshes


async def test_a_token_that_is_about_to_run_out_is_refreshed_for_the_next_connection(by_account: FakeGoogle) -> None:
    by_account.accounts.lifetime_s = 60  # less than is wanted of a token for a connection that begins
    by_account.scripts = [dropped_after(1), answering]
    async with asyncio.timeout(20):
        async with connect("vertex", model=VERTEX_MODEL, limits=QUICK) as session:
            await session.send_text("Hello?")
            await until(session, TurnEnded)
    bearers = {caller.headers["authorization"] for caller in by_account.callers}
    assert len(bearers) == 2


async def test_an_account_that_is_refused_is_said_so(by_account: FakeGoogle) -> None:
    by_account.accounts.refuse = (400, {"error": "invalid_grant"})
    async with asyncio.timeout(20):
        with pytest.raises(AntiphonError, match="service account"):
            async with connect("vertex", model=VERTEX_MODEL, limits=QUICK):
                pass
    assert not by_account.callers


async def test_an_expired_key_is_said_so(google: FakeGoogle, monkeypatch: pytest.MonkeyPatch) -> None:
    use(google, monkeypatch, developer("expired", {"GOOGLE_API_KEY": EXPIRED_KEY}))
    async with asyncio.timeout(20):
        with pytest.raises(ConnectionClosed, match="expired") as caught:
            async with connect("gemini", model=MODEL):
                pass
    assert EXPIRED_KEY not in str(caught.value)


# Leaving


async def test_goaway_is_followed_when_the_turn_is_over(by_key: FakeGoogle) -> None:
    leaving = script(accept, update("h1"), until_turn(1), go_away(50), answer("It is near."), update("h2"))
    by_key.scripts = [leaving, answering]
    async with asyncio.timeout(20):
        async with connect("gemini", model=MODEL, limits=QUICK) as session:
            await session.send_text("Where?")
            events = await until(session, Reconnected)
    assert [type(event) for event in events if isinstance(event, GoingAway | TurnEnded)] == [GoingAway, TurnEnded]
    assert by_key.peer.setup["sessionResumption"] == {"handle": "h2"}
    assert len(by_key.peer.messages) == 1, "there was nothing to say again"
