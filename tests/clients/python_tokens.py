"""Ephemeral tokens through google-genai as it is installed: python_tokens.py BASE_URL KEY."""

import asyncio
import json
import sys

from google import genai
from google.genai import errors, types

MODEL = "gemini-live-2.5-flash-preview"


def client(base_url: str, key: str) -> genai.Client:
    return genai.Client(api_key=key, http_options=types.HttpOptions(base_url=base_url, api_version="v1alpha"))


def token(maker: genai.Client, **more: object) -> str:
    constraints = types.LiveConnectConstraints(
        model=MODEL, config=types.LiveConnectConfig(response_modalities=[types.Modality.TEXT])
    )
    config = types.CreateAuthTokenConfig(uses=1, live_connect_constraints=constraints, **more)
    name = maker.auth_tokens.create(config=config).name
    assert name is not None
    return name


async def said(bearer: genai.Client) -> str:
    """Ask for sound; what is locked answers in writing. Gives the answer, or the code of the refusal."""
    config = types.LiveConnectConfig(response_modalities=[types.Modality.AUDIO])
    try:
        async with bearer.aio.live.connect(model=MODEL, config=config) as session:
            await session.send_realtime_input(text="hello")
            return "".join([message.text or "" async for message in session.receive()])
    except errors.APIError as error:
        return str(error.code)


async def main(base_url: str, key: str) -> None:
    maker, wrong = client(base_url, key), client(base_url, "wrong")
    whole = client(base_url, token(maker))
    masked = client(base_url, token(maker, lock_additional_fields=["temperature", "output_audio_transcription"]))
    try:
        wrong.auth_tokens.create(config=types.CreateAuthTokenConfig())
    except errors.APIError as error:
        refused = str(error.code)
    answers = [await said(bearer) for bearer in (whole, whole, masked, wrong, maker)]
    print(json.dumps([refused, *answers]))  # noqa: T201


asyncio.run(main(*sys.argv[1:]))
