"""Server messages as the two products were recorded to send them (protocol.md 1.3, 3)."""

import base64
import json
import uuid
from typing import Any

from tests.google.handshake import Door

Json = dict[str, Any]

RATE_HZ = 24_000
CHUNK_S = 0.2
PROMPT_TOKENS = 40


def frame(message: Json) -> bytes:
    """Put a message into a binary frame: two spaces, and a newline at the end."""
    return (json.dumps(message, indent=2, ensure_ascii=False) + "\n").encode()


def setup_complete(door: Door) -> Json:
    return {"setupComplete": {"sessionId": str(uuid.uuid4())} if door.vertex else {}}


def sound(door: Door, pcm: bytes) -> Json:
    """Give a stretch of speech; Vertex does not say its rate."""
    mime = "audio/pcm" if door.vertex else f"audio/pcm;rate={RATE_HZ}"
    part = {"inlineData": {"mimeType": mime, "data": base64.b64encode(pcm).decode()}}
    role = {"role": "model"} if door.vertex else {}
    return {"serverContent": {"modelTurn": {"parts": [part], **role}}}


def reply(door: Door, text: str, seconds: float, *, heard: str | None = None, value: int = 7) -> list[Json]:
    """Give a whole spoken turn: what was heard, what is said, its sound, and the end with its usage."""
    words = text.split(" ")
    deltas = [words[0], *(f" {word}" for word in words[1:])]
    said = [{"serverContent": {"outputTranscription": {"text": delta}}} for delta in deltas]
    pcm = value.to_bytes(2, "little", signed=True) * round(seconds * RATE_HZ)
    size = round(CHUNK_S * RATE_HZ) * 2
    sounds = [sound(door, pcm[at : at + size]) for at in range(0, len(pcm), size)]
    hearing = [] if heard is None else [{"serverContent": {"inputTranscription": {"text": heard}}}]
    if door.vertex:
        opening = [{"serverContent": {"outputTranscription": {}}}]
        closing = [{"serverContent": {"outputTranscription": {"finished": True}}}]
        body = [*opening, *said, *closing, *sounds]
    else:
        body = _interleaved(sounds, said)
    return [*hearing, *body, {"serverContent": {"generationComplete": True}}, turn_complete(door, len(sounds) * 5)]


def _interleaved(sounds: list[Json], said: list[Json]) -> list[Json]:
    """Take one from each in turn, sound first; the last transcript comes before the end all the same."""
    pairs = zip(sounds, said, strict=False)
    common = min(len(sounds), len(said))
    return [message for pair in pairs for message in pair] + sounds[common:] + said[common:]


def turn_complete(door: Door, tokens: int) -> Json:
    return {"serverContent": {"turnComplete": True}, "usageMetadata": usage(door, tokens)}


def usage(door: Door, tokens: int) -> Json:
    response = "candidates" if door.vertex else "response"
    counts: Json = {
        "promptTokenCount": PROMPT_TOKENS,
        f"{response}TokenCount": tokens,
        "totalTokenCount": PROMPT_TOKENS + tokens,
        "promptTokensDetails": [{"modality": "AUDIO", "tokenCount": PROMPT_TOKENS}],
        f"{response}TokensDetails": [{"modality": "AUDIO", "tokenCount": tokens}],
    }
    return counts | ({"trafficType": "ON_DEMAND"} if door.vertex else {})


def tool_call(door: Door, name: str, *, with_id: bool = True, **arguments: object) -> list[Json]:
    """Give a call; on Vertex `generationComplete` follows at once, and the id may be missing."""
    number = uuid.uuid4()
    call_id = str(number) if door.vertex else f"function-call-{number.int % 2**64}"
    call: Json = {"name": name, "args": arguments} | ({"id": call_id} if with_id else {})
    done = [{"serverContent": {"generationComplete": True}}] if door.vertex else []
    return [{"toolCall": {"functionCalls": [call]}}, *done]


def resumption_update(handle: str | None, consumed: int | None = None) -> Json:
    """Give a handle, or say that there is none now: with neither field, as proto3 JSON leaves them out."""
    if handle is None:
        return {"sessionResumptionUpdate": {}}
    index = {} if consumed is None else {"lastConsumedClientMessageIndex": str(consumed)}
    return {"sessionResumptionUpdate": {"newHandle": handle, "resumable": True, **index}}


def go_away(seconds: float) -> Json:
    return {"goAway": {"timeLeft": f"{seconds:g}s"}}
