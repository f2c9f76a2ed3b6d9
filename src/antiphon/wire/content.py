"""What the user and the model say: contents, and the parts they are made of (protocol.md 2.5)."""

from typing import Annotated

from antiphon.wire.kinds import JsonObject, Lenient, Message, ProtoEnum, Role, Seconds


class PartMediaResolutionLevel(ProtoEnum):
    """How finely one part is looked at."""

    LOW = "MEDIA_RESOLUTION_LOW"
    MEDIUM = "MEDIA_RESOLUTION_MEDIUM"
    HIGH = "MEDIA_RESOLUTION_HIGH"
    ULTRA_HIGH = "MEDIA_RESOLUTION_ULTRA_HIGH"


class Language(ProtoEnum):
    """The language of generated code."""

    PYTHON = "PYTHON"


class Outcome(ProtoEnum):
    """How running generated code went."""

    OK = "OUTCOME_OK"
    FAILED = "OUTCOME_FAILED"
    DEADLINE_EXCEEDED = "OUTCOME_DEADLINE_EXCEEDED"


class Scheduling(ProtoEnum):
    """What the result of a non-blocking call does to the conversation (protocol.md 4.6)."""

    SILENT = "SILENT"
    WHEN_IDLE = "WHEN_IDLE"
    INTERRUPT = "INTERRUPT"


class Blob(Message, frozen=True, kw_only=True):
    """Media bytes, base64 on the wire."""

    mime_type: str = ""
    data: bytes = b""
    display_name: str | None = None

    def __repr__(self) -> str:
        return f"Blob(mime_type={self.mime_type!r}, data=<{len(self.data)} bytes>)"


class FileData(Message, frozen=True, kw_only=True):
    """Media kept elsewhere."""

    mime_type: str = ""
    file_uri: str = ""
    display_name: str | None = None


class VideoMetadata(Message, frozen=True, kw_only=True):
    """Which stretch of a video is meant, and at how many frames a second."""

    start_offset: Seconds | None = None
    end_offset: Seconds | None = None
    fps: float | None = None
    content_layers: tuple[str, ...] = ()


class PartMediaResolution(Message, frozen=True, kw_only=True):
    """The resolution of one part."""

    level: PartMediaResolutionLevel | None = None
    num_tokens: int | None = None


class FunctionCall(Message, frozen=True, kw_only=True):
    """The model asks for a function to be called."""

    id: str | None = None
    """Vertex may leave it out (protocol.md 3)."""
    name: str = ""
    args: JsonObject | None = None
    partial_args: tuple[JsonObject, ...] = ()
    """Vertex only: arguments streamed in pieces."""
    will_continue: bool = False


class FunctionResponsePart(Message, frozen=True, kw_only=True):
    """Media in the result of a function."""

    inline_data: Blob | None = None
    file_data: FileData | None = None
    video_metadata: VideoMetadata | None = None
    media_resolution: PartMediaResolution | None = None
    media_processing: str | None = None
    document_metadata: JsonObject | None = None
    spreadsheet_metadata: JsonObject | None = None
    audio_metadata: JsonObject | None = None


class FunctionResponse(Message, frozen=True, kw_only=True):
    """The result of a function (protocol.md 2.7)."""

    id: str | None = None
    """Required on the Developer API; on Vertex a result without one is matched by name."""
    name: str = ""
    response: JsonObject | None = None
    """Keys `output` and `error` are special; without them the whole object is the output."""
    scheduling: Scheduling | None = None
    will_continue: bool | None = None
    """True: a generator, more results follow. False with an empty response ends it."""
    parts: tuple[FunctionResponsePart, ...] = ()


class ExecutableCode(Message, frozen=True, kw_only=True):
    """Code the model wrote to be run."""

    id: str | None = None
    language: Language | None = None
    code: str = ""


class CodeExecutionResult(Message, frozen=True, kw_only=True):
    """What running it gave."""

    id: str | None = None
    outcome: Outcome | None = None
    output: str = ""


class Part(Message, frozen=True, kw_only=True):
    """A piece of content: one of the members up to `code_execution_result`, the others describe it."""

    text: str | None = None
    inline_data: Blob | None = None
    file_data: FileData | None = None
    function_call: FunctionCall | None = None
    function_response: FunctionResponse | None = None
    executable_code: ExecutableCode | None = None
    code_execution_result: CodeExecutionResult | None = None
    thought: bool = False
    """`text` is a summary of reasoning: not to be shown or spoken."""
    thought_signature: bytes | None = None
    video_metadata: VideoMetadata | None = None
    media_resolution: PartMediaResolution | None = None
    # Newer members google-genai 3.4.0 can send; known so that they are not refused.
    tool_call: JsonObject | None = None
    tool_response: JsonObject | None = None
    part_metadata: JsonObject | None = None
    audio_transcription: JsonObject | None = None
    media_processing: str | None = None
    speech_metadata: JsonObject | None = None
    document_metadata: JsonObject | None = None
    spreadsheet_metadata: JsonObject | None = None
    audio_metadata: JsonObject | None = None


class Content(Message, frozen=True, kw_only=True):
    """Parts said by one side. No role means the user."""

    role: Role | None = None
    parts: tuple[Part, ...] = ()


def _text_as_content(value: object) -> object:
    return {"parts": [{"text": value}]} if isinstance(value, str) else value


Instruction = Annotated[Content, Lenient(_text_as_content)]
"""A system instruction; reference pages show it as a bare string too (protocol.md 2.1)."""
