"""Messages made beforehand, so that a crowd of clients costs little, and its server's work is what is measured."""

from antiphon.audio.pcm import HEARING, SPEAKING, AudioChunk, pcm_mime
from antiphon.wire.client import ClientContent, ClientMessage, RealtimeInput
from antiphon.wire.codec import encode_client, encode_server
from antiphon.wire.content import Blob, Content, Part
from antiphon.wire.dialect import DEVELOPER_PATH, Dialect
from antiphon.wire.server import ServerContent, ServerMessage, SetupComplete
from antiphon.wire.setup import GenerationConfig, Modality, Setup

CHUNK_S = 0.02
"""Of one message, where nothing else is said."""

PATH = DEVELOPER_PATH

SILENCE = AudioChunk(bytes(HEARING.bytes_for(CHUNK_S)))


def setup(*, text: bool = False, tells_activity: bool = False) -> str:
    """The first message of a session."""
    modality = Modality.TEXT if text else Modality.AUDIO
    asked = Setup(
        model="models/bench",
        generation_config=GenerationConfig(response_modalities=(modality,)),
        explicit_vad_signal=tells_activity,
    )
    return encode_client(ClientMessage(setup=asked))


def audio(chunk: AudioChunk) -> str:
    """A stretch of the user's voice."""
    blob = Blob(mime_type=pcm_mime(chunk.format), data=chunk.data)
    return encode_client(ClientMessage(realtime_input=RealtimeInput(audio=blob)))


def question(text: str) -> str:
    """A turn in writing, to be answered."""
    turn = Content(role="user", parts=(Part(text=text),))
    return encode_client(ClientMessage(client_content=ClientContent(turns=(turn,), turn_complete=True)))


def setup_complete() -> bytes:
    """The first message of a server."""
    return encode_server(ServerMessage(setup_complete=SetupComplete()), Dialect.DEVELOPER)


def sound(seconds: float = CHUNK_S) -> bytes:
    """A stretch of a reply's voice, as our server writes it."""
    blob = Blob(mime_type=pcm_mime(SPEAKING), data=bytes(SPEAKING.bytes_for(seconds)))
    content = ServerContent(model_turn=Content(parts=(Part(inline_data=blob),)))
    return encode_server(ServerMessage(server_content=content), Dialect.DEVELOPER)
