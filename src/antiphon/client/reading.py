"""A server's messages as events, in whatever order and bundles servers send them. Pure.

All members of one message are looked at (protocol.md 3); what has to do with the end of a reply comes after what the
reply holds, and what cuts it off comes before.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from antiphon.audio.pcm import SPEAKING, AudioChunk, parse_pcm_mime, pcm_mime
from antiphon.client.events import (
    Event,
    Generated,
    GoingAway,
    Heard,
    HearingSoFar,
    Interrupted,
    Other,
    Said,
    Sound,
    Thought,
    ToolCalled,
    ToolCallsCancelled,
    UserActivity,
    Wrote,
)
from antiphon.client.stopwatch import Stopwatch
from antiphon.wire.content import Blob, Content, FunctionCall, Part
from antiphon.wire.server import InteractionStatus, ServerContent, ServerMessage, VadSignalType, VoiceActivityType

UNNAMED = "unnamed-"
"""What the ids begin with that we give to calls without one."""


class Reading:
    """Keeps what has to be remembered from one message to the next: half a sample, the calls that had no id."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        self._stopwatch = stopwatch
        self._half = b""
        self._mime_type = pcm_mime(SPEAKING)
        self._format = SPEAKING
        self._unnamed = 0

    def read(self, message: ServerMessage, now: float) -> list[Event]:
        """Give what a message says, in the order in which it is to be shown and played.

        Raises RemoteProtocolError for sound that is not PCM.
        """
        events: list[Event] = []
        content = message.server_content
        if content is not None:
            events += self._content(content, now)
        if message.tool_call or message.tool_call_cancellation:
            events += self._calls(message)
        if content is not None and _ends_something(content):
            events += self._end(message, content)
        if message.go_away or message.voice_activity or message.voice_activity_detection_signal:
            events += self._signals(message)
        if not events and message.usage_metadata is not None:
            events.append(Other(message))
        return events

    def restart(self) -> None:
        """The rest of a reply under way will never come."""
        self._half = b""
        self._stopwatch.forget_reply()

    def _content(self, content: ServerContent, now: float) -> Iterator[Event]:
        if content.interrupted:
            self._half = b""
            yield Interrupted()
        if content.interim_input_transcription:
            yield HearingSoFar(content.interim_input_transcription.text)
        if (heard := content.input_transcription) and (heard.text or heard.finished):
            yield Heard(heard.text, heard.finished)
        for part in content.model_turn.parts if content.model_turn else ():
            yield from self._part(part, now)
        if content.output_transcription and content.output_transcription.text:
            self._stopwatch.text(now)
            yield Said(content.output_transcription.text)

    def _part(self, part: Part, now: float) -> Iterator[Event]:
        if part.text:
            if part.thought:
                self._stopwatch.begins()
                yield Thought(part.text)
            else:
                self._stopwatch.text(now)
                yield Wrote(part.text)
        if part.inline_data and _is_sound(part.inline_data) and not part.thought:
            if sound := self._sound(part.inline_data, now):
                yield sound
        elif part.inline_data or part.executable_code or part.code_execution_result:
            yield Other(ServerMessage(server_content=_only(part)))

    def _sound(self, blob: Blob, now: float) -> Sound | None:
        """A server may cut between the bytes of a sample."""
        if blob.mime_type != self._mime_type:
            self._format, self._mime_type = parse_pcm_mime(blob.mime_type, SPEAKING), blob.mime_type
        format = self._format
        data = self._half + blob.data
        whole = len(data) - len(data) % format.frame_bytes
        self._half = data[whole:]
        if not whole:
            return None
        self._stopwatch.sound(now)
        return Sound(AudioChunk(data[:whole], format))

    def _calls(self, message: ServerMessage) -> Iterator[Event]:
        if message.tool_call is not None:
            self._stopwatch.begins()
            for call in message.tool_call.function_calls:
                yield ToolCalled(self._named(call))
        if message.tool_call_cancellation is not None:
            yield ToolCallsCancelled(message.tool_call_cancellation.ids)

    def _named(self, call: FunctionCall) -> FunctionCall:
        """Vertex leaves the id out at times; the answer then goes by the function's name (protocol.md 2.7)."""
        if call.id:
            return call
        self._unnamed += 1
        return replace(call, id=f"{UNNAMED}{self._unnamed}")

    def _end(self, message: ServerMessage, content: ServerContent) -> Iterator[Event]:
        if content.generation_complete:
            yield Generated()
        if content.interrupted:
            self._stopwatch.interrupted()
        if content.turn_complete:
            yield self._stopwatch.turn_ended(
                reason=content.turn_complete_reason,
                in_progress=content.interaction_status == InteractionStatus.IN_PROGRESS,
                usage=message.usage_metadata,
            )
        if content.grounding_metadata or content.url_context_metadata or content.waiting_for_input:
            yield Other(message)

    def _signals(self, message: ServerMessage) -> Iterator[Event]:
        if message.go_away is not None:
            yield GoingAway(message.go_away.time_left)
        if (activity := message.voice_activity) is not None:
            yield UserActivity(activity.type == VoiceActivityType.ACTIVITY_START, activity.audio_offset)
        elif (signal := message.voice_activity_detection_signal) is not None:
            yield UserActivity(signal.vad_signal_type == VadSignalType.SOS)


def _ends_something(content: ServerContent) -> bool:
    """Most messages are a piece of sound and nothing else, fifty a second."""
    return bool(
        content.generation_complete
        or content.turn_complete
        or content.interrupted
        or content.grounding_metadata
        or content.url_context_metadata
        or content.waiting_for_input
    )


def _is_sound(blob: Blob) -> bool:
    return blob.mime_type.lower().startswith("audio/")


def _only(part: Part) -> ServerContent:
    return ServerContent(model_turn=Content(parts=(part,)))
