"""One scenario through google-genai as it is installed: scenarios_genai.py BASE_URL SCENARIO PCM_FILE.

Prints one JSON line of what the client saw. `resumption` prints another before it, when the server may be killed.
"""

import asyncio
import json
import sys
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from google import genai
from google.genai import types

MODEL = "gemini-live-2.5-flash-preview"
QUESTION = "Where is the nearest train station?"
CALL = "call get_weather with city=Paris"
FRAME = Path(__file__).with_name("frame.jpg")
SILENCE = bytes(32_000)
CHUNK_BYTES = 3_200
WAIT_S = 60
WEATHER = {
    "name": "get_weather",
    "description": "The weather of a city",
    "parameters": {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}, "required": ["city"]},
}


class Conversation:
    """A session, and what it took in turn by turn."""

    def __init__(self, session: genai.live.AsyncSession) -> None:
        self.session = session
        self.handle: str | None = None
        self.go_away: str | None = None

    async def ask(self, text: str) -> None:
        question = types.Content(role="user", parts=[types.Part(text=text)])
        await self.session.send_client_content(turns=question, turn_complete=True)

    async def say(self, sound: bytes) -> None:
        for at in range(0, len(sound), CHUNK_BYTES):
            blob = types.Blob(data=sound[at : at + CHUNK_BYTES], mime_type="audio/pcm;rate=16000")
            await self.session.send_realtime_input(audio=blob)

    async def turn(self, *, barge_in: bytes = b"", **answer: object) -> dict[str, object]:
        """Take in one turn; a call is answered, and the first sound is talked over if there is a sound for it."""
        seen = {"heard": "", "said": "", "text": "", "audio_bytes": 0, "tokens": 0, "interrupted": False, "calls": []}
        async for message in self.session.receive():
            self._note(message)
            if message.tool_call:
                await self._answer(message.tool_call.function_calls, seen, answer)
            if message.usage_metadata:
                seen["tokens"] = message.usage_metadata.prompt_token_count or 0
            if content := message.server_content:
                self._take(content, seen)
            if barge_in and seen["audio_bytes"]:
                await self.say(barge_in)
                barge_in = b""
        return seen

    def _note(self, message: types.LiveServerMessage) -> None:
        if message.server_content and message.server_content.turn_complete:
            self.handle = None  # the next one holds this turn
        if (update := message.session_resumption_update) and update.new_handle:
            self.handle = update.new_handle
        if message.go_away:
            self.go_away = message.go_away.time_left

    @staticmethod
    def _take(content: types.LiveServerContent, seen: dict) -> None:
        for part in (content.model_turn and content.model_turn.parts) or []:
            seen["text"] += part.text or ""
            seen["audio_bytes"] += len((part.inline_data and part.inline_data.data) or b"")
        seen["heard"] += (content.input_transcription and content.input_transcription.text) or ""
        seen["said"] += (content.output_transcription and content.output_transcription.text) or ""
        seen["interrupted"] |= bool(content.interrupted)

    async def _answer(self, calls: list[types.FunctionCall], seen: dict, answer: dict[str, object]) -> None:
        seen["calls"] += [{"name": call.name, "args": call.args} for call in calls]
        responses = [
            types.FunctionResponse(id=call.id, name=call.name, response={"weather": "sunny"}, **answer)
            for call in calls
        ]
        await self.session.send_tool_response(function_responses=responses)

    async def until_told(self, member: str) -> None:
        """Read on until a handle, or that the server goes away, has come."""
        while getattr(self, member) is None:
            async for message in self.session.receive():
                self._note(message)
                if getattr(self, member) is not None:
                    return

    async def until_closed(self) -> None:
        try:
            while True:
                async for _ in self.session.receive():
                    pass
        except Exception:  # noqa: BLE001 - each release has another class for it
            return


class Scenarios:
    """Each method is one; it gives what the client saw."""

    def __init__(self, base_url: str, sound: bytes) -> None:
        self.base_url = base_url
        self.sound = sound

    def client(self, version: str | None = None, **how: object) -> genai.Client:
        options = types.HttpOptions(base_url=self.base_url, api_version=version)
        return genai.Client(**(how or {"api_key": "any"}), http_options=options)

    def connect(
        self, client: genai.Client | None = None, modality: str = "AUDIO", **config: object
    ) -> AbstractAsyncContextManager[genai.live.AsyncSession]:
        config = {
            "response_modalities": [modality],
            "input_audio_transcription": {},
            "output_audio_transcription": {},
            **config,
        }
        live = (client or self.client()).aio.live
        return live.connect(model=MODEL, config=types.LiveConnectConfig(**config))

    async def audio(self) -> object:
        async with self.connect() as session:
            talk = Conversation(session)
            await talk.say(self.sound + SILENCE)
            return {"turns": [await talk.turn()]}

    transcription = audio

    async def text(self, client: genai.Client | None = None) -> object:
        async with self.connect(client, "TEXT") as session:
            talk = Conversation(session)
            await talk.ask(QUESTION)
            return {"turns": [await talk.turn()]}

    async def manual(self) -> object:
        detection = types.AutomaticActivityDetection(disabled=True)
        async with self.connect(
            realtime_input_config=types.RealtimeInputConfig(automatic_activity_detection=detection)
        ) as session:
            talk = Conversation(session)
            await session.send_realtime_input(activity_start=types.ActivityStart())
            await talk.say(self.sound)
            await session.send_realtime_input(activity_end=types.ActivityEnd())
            return {"turns": [await talk.turn()]}

    async def interruption(self) -> object:
        async with self.connect() as session:
            talk = Conversation(session)
            await talk.ask("count to 400")
            cut_off = await talk.turn(barge_in=self.sound + SILENCE)
            return {"turns": [cut_off, await talk.turn()]}

    async def tools_blocking(self) -> object:
        async with self.connect(tools=[{"function_declarations": [WEATHER]}]) as session:
            talk = Conversation(session)
            await talk.ask(CALL)
            turns = [await talk.turn()]
            if not turns[0]["audio_bytes"]:  # the turn ended with the call (2.x names); the answer is the next
                turns.append(await talk.turn())
            return {"turns": turns}

    async def tools_non_blocking(self) -> object:
        declared = WEATHER | {"behavior": "NON_BLOCKING"}
        async with self.connect(tools=[{"function_declarations": [declared]}]) as session:
            talk = Conversation(session)
            await talk.ask(CALL)
            scheduling = types.FunctionResponseScheduling.WHEN_IDLE
            turns = [await talk.turn(scheduling=scheduling)]
            if not turns[0]["audio_bytes"]:
                turns.append(await talk.turn())
            return {"turns": turns}

    async def video(self) -> object:
        async with self.connect(modality="TEXT") as session:
            talk = Conversation(session)
            await session.send_realtime_input(video=types.Blob(data=FRAME.read_bytes(), mime_type="image/jpeg"))
            await session.send_realtime_input(text=QUESTION)
            return {"turns": [await talk.turn()]}

    async def resumption(self) -> object:
        async with self.connect(session_resumption=types.SessionResumptionConfig()) as session:
            talk = Conversation(session)
            await talk.ask(QUESTION)
            first = await talk.turn()
            await talk.until_told("handle")
            tell({"ready": True})
            await talk.until_closed()
        resumed = types.SessionResumptionConfig(handle=talk.handle)
        async with self.connect(session_resumption=resumed) as session:
            talk = Conversation(session)
            await talk.ask(QUESTION)
            return {"turns": [first, await talk.turn()]}

    async def go_away(self) -> object:
        async with self.connect(session_resumption=types.SessionResumptionConfig()) as session:
            talk = Conversation(session)
            await talk.ask(QUESTION)
            turns = [await talk.turn()]
            await talk.until_told("go_away")
            await talk.ask(QUESTION)
            return {"turns": [*turns, await talk.turn()], "go_away": talk.go_away}

    async def token(self) -> object:
        token = await self.client("v1alpha").aio.auth_tokens.create(config={"uses": 1})
        seen = await self.text(self.client("v1alpha", api_key=token.name))
        return {**seen, "token": token.name.startswith("auth_tokens/")}

    async def developer(self) -> object:
        return await self.text()

    async def vertex(self) -> object:
        return await self.text(self.client(vertexai=True, project="my-project", location="us-central1"))

    async def express(self) -> object:
        return await self.text(self.client(vertexai=True, api_key="any"))


def tell(seen: object) -> None:
    print(json.dumps(seen), flush=True)  # noqa: T201


async def main(base_url: str, scenario: str, file: str) -> None:
    sound = Path(file).read_bytes()  # noqa: ASYNC240
    async with asyncio.timeout(WAIT_S):
        tell(await getattr(Scenarios(base_url, sound), scenario)())


asyncio.run(main(*sys.argv[1:]))
