"""The Live API in a page, as its guide begins: a default client, one question, one answer in writing."""

import asyncio

from google import genai
from google.genai import types

client = genai.Client()

MODEL = "gemini-live-2.5-flash-preview"
CONFIG = {"response_modalities": ["TEXT"]}


async def main():
    async with client.aio.live.connect(model=MODEL, config=CONFIG) as session:
        question = types.Content(role="user", parts=[types.Part(text="Hello? Gemini are you there?")])
        await session.send_client_content(turns=question, turn_complete=True)
        async for response in session.receive():
            if response.text is not None:
                print(response.text, end="")  # noqa: T201


asyncio.run(main())
