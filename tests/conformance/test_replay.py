"""What recorded clients sent is accepted and answered, conversation by conversation.

`data/conversations.jsonl` holds one line for each distinct shape of the recordings: whose they are (`of`), the
upgrade's path and headers, and what the client sent, in order. Credentials, sound and pictures were cut out when
they were recorded; here a key, a token and a tone stand in. They are all played at once, against one server.
"""

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from antiphon.config import EngineNames, load_settings
from antiphon.engines import scripted
from antiphon.engines.contracts import LlmOutput, Prompt, Sampling
from antiphon.server.listen import Listening, listening
from antiphon.store.sqlite import open_store
from antiphon.wire.content import FunctionCall
from tests.server.conftest import silence, tone

DATA = Path(__file__).parent / "data"
CONVERSATIONS = [json.loads(line) for line in (DATA / "conversations.jsonl").read_text().splitlines()]
TOKENS = [json.loads(line) for line in (DATA / "auth_tokens.jsonl").read_text().splitlines()]
NAMES = [conversation["of"][0] for conversation in CONVERSATIONS]

REROUTED = {"/my/path": "/my/path/live", "/my/own/path": "/my/own/path/live"}
"""These clients use the URL they are given as it is, and were recorded at one that is nobody's."""

NOT_REPLAYED = {
    "google_genai_py.vertexadc.audio": "POST /token: Google's OAuth endpoint; a bearer token stands in",
    "pipecat_gemini_live.vertex.audio": "POST /token: Google's OAuth endpoint; a bearer token stands in",
}
"""Parts of recordings that are not for us."""

NOTHING_ASKED = {
    "google_genai_js.mldev.close1008": "the setup alone was sent; the recorder refused it",
    "google_genai_py.mldev.close1008": "the setup alone was sent; the recorder refused it",
    "pipecat_gemini_live.mldev.close1008": "the setup alone was sent; the recorder refused it",
    "pipecat_gemini_live.mldev.seed": "history_config: the first contents are history, and nothing follows them",
}
"""Conversations that are accepted, with nothing in them to answer."""

QUESTION = tone(440, 600) + silence(1_000)
QUESTION_PIECES_MIN = 10
"""Fewer pieces of sound were no question: what was recorded of them is silence."""
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
WAIT_S = 30.0

Message = dict[str, object]


class CallingStream(scripted.ScriptedLlmStream):
    """Calls the first function there is, whatever it hears."""

    async def generate(self, prompt: Prompt, sampling: Sampling) -> AsyncIterator[LlmOutput]:
        asked = prompt.contents[-1]
        if prompt.tools and all(part.text for part in asked.parts):
            yield FunctionCall(name=prompt.tools[0].name, args={"city": "Paris"})
            return
        async for output in super().generate(prompt, sampling):
            yield output


class CallingLlm(scripted.ScriptedLlm):
    def open(self) -> CallingStream:
        return CallingStream()


class Replay:
    """One recorded conversation, played to the server as its client would."""

    def __init__(self, conversation: Message, url: str, key: str) -> None:
        self.path, self.headers, self.steps = (conversation[name] for name in ("path", "headers", "steps"))
        self.url, self.key = url, key
        self.received: list[Message] = []
        self.answers = 0
        self.fault: str | None = None
        self._ids: list[str] = []
        self._handles: list[str] = []
        setup = self.steps[0]["send"]["setup"]
        self.seeding = "historyConfig" in setup
        self.manual = "disabled" in json.dumps(setup.get("realtimeInputConfig", {}))
        self._url_safe = "gl-python" in self.headers.get("User-Agent", "")

    async def play(self) -> None:
        if "Constrained" in self.path:
            self.key = await minted(self.url, self.key)
        try:
            await self._first_session()
            async with self._connected() as socket:
                for step in self.steps:
                    await self._step(socket, step)
                async with asyncio.timeout(WAIT_S):
                    await (await socket.ping())
        except (TimeoutError, ConnectionClosed, AssertionError) as error:
            self.fault = f"{error!r} after {[next(iter(message)) for message in self.received[-8:]]}"

    async def _first_session(self) -> None:
        """A conversation that resumes an older one needs that one first: a handle of ours for the one recorded."""
        resumption = self.steps[0]["send"]["setup"].get("sessionResumption")
        if not resumption:
            return
        async with self._connected() as socket:
            setup = {"model": self.steps[0]["send"]["setup"]["model"], "sessionResumption": {}}
            await socket.send(json.dumps({"setup": setup}))
            await self._until(socket, lambda _: bool(self._handles))
        self.received.clear()
        resumption["handle"] = self._handles[-1]

    def _connected(self) -> connect:
        path = REROUTED.get(self.path, self.path).replace("<redacted>", self.key)
        headers = {name: value.replace("<redacted>", self.key) for name, value in self.headers.items()}
        agent = headers.pop("User-Agent", None)
        return connect(self.url + path, additional_headers=headers, user_agent_header=agent, max_size=None)

    async def _step(self, socket: ClientConnection, step: Message) -> None:
        message = step["send"]
        for piece in self._pieces(step):
            await socket.send(json.dumps(self._filled(message, piece)))
        if "setup" in message:
            await self._until(socket, lambda received: True)
        elif self._asks(step):
            await self._answer(socket)

    def _asks(self, step: Message) -> bool:
        """An answer is due for this."""
        (kind, content), *_ = step["send"].items()
        match kind:
            case "toolResponse" | "tool_response":
                return True
            case "clientContent" | "client_content":
                return not self.seeding and bool(content.get("turnComplete") or content.get("turn_complete"))
            case "realtimeInput" | "realtime_input" if "times" in step:
                return step["times"] >= QUESTION_PIECES_MIN and not self.manual
            case "realtimeInput" | "realtime_input":
                return "activityEnd" in content or "text" in content
        return False

    def _pieces(self, step: Message) -> list[bytes]:
        """The sound of each message: a question in pieces of the size recorded, or as much silence."""
        if "times" not in step:
            return [b""]
        size = int(re.search(r"<(\d+) bytes of sound>", json.dumps(step["send"]))[1])
        sound = QUESTION if step["times"] >= QUESTION_PIECES_MIN else bytes(size * step["times"])
        return [sound[at : at + size] for at in range(0, len(sound), size)]

    def _filled(self, value: object, sound: bytes) -> object:
        match value:
            case dict():
                return {name: self._filled(member, sound) for name, member in value.items()}
            case list():
                return [self._filled(member, sound) for member in value]
            case str() if value.endswith("bytes of sound>") or value == "<picture>":
                encode = base64.urlsafe_b64encode if self._url_safe else base64.b64encode
                return encode(PNG if value == "<picture>" else sound).decode()
            case str() if value.startswith("function-call-"):
                return self._ids[-1]
        return value

    async def _answer(self, socket: ClientConnection) -> None:
        """Read on until the model calls a function, or completes a turn in which it said something."""
        said = False

        def over(received: Message) -> bool:
            nonlocal said
            content = received.get("serverContent", {})
            said = said or "modelTurn" in content or "turnCompleteReason" in content
            return "toolCall" in received or ("turnComplete" in content and said)

        await self._until(socket, over)
        self.answers += 1

    async def _until(self, socket: ClientConnection, over: object) -> None:
        async with asyncio.timeout(WAIT_S):
            while True:
                received = json.loads(await socket.recv())
                self.received.append(received)
                self._ids += [call["id"] for call in received.get("toolCall", {}).get("functionCalls", [])]
                self._handles += [update["newHandle"] for update in _resumptions(received)]
                if over(received):
                    return


def _resumptions(received: Message) -> Iterator[Message]:
    update = received.get("sessionResumptionUpdate", {})
    if "newHandle" in update:
        yield update


async def minted(url: str, key: str) -> str:
    """A token, asked for as the first recorded client did."""
    answer = await asked(url, TOKENS[0], key)
    return answer.json()["name"]


async def asked(url: str, recorded: Message, key: str) -> httpx.Response:
    headers = {name: value.replace("<redacted>", key) for name, value in recorded["headers"].items()}
    async with httpx.AsyncClient(base_url=url.replace("ws", "http", 1)) as http:
        return await http.post(recorded["path"], json=recorded["body"], headers=headers)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Listening, str]]:
    """It needs a key, so that whatever a recording lacks of a credential shows."""
    place = {"port": 0, "data_dir": tmp_path_factory.mktemp("replay")}
    settings = load_settings(server=place, engines=EngineNames.scripted(), limits={"sessions_max": 100})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scripted, "make_llm", lambda _: CallingLlm("llm"))
        store = await open_store(settings)
        key = await store.keys.add("recordings")
        await store.aclose()
        async with listening(settings) as server:
            yield server, key


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def replays(server: tuple[Listening, str]) -> dict[str, Replay]:
    listening, key = server
    replays = [Replay(conversation, listening.url, key) for conversation in CONVERSATIONS]
    await asyncio.gather(*(replay.play() for replay in replays))
    return dict(zip(NAMES, replays, strict=True))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.asyncio(loop_scope="module")
async def test_it_is_accepted_and_answered(name: str, replays: dict[str, Replay]) -> None:
    replay = replays[name]
    assert replay.fault is None
    assert "setupComplete" in replay.received[0]
    assert not any("setupComplete" in received for received in replay.received[1:])
    assert bool(replay.answers) == (name not in NOTHING_ASKED)


@pytest.mark.parametrize("name", [name for name in NAMES if ".tool" in name])
@pytest.mark.asyncio(loop_scope="module")
async def test_functions_are_called_and_their_answers_taken(name: str, replays: dict[str, Replay]) -> None:
    calls = [received for received in replays[name].received if "toolCall" in received]
    answers = [step for step in replays[name].steps if "esponse" in next(iter(step["send"]))]
    assert len(calls) >= 1
    assert len(calls) >= len(answers)


@pytest.mark.parametrize("recorded", TOKENS, ids=[token["of"][0] for token in TOKENS])
@pytest.mark.asyncio(loop_scope="module")
async def test_tokens_are_made_as_recorded(recorded: Message, server: tuple[Listening, str]) -> None:
    listening, key = server
    answer = await asked(listening.url, recorded, key)
    assert answer.status_code == 200, answer.text
    assert answer.json()["name"].startswith("auth_tokens/")
    assert (await asked(listening.url, recorded, "wrong")).status_code == 401


def test_every_recording_is_there() -> None:
    recorded = [name for conversation in CONVERSATIONS for name in conversation["of"]]
    assert len(recorded) == len(set(recorded)) == 77
    assert NOT_REPLAYED.keys() | NOTHING_ASKED.keys() <= set(recorded)
    assert {conversation["path"] for conversation in CONVERSATIONS} >= REROUTED.keys()
