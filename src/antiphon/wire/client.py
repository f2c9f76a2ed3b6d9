"""What a client may send (protocol.md 2)."""

from typing import Annotated

from antiphon.wire.content import Blob, Content, FunctionResponse, Instruction
from antiphon.wire.kinds import Lenient, Message
from antiphon.wire.setup import Setup
from antiphon.wire.tools import Tool


class ClientContent(Message, frozen=True, kw_only=True):
    """Contents to append to the conversation, in order."""

    turns: tuple[Content, ...] = ()
    turn_complete: bool = False
    """Answer now; without it the contents only accumulate."""


class ActivityStart(Message, frozen=True, kw_only=True):
    """The user began to speak; only with automatic detection disabled."""


class ActivityEnd(Message, frozen=True, kw_only=True):
    """The user finished speaking."""


class RealtimeInput(Message, frozen=True, kw_only=True):
    """Input as it happens: one member per message, with no order between the streams."""

    audio: Blob | None = None
    """PCM."""
    video: Blob | None = None
    """One still image."""
    text: str | None = None
    audio_stream_end: bool = False
    """The microphone went off: end the turn with what there is."""
    activity_start: ActivityStart | None = None
    activity_end: ActivityEnd | None = None
    media_chunks: tuple[Blob, ...] = ()
    """Deprecated: audio and images, told apart by their mime type."""


class ToolResponse(Message, frozen=True, kw_only=True):
    """Results of functions."""

    function_responses: tuple[FunctionResponse, ...] = ()


class ContextUpdateTools(Message, frozen=True, kw_only=True):
    """The tools from now on; empty clears them."""

    tools: tuple[Tool, ...] = ()


class ContextUpdate(Message, frozen=True, kw_only=True):
    """Changes the members given, in order with the other input (protocol.md 2.8)."""

    system_instruction: Instruction | None = None
    tools: ContextUpdateTools | None = None


def _one_response(value: object) -> object:
    return {"function_responses": [value]} if isinstance(value, dict) and "response" in value else value


class ClientMessage(Message, frozen=True, kw_only=True):
    """One message of a client: exactly one member."""

    setup: Setup | None = None
    client_content: ClientContent | None = None
    realtime_input: RealtimeInput | None = None
    tool_response: Annotated[ToolResponse, Lenient(_one_response)] | None = None
    """Demo apps send the one response itself (clients.md 3)."""
    context_update: ContextUpdate | None = None
