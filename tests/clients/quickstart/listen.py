"""Sound in, sound out, on the cloud product: a client of a project and its default credentials."""

import asyncio
import sys
import wave
from pathlib import Path

from google import genai
from google.genai import types

client = genai.Client(vertexai=True, project="my-project", location="us-central1")

MODEL = "gemini-live-2.5-flash-native-audio"
CONFIG = types.LiveConnectConfig(response_modalities=[types.Modality.AUDIO])


async def main(question, answer):
    async with client.aio.live.connect(model=MODEL, config=CONFIG) as session:
        audio = Path(question).read_bytes()  # noqa: ASYNC240
        await session.send_realtime_input(audio=types.Blob(data=audio, mime_type="audio/pcm;rate=16000"))
        await session.send_realtime_input(audio_stream_end=True)
        with wave.open(answer, "wb") as file:
            file.setparams((1, 2, 24_000, 0, "NONE", "not compressed"))
            async for response in session.receive():
                if response.data is not None:
                    file.writeframes(response.data)


asyncio.run(main(*sys.argv[1:]))
