"""One scenario through the loop of Google's introductory notebooks: scenarios_notebook.py BASE_URL SCENARIO PCM_FILE.

Raw websockets to the cloud product, snake_case, one object where a list belongs, a media chunk of 4,096 bytes as
fast as they go, no end of speech, and `.decode()` on each message, so that a text frame breaks it.
"""

import asyncio
import base64
import json
import sys
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect

MODEL = "projects/my-project/locations/us-central1/publishers/google/models/gemini-live-2.5-flash-native-audio"
PATH = "/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent"
HEADERS = {"Content-Type": "application/json", "Authorization": "Bearer any"}
QUESTION = "Where is the nearest train station?"
CHUNK_BYTES = 4_096
WAIT_S = 60
WEATHER = {
    "name": "get_weather",
    "description": "The weather of a city",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}


async def receive(ws: ClientConnection) -> dict[str, object]:
    """Take in one turn, or as much of it as there is before a function is called."""
    seen = {"heard": "", "said": "", "text": "", "audio_bytes": 0, "tokens": 0, "interrupted": False, "calls": []}
    async for raw_response in ws:
        response = json.loads(raw_response.decode())
        if (tool_call := response.pop("toolCall", None)) is not None:
            seen["calls"] = [{"name": call["name"], "args": call["args"]} for call in tool_call["functionCalls"]]
            break
        server_content = response.pop("serverContent", None)
        if server_content is None:
            continue
        for member, into in (("inputTranscription", "heard"), ("outputTranscription", "said")):
            if (transcription := server_content.pop(member, None)) is not None:
                seen[into] += transcription.get("text", "")
        if (model_turn := server_content.pop("modelTurn", None)) is not None:
            for part in model_turn["parts"]:
                seen["text"] += part.get("text", "")
                seen["audio_bytes"] += len(base64.b64decode(part.get("inlineData", {}).get("data", "")))
        if server_content.pop("turnComplete", None):
            break
    return seen


async def main(base_url: str, scenario: str, file: str) -> None:
    setup: dict[str, object] = {"model": MODEL, "generation_config": {"response_modalities": ["audio"]}}
    if scenario in {"text", "vertex"}:
        setup["generation_config"] = {"response_modalities": ["text"]}
    if scenario == "transcription":
        setup |= {"input_audio_transcription": {}, "output_audio_transcription": {}}
    if scenario == "tools_blocking":
        setup["tools"] = {"function_declarations": [WEATHER]}
    async with (
        asyncio.timeout(WAIT_S),
        connect(base_url.replace("http", "ws", 1) + PATH, additional_headers=HEADERS) as ws,
    ):
        await ws.send(json.dumps({"setup": setup}))
        raw_response = await ws.recv(decode=False)
        json.loads(raw_response.decode("ascii"))
        if scenario in {"audio", "transcription"}:
            await send_audio(ws, Path(file).read_bytes())  # noqa: ASYNC240
        else:
            await ask(ws, "call get_weather with city=Paris" if scenario == "tools_blocking" else QUESTION)
        print(json.dumps({"turns": [await receive(ws)]}))  # noqa: T201


async def ask(ws: ClientConnection, text: str) -> None:
    content = {"turns": [{"role": "user", "parts": [{"text": text}]}], "turn_complete": True}
    await ws.send(json.dumps({"client_content": content}))


async def send_audio(ws: ClientConnection, audio: bytes) -> None:
    for at in range(0, len(audio), CHUNK_BYTES):
        data = base64.b64encode(audio[at : at + CHUNK_BYTES]).decode()
        chunks = [{"mime_type": "audio/pcm;rate=16000", "data": data}]
        await ws.send(json.dumps({"realtime_input": {"media_chunks": chunks}}))


asyncio.run(main(*sys.argv[1:]))
