"""The loop the Live API's tutorial teaches, faults included: tutorial.py HOST WAV_FILE.

It sends the file from its first byte, header and all, 1,024 bytes every 10 ms as the deprecated
`media_chunks`, waits for no setupComplete, marks no end, reads fields by KeyError, and stops at the
first turnComplete (protocol.md section 7).
"""

import asyncio
import base64
import json
import sys
from pathlib import Path

from websockets.asyncio.client import connect

MODEL = "projects/p/locations/global/publishers/google/models/gemini-live-2.5-flash-preview-native-audio-09-2025"
PATH = "/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent"


async def main(host: str, file: str) -> None:
    headers = {"Content-Type": "application/json", "Authorization": "Bearer token"}
    async with connect(host + PATH, additional_headers=headers) as ws:
        await ws.send(json.dumps({"setup": {"model": MODEL, "generation_config": {"response_modalities": ["AUDIO"]}}}))

        async def send() -> None:
            with Path(file).open("rb") as audio:  # noqa: ASYNC230
                while chunk := audio.read(1024):
                    data = base64.b64encode(chunk).decode()
                    blob = {"mime_type": "audio/pcm;rate=16000", "data": data}
                    await ws.send(json.dumps({"realtime_input": {"media_chunks": [blob]}}))
                    await asyncio.sleep(0.01)

        async def receive() -> None:
            async for message in ws:
                response = json.loads(message.decode("utf-8"))
                try:
                    parts = response["serverContent"]["modelTurn"]["parts"]
                    for part in parts:
                        print(f"Received audio chunk: {len(part['inlineData']['data'])} bytes")  # noqa: T201
                except KeyError:
                    pass
                try:
                    if response["serverContent"]["turnComplete"]:
                        print("Turn complete.")  # noqa: T201
                        return
                except KeyError:
                    pass

        await asyncio.gather(send(), receive())


asyncio.run(main(*sys.argv[1:]))
