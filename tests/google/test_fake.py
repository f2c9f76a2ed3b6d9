"""The fake is as strict as protocol.md says Google is."""

import asyncio
import base64
import subprocess
import sys

import pytest
from websockets.exceptions import InvalidStatus

from tests.google.failures import (
    BAD_KEY,
    BY_NAME,
    FAILURES,
    INVALID_ARGUMENT,
    NO_SESSION,
    Failure,
    When,
)
from tests.google.fake import FakeGoogle
from tests.google.handshake import PROJECT
from tests.google.raw import EXPRESS, GEMINI, GLOBAL, KEY, SETUP, dial, ended, hear, opened, tell
from tests.google.rules import RETIRED
from tests.google.steps import accept, answer, call, close, fail, go_away, script, until_heard, until_turn, update

AUDIO = {"audio": {"mimeType": "audio/pcm;rate=16000", "data": base64.b64encode(bytes(3_200)).decode()}}


@pytest.mark.parametrize(
    ("setup", "code", "reason"),
    [
        ({}, 1007, INVALID_ARGUMENT),
        ({"model": "gemini-3.8-live"}, 1007, INVALID_ARGUMENT),
        ({"model": "models/gone"}, 1008, "models/gone is not found for API version v1beta, or is not supported for "),
        ({"model": f"models/{RETIRED}"}, 1007, f"{RETIRED} is not supported in the live api."),
        (SETUP | {"colour": 1}, 1007, "Invalid JSON payload received. Unknown name \"colour\" at 'setup': Cannot find"),
        (
            SETUP | {"generationConfig": {"stopSequences": []}},
            1007,
            "Invalid JSON payload received. Unknown name \"stopSequences\" at 'setup.generation_config': Cannot",
        ),
        (
            SETUP | {"tools": [{"functionDeclarations": [{"name": "f"}, {"nom": "g"}]}]},
            1007,
            "Invalid JSON payload received. Unknown name \"nom\" at 'setup.tools[0].function_declarations[1]': Cannot",
        ),
        (SETUP | {"sessionResumption": {"transparent": True}}, 1007, "Invalid JSON payload received. Unknown name"),
        (SETUP | {"explicitVadSignal": True}, 1007, "Invalid JSON payload received. Unknown name"),
        (SETUP | {"generationConfig": {"enableAffectiveDialog": True}}, 1007, "Invalid JSON payload received. Unk"),
        (SETUP | {"generationConfig": {"thinkingConfig": {}}}, 1007, INVALID_ARGUMENT),
        (SETUP | {"generationConfig": {"temperature": "warm"}}, 1007, INVALID_ARGUMENT),
        (SETUP | {"generationConfig": {"responseModalities": ["TEXT"]}}, 1007, "Cannot extract voices from a non"),
        (SETUP | {"generationConfig": {"responseModalities": ["TEXT", "AUDIO"]}}, 1007, "Error in program Instanti"),
        (SETUP | {"sessionResumption": {"handle": "gone"}}, 1008, NO_SESSION),
    ],
)
async def test_refuses_a_setup(google: FakeGoogle, setup: dict[str, object], code: int, reason: str) -> None:
    ending = await opened(GEMINI, KEY, setup)
    assert isinstance(ending, tuple)
    assert ending[0] == code
    assert ending[1].startswith(reason)


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("models/gemini-live-2.5-flash-native-audio", "Publisher Model `models/"),
        (f"projects/{PROJECT}/locations/global/{EXPRESS['model']}", "Publisher Model `projects/"),
        ("publishers/google/models/gone", "Publisher Model `publishers/"),
    ],
)
async def test_express_mode_names_models_without_a_project(google: FakeGoogle, model: str, reason: str) -> None:
    ending = await opened(GLOBAL, KEY, {"model": model})
    assert isinstance(ending, tuple)
    assert ending[0] == 1008
    assert ending[1].startswith(reason)


@pytest.mark.parametrize(
    "message",
    [
        {"setup": SETUP},
        {"realtimeInput": {"activityStart": {}}},
        {"realtimeInput": {"mediaChunks": [AUDIO["audio"]]}},
        {"realtimeInput": {"audio": {"mimeType": "audio/wav", "data": ""}}},
        {"realtimeInput": {"audio": {"mimeType": "audio/pcm", "data": "?"}}},
        {"realtimeInput": AUDIO | {"text": "two members"}},
        {"realtimeInput": AUDIO, "clientContent": {}},
        {"clientContent": {"turns": {}}},
        {"toolResponse": {"functionResponses": [{"name": "no_id", "response": {}}]}},
        {},
    ],
)
async def test_refuses_input(google: FakeGoogle, message: dict[str, object]) -> None:
    async with dial(GEMINI, KEY) as socket:
        await tell(socket, {"setup": SETUP}, message)
        assert await ended(socket) == (1007, INVALID_ARGUMENT)
    assert google.peer.refusal is not None


async def test_input_comes_after_setup(google: FakeGoogle) -> None:
    async with dial(GEMINI, KEY) as socket:
        await tell(socket, {"realtimeInput": AUDIO})
        assert await ended(socket) == (1007, INVALID_ARGUMENT)


async def test_reads_both_cases_and_keeps_all_of_it(google: FakeGoogle) -> None:
    google.scripts = [script(accept, until_heard(0.2), until_turn(2), close(1000))]
    data = base64.urlsafe_b64encode(b"\xfb\xff" * 1_600).decode()
    async with dial(GEMINI, KEY | {"x-extra": "1"}) as socket:
        await tell(
            socket,
            {"setup": SETUP | {"generation_config": {"speechConfig": {"voice_config": {}}}}},
            {"realtime_input": {"audio": {"data": data, "mime_type": "audio/pcm;rate=16000"}}},
            {"realtimeInput": AUDIO},
            {"realtimeInput": {"audioStreamEnd": True}},
            {"client_content": {"turns": [{"parts": [{"text": "x"}]}], "turn_complete": True}},
        )
        assert (await ended(socket))[0] == 1000
    assert google.peer.setup["generationConfig"] == {"speechConfig": {"voiceConfig": {}}}
    assert bytes(google.peer.pcm) == b"\xfb\xff" * 1_600 + bytes(3_200)
    assert google.peer.messages[-1]["clientContent"]["turnComplete"] is True
    assert google.peer.caller.headers["x-extra"] == "1"


@pytest.mark.parametrize("url", [GEMINI, GLOBAL])
async def test_answers_in_the_products_words(google: FakeGoogle, url: str) -> None:
    google.scripts = [script(accept, until_turn(1), answer("Good day", 0.4, heard="hello"), call("f", city="Paris"))]
    async with dial(url, KEY) as socket:
        await tell(socket, {"setup": EXPRESS if url == GLOBAL else SETUP}, {"realtimeInput": {"text": "hello"}})
        messages = [await hear(socket)]
        while "toolCall" not in messages[-1]:
            messages.append(await hear(socket))
    content = [message["serverContent"] for message in messages if "serverContent" in message]
    said = [part["outputTranscription"].get("text", "") for part in content if "outputTranscription" in part]
    turn = next(part["modelTurn"] for part in content if "modelTurn" in part)
    assert "".join(said) == "Good day"
    assert content[-2:] == [{"generationComplete": True}, {"turnComplete": True}]
    counted = "candidatesTokenCount" if url == GLOBAL else "responseTokenCount"
    assert messages[-2]["usageMetadata"][counted] == 10
    assert turn.get("role") == ("model" if url == GLOBAL else None)
    assert turn["parts"][0]["inlineData"]["mimeType"] == ("audio/pcm" if url == GLOBAL else "audio/pcm;rate=24000")


async def test_resumes_a_session_whose_client_has_gone(google: FakeGoogle) -> None:
    google.scripts = [script(accept, update("h1"), update(None), go_away(50), close(1000)), script(accept)]
    resumed = {"setup": SETUP | {"sessionResumption": {"handle": "h1"}}}
    async with dial(GEMINI, KEY) as first:
        await tell(first, {"setup": SETUP | {"sessionResumption": {}}})
        heard = [await hear(first) for _ in range(4)]
        await ended(first)
    assert heard[1:] == [
        {"sessionResumptionUpdate": {"newHandle": "h1", "resumable": True}},
        {"sessionResumptionUpdate": {}},
        {"goAway": {"timeLeft": "50s"}},
    ]
    assert await opened(GEMINI, KEY, resumed["setup"]) == {"setupComplete": {}}
    google.forget_handles()
    assert await opened(GEMINI, KEY, resumed["setup"]) == (1008, NO_SESSION)


async def test_does_not_resume_a_session_that_is_open(google: FakeGoogle) -> None:
    google.scripts = [script(accept, update("h1"))]
    async with dial(GEMINI, KEY) as first:
        await tell(first, {"setup": SETUP | {"sessionResumption": {}}})
        await hear(first)
        await hear(first)
        resumed = SETUP | {"sessionResumption": {"handle": "h1"}}
        assert await opened(GEMINI, KEY, resumed) == (1011, "Internal error encountered.")


async def test_counts_what_was_consumed_where_it_was_asked_to(google: FakeGoogle) -> None:
    google.scripts = [script(accept, until_heard(0.2), update("h1"))]
    setup = EXPRESS | {"sessionResumption": {"transparent": True}}
    async with dial(GLOBAL, KEY) as socket:
        await tell(socket, {"setup": setup}, {"realtimeInput": AUDIO}, {"realtimeInput": AUDIO})
        await hear(socket)
        told = await hear(socket)
    assert told["sessionResumptionUpdate"]["lastConsumedClientMessageIndex"] == "2"


@pytest.mark.parametrize("failure", [row for row in FAILURES if row.when in {When.SETUP, When.SESSION}], ids=str)
async def test_fails_as_the_table_says(google: FakeGoogle, failure: Failure) -> None:
    google.scripts = [script(fail(failure)) if failure.when is When.SETUP else script(accept, fail(failure))]
    async with dial(GEMINI, KEY) as socket:
        await tell(socket, {"setup": SETUP})
        if failure.when is When.SESSION:
            assert await hear(socket) == {"setupComplete": {}}
        code, reason = await ended(socket)
    assert code == failure.code
    assert failure.reason.startswith(reason)
    assert len(reason.encode()) <= 123


async def test_fails_at_the_door_as_told_and_then_no_more(google: FakeGoogle) -> None:
    google.refusals = [BY_NAME["unavailable"], BY_NAME["bad-key"]]
    with pytest.raises(InvalidStatus, match="503"):
        await opened(GEMINI, KEY, SETUP)
    assert await opened(GEMINI, KEY, SETUP) == (1007, BAD_KEY)
    assert await opened(GEMINI, KEY, SETUP) == {"setupComplete": {}}
    assert len(google.callers) == 3


async def test_foreign_processes_find_it_too(google: FakeGoogle) -> None:
    """Google's own SDK, in a process of its own, with nothing but variables: a notebook will do the same."""
    program = (
        "import asyncio\n"
        "from google import genai\n"
        "async def main():\n"
        "    client = genai.Client(vertexai=True, location='us-central1')\n"
        "    model = 'gemini-live-2.5-flash-native-audio'\n"
        "    async with client.aio.live.connect(model=model, config={'response_modalities': ['AUDIO']}) as session:\n"
        "        await session.send_realtime_input(text='hello')\n"
        "        said = [m.server_content async for m in session.receive()]\n"
        "        print(said[-1].turn_complete)\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        env=google.environment(credentials=google.service_account()),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    assert out.decode().strip() == "True", err.decode()
    assert google.accounts.refreshes == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    assert google.peer.inside.location == "us-central1"
