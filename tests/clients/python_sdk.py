"""A spoken conversation through google-genai as it is installed: python_sdk.py BASE_URL PCM_FILE..."""

import asyncio
import json
import sys
from pathlib import Path

from google import genai
from google.genai import types

CHUNK_BYTES = 3_200
SILENCE = bytes(32_000)


async def converse(base_url: str, files: list[str]) -> None:
    client = genai.Client(api_key="any", http_options=types.HttpOptions(base_url=base_url))
    config = types.LiveConnectConfig(
        response_modalities=[types.Modality.AUDIO],
        input_audio_transcription=types.AudioTranscriptionConfig(),
        output_audio_transcription=types.AudioTranscriptionConfig(),
    )
    async with client.aio.live.connect(model="gemini-live-2.5-flash-preview", config=config) as session:
        for file in files:
            sound = Path(file).read_bytes() + SILENCE  # noqa: ASYNC240
            for at in range(0, len(sound), CHUNK_BYTES):
                blob = types.Blob(data=sound[at : at + CHUNK_BYTES], mime_type="audio/pcm;rate=16000")
                await session.send_realtime_input(audio=blob)
            heard = said = ""
            audio_bytes = 0
            async for message in session.receive():
                audio_bytes += len(message.data or b"")
                if (content := message.server_content) is None:
                    continue
                heard += (content.input_transcription and content.input_transcription.text) or ""
                said += (content.output_transcription and content.output_transcription.text) or ""
                usage = message.usage_metadata.total_token_count if message.usage_metadata else 0
            print(json.dumps({"heard": heard, "said": said, "audio_bytes": audio_bytes, "tokens": usage}))  # noqa: T201


asyncio.run(converse(sys.argv[1], sys.argv[2:]))
