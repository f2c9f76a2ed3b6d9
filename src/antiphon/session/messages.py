"""The messages a session sends, by what they say (protocol.md 3)."""

from antiphon.audio.pcm import HEARING, AudioChunk, pcm_mime
from antiphon.wire.content import Blob, Content, FunctionCall, Part
from antiphon.wire.kinds import Int64, Seconds
from antiphon.wire.server import (
    GoAway,
    ServerContent,
    ServerMessage,
    SessionResumptionUpdate,
    ToolCall,
    ToolCallCancellation,
    Transcription,
    TurnCompleteReason,
    UsageMetadata,
    VoiceActivity,
    VoiceActivityType,
)


def heard(text: str, language: str | None) -> ServerMessage:
    """Words of the user's; one utterance is one piece."""
    return _content(input_transcription=Transcription(text=text, finished=True, language_code=language))


def heard_so_far(text: str) -> ServerMessage:
    """What the speech going on sounds like; replaces the one before."""
    return _content(interim_input_transcription=Transcription(text=text))


def said(text: str) -> ServerMessage:
    """Words of a spoken reply, sent before their sound."""
    return _content(output_transcription=Transcription(text=text))


def said_all() -> ServerMessage:
    """No more words of it follow."""
    return _content(output_transcription=Transcription(finished=True))


def text(text: str) -> ServerMessage:
    """Words of a written reply."""
    return _content(model_turn=Content(parts=(Part(text=text),)))


def thought(text: str) -> ServerMessage:
    """Reasoning, not to be shown as a reply or spoken."""
    return _content(model_turn=Content(parts=(Part(text=text, thought=True),)))


def sound(audio: AudioChunk) -> ServerMessage:
    """Sound of a spoken reply."""
    blob = Blob(mime_type=pcm_mime(audio.format), data=audio.data)
    return _content(model_turn=Content(parts=(Part(inline_data=blob),)))


def generation_complete() -> ServerMessage:
    """The model has said everything."""
    return _content(generation_complete=True)


def interrupted() -> ServerMessage:
    """The user cut in: throw away what is not played yet."""
    return _content(interrupted=True)


def turn_complete(usage: UsageMetadata, reason: TurnCompleteReason | None) -> ServerMessage:
    """The floor is free."""
    return ServerMessage(
        server_content=ServerContent(turn_complete=True, turn_complete_reason=reason), usage_metadata=usage
    )


def tool_call(calls: tuple[FunctionCall, ...]) -> ServerMessage:
    """Functions to be called."""
    return ServerMessage(tool_call=ToolCall(function_calls=calls))


def tool_call_cancellation(ids: tuple[str, ...]) -> ServerMessage:
    """Calls that are not to be answered any more."""
    return ServerMessage(tool_call_cancellation=ToolCallCancellation(ids=ids))


def voice_activity(kind: VoiceActivityType, position: int) -> ServerMessage:
    """The user's speech began or ended, at this sample of the audio."""
    return ServerMessage(voice_activity=VoiceActivity(type=kind, audio_offset=Seconds(position / HEARING.rate_hz)))


def resumable(handle: str, consumed: int | None) -> ServerMessage:
    """Where a new connection could go on, and the client messages that are included."""
    index = None if consumed is None else Int64(consumed)
    return ServerMessage(
        session_resumption_update=SessionResumptionUpdate(
            new_handle=handle, resumable=True, last_consumed_client_message_index=index
        )
    )


def not_resumable() -> ServerMessage:
    """What goes on now would be lost with the connection."""
    return ServerMessage(session_resumption_update=SessionResumptionUpdate())


def go_away(time_left_s: float) -> ServerMessage:
    """The connection will be closed: reconnect."""
    return ServerMessage(go_away=GoAway(time_left=Seconds(time_left_s)))


def _content(**members: object) -> ServerMessage:
    return ServerMessage(server_content=ServerContent(**members))  # type: ignore[arg-type]
