"""docs/tutorial.md as its readers run it: every cell, against antiphon and against a stand-in for Google."""

import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest

from antiphon.client.audio_file import open_audio
from antiphon.client.events import Event
from tests.docs.notebooks import ROOT, TUTORIAL, Ran, execute
from tests.docs.tutorial_google import tutor
from tests.google.failures import BY_NAME, FAILURES
from tests.google.fake import FakeGoogle, fake_google
from tests.google.handshake import DEVELOPER_HOST, GOOD_KEY, PROJECT
from tests.google.steps import fail, script
from tests.google.strict import Json

PAGE = TUTORIAL.with_suffix(".md").read_text(encoding="utf-8")
QUESTION = ROOT / "examples" / "where_is_the_nearest_train_station.wav"
ANTIPHON_RUN = (sys.executable, "-m", "antiphon", "run")

SHORT_S = 200
"""Of an access token: less than the client wants left of one, so that every connection needs another."""

SETUP: Json = {
    "generationConfig": {"responseModalities": ["AUDIO"]},
    "inputAudioTranscription": {},
    "outputAudioTranscription": {},
}
LAMP_TOOL: Json = {
    "functionDeclarations": [
        {
            "name": "set_lamp",
            "description": "Turns the lamp in this room on or off.",
            "parametersJsonSchema": {
                "type": "object",
                "properties": {"on": {"type": "boolean"}},
                "required": ["on"],
            },
        }
    ]
}
VERTEX_MODEL = f"projects/{PROJECT}/locations/us-central1/publishers/google/models/gemini-live-2.5-flash-native-audio"


@pytest.fixture
async def google() -> AsyncIterator[FakeGoogle]:
    """Google, for another process: nothing of this one's environment is changed."""
    async with fake_google() as running:
        yield running


def table(heading: str) -> list[str]:
    """Give the first column of the table under a heading, row by row."""
    section = re.split(r"^#", PAGE.partition(heading)[2], maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^\| (`[^|]+`) \|", section, re.MULTILINE)


def test_the_page_and_the_notebook_agree() -> None:
    done = subprocess.run([sys.executable, TUTORIAL, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_page_names_every_event() -> None:
    assert sorted(table("### Every kind of event")) == sorted(f"`{kind.__name__}`" for kind in get_args(Event))


def test_the_page_quotes_what_google_says() -> None:
    quoted = [text for row in table("### When it fails") for text in re.findall(r"`(.+?)`", row)]
    said = [failure.reason for failure in FAILURES] + ["HTTP 401", "HTTP 403"]
    ours = {"needs an API key", "cannot be reached"}
    assert len(quoted) > 8
    assert [text for text in quoted if text not in ours and not any(text in each for each in said)] == []


def check_lesson(ran: Ran) -> None:
    """What a reader sees whatever the endpoint is."""
    assert ran.fault == ""
    for section in (1, 3, 4, 5, 8):
        assert "<audio" in ran.html(section)
    assert re.search(r"[\d.]+ s of speech, [\d.]+ s after the end", ran.printed(3))
    assert re.search(r"heard: .*\n(.*\n)*said: .*\n(.*\n)*The first sound came after [\d.]+ s", ran.printed(4))
    assert "set_lamp({'on': True})" in ran.printed(6)
    assert "Stopped; " in ran.printed(7)
    assert 'class="antiphon-recording"' in ran.html(9)
    assert "set_lamp(on=True)" in ran.html(9)
    assert "set_lamp(on=True)" in ran.printed(9)


async def test_against_antiphon(tmp_path: Path) -> None:
    ran = await execute(tmp_path, {}, *ANTIPHON_RUN, "--engines", "scripted", "--")
    check_lesson(ran)
    assert "wss://127.0.0.1:" in ran.printed(2)
    assert re.search(r"You said: speech of 1\.\d seconds\.", ran.html(3))
    assert "The lamp is on." in ran.printed(6)
    assert re.search(r"Reconnected\(how=<Continuation.RESUMED.*replayed_s=0, reply_lost=False\)", ran.printed(8))
    assert "You said: What is my name?" in ran.html(8)


@pytest.mark.real
async def test_against_antiphon_with_its_own_ears_and_voice(tmp_path: Path) -> None:
    ran = await execute(tmp_path, {}, *ANTIPHON_RUN, "--", cwd=ROOT / "docs")
    check_lesson(ran)
    assert "train station?" in ran.html(3)
    assert "RESUMED" in ran.printed(8)


async def test_against_the_developer_api_which_goes_away(google: FakeGoogle, tmp_path: Path) -> None:
    google.scripts = [tutor(), tutor(), tutor(leaves=True), tutor()]
    ran = await execute(
        tmp_path, google.environment(ANTIPHON_ENDPOINT="gemini", GOOGLE_API_KEY=GOOD_KEY), cwd=ROOT / "docs"
    )
    check_lesson(ran)
    assert "Google does it unasked" in ran.printed(8)
    assert GOOD_KEY not in str(ran.notebook)
    path = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"
    for caller in google.callers:
        assert (caller.sni, caller.host, caller.path, caller.query) == (DEVELOPER_HOST, DEVELOPER_HOST, path, {})
        assert caller.headers["x-goog-api-key"] == GOOD_KEY
        assert "authorization" not in caller.headers
    model = {"model": "models/gemini-3.8-live"}
    conversation = SETUP | model | {"tools": [LAMP_TOOL]}
    handle = google.peers[-1].setup["sessionResumption"]["handle"]
    assert handle in google.peers[-2].handles
    assert [peer.setup for peer in google.peers] == [
        *(SETUP | model | {"sessionResumption": {}},) * 2,
        conversation | {"sessionResumption": {}},
        conversation | {"sessionResumption": {"handle": handle}},
    ]
    check_heard(google)


async def test_against_vertex_which_fails_at_first(google: FakeGoogle, tmp_path: Path) -> None:
    google.scripts = [script(fail(BY_NAME["internal"])), tutor()]
    google.accounts.lifetime_s = SHORT_S
    account = google.service_account()
    ran = await execute(
        tmp_path,
        google.environment(credentials=account, ANTIPHON_ENDPOINT="vertex", GOOGLE_CLOUD_LOCATION="us-central1"),
        cwd=ROOT / "tests" / "docs",
    )
    check_lesson(ran)
    assert "with the service account voice@" in ran.printed(2)
    host = "us-central1-aiplatform.googleapis.com"
    path = "/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent"
    for caller in google.callers:
        assert (caller.sni, caller.host, caller.path, caller.query) == (host, host, path, {})
        assert "x-goog-api-key" not in caller.headers
    tokens = [caller.authorization("Bearer") for caller in google.callers]
    assert tokens == [f"ya29.fake-{number}" for number in range(1, 5)]
    assert len(google.accounts.refreshes) == 4
    told = SETUP | {"model": VERTEX_MODEL, "sessionResumption": {"transparent": True}}
    assert [peer.setup for peer in google.peers] == [told, told, told, told | {"tools": [LAMP_TOOL]}]
    check_heard(google)


def check_heard(google: FakeGoogle) -> None:
    """What Google was told beside the setups: none of it was refused, and the sound is the recording's."""
    assert [peer.refusal for peer in google.peers] == [None] * len(google.peers)
    question = b"".join(chunk.data for chunk in open_audio(QUESTION).chunks())
    asked, streamed, talked = (peer for peer in google.peers if len(peer.messages) > 5)
    assert bytes(streamed.pcm) == question
    assert streamed.messages[-1] == {"realtimeInput": {"audioStreamEnd": True}}
    for peer in (asked, talked):
        assert bytes(peer.pcm[: len(question)]) == question
        assert not any(peer.pcm[len(question) :])
    answers = [message["toolResponse"]["functionResponses"] for message in talked.messages if "toolResponse" in message]
    assert [(each["name"], each["response"]) for (each,) in answers] == [("set_lamp", {"result": "The lamp is on."})]


@pytest.mark.parametrize(
    ("environment", "name", "error"),
    [
        ({}, None, "SettingsError: the Gemini Developer API needs an API key"),
        ({"GOOGLE_API_KEY": "AIzaSyWrong"}, None, "ConnectionClosed: closed with 1007: API key not valid."),
        (
            {"GOOGLE_API_KEY": GOOD_KEY, "ANTIPHON_MODEL": "gemini-gone"},
            None,
            "ConnectionClosed: closed with 1008: models/gemini-gone is not found",
        ),
        ({"GOOGLE_API_KEY": GOOD_KEY}, "concurrency", "ConnectionClosed: closed with 1011: Request trace id"),
    ],
    ids=["no-key", "bad-key", "unknown-model", "too-many-sessions"],
)
async def test_the_developer_api_says_no(
    google: FakeGoogle, tmp_path: Path, environment: dict[str, str], name: str | None, error: str
) -> None:
    google.scripts = [script(fail(BY_NAME[name]))] if name else [tutor()]
    ran = await execute(tmp_path, google.environment(ANTIPHON_ENDPOINT="gemini", **environment))
    check_refused(ran, error)


async def test_vertex_says_no(google: FakeGoogle, tmp_path: Path) -> None:
    google.refusals = [BY_NAME["bad-token"]] * 2
    ran = await execute(tmp_path, google.environment(credentials=google.service_account(), ANTIPHON_ENDPOINT="vertex"))
    check_refused(ran, "ConnectionRefused: wss://aiplatform.googleapis.com refused the connection with HTTP 401")
    assert len(google.accounts.refreshes) == 2


def check_refused(ran: Ran, error: str) -> None:
    """The cell fails with the error, and the page's table has a row about it."""
    assert ran.fault.startswith(error)
    quoted = [text for row in table("### When it fails") for text in re.findall(r"`(.+?)`", row)]
    assert any(text in ran.fault for text in quoted)
    assert ran.html(4) == ""
