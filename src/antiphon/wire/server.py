"""What a server may send (protocol.md 3). Enumerations are open: a value unknown here stays a string."""

from enum import StrEnum

from antiphon.wire.content import Content, FunctionCall
from antiphon.wire.kinds import Int64, JsonObject, Message, Seconds
from antiphon.wire.speech import VoiceConsentSignature


class MediaModality(StrEnum):
    """What tokens stand for."""

    TEXT = "TEXT"
    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    AUDIO = "AUDIO"
    DOCUMENT = "DOCUMENT"


class TurnCompleteReason(StrEnum):
    """Why a turn ended other than by being finished; some of about thirty."""

    MALFORMED_FUNCTION_CALL = "MALFORMED_FUNCTION_CALL"
    RESPONSE_REJECTED = "RESPONSE_REJECTED"
    NEED_MORE_INPUT = "NEED_MORE_INPUT"
    PROHIBITED_INPUT_CONTENT = "PROHIBITED_INPUT_CONTENT"
    BLOCKLIST = "BLOCKLIST"
    GENERATED_CONTENT_SAFETY = "GENERATED_CONTENT_SAFETY"
    GENERATED_AUDIO_SAFETY = "GENERATED_AUDIO_SAFETY"
    GENERATED_OTHER = "GENERATED_OTHER"
    MAX_REGENERATION_REACHED = "MAX_REGENERATION_REACHED"


class InteractionStatus(StrEnum):
    """Whether more follows a complete turn; clients wait unless it is IDLE or absent."""

    IN_PROGRESS = "IN_PROGRESS"
    REQUIRES_ACTION = "REQUIRES_ACTION"
    IDLE = "IDLE"


class VoiceActivityType(StrEnum):
    """The user began or finished speaking."""

    ACTIVITY_START = "ACTIVITY_START"
    ACTIVITY_END = "ACTIVITY_END"


class VadSignalType(StrEnum):
    """Start or end of speech."""

    SOS = "VAD_SIGNAL_TYPE_SOS"
    EOS = "VAD_SIGNAL_TYPE_EOS"


class SetupComplete(Message, frozen=True, kw_only=True):
    """The session is open."""

    session_id: str | None = None
    """Vertex only."""
    voice_consent_signature: VoiceConsentSignature | None = None


class WordInfo(Message, frozen=True, kw_only=True):
    """A word and when it was said."""

    word: str = ""
    start_offset: Seconds | None = None
    end_offset: Seconds | None = None


class Transcription(Message, frozen=True, kw_only=True):
    """Words heard or spoken: a delta to append as it is."""

    text: str = ""
    finished: bool = False
    language_code: str | None = None
    speaker_label: str | None = None
    words: tuple[WordInfo, ...] = ()
    start_offset: Seconds | None = None
    end_offset: Seconds | None = None


class UrlMetadata(Message, frozen=True, kw_only=True):
    """A page that was fetched, or was not."""

    retrieved_url: str = ""
    url_retrieval_status: str | None = None


class UrlContextMetadata(Message, frozen=True, kw_only=True):
    """The pages an answer used."""

    url_metadata: tuple[UrlMetadata, ...] = ()


class ServerContent(Message, frozen=True, kw_only=True):
    """News of the conversation; several members may come at once (protocol.md 3.1)."""

    model_turn: Content | None = None
    """A piece of the reply."""
    generation_complete: bool = False
    """The reply is made. Never sent for an interrupted one."""
    turn_complete: bool = False
    """The floor is free."""
    interrupted: bool = False
    """The user cut in: throw away what is not played yet."""
    input_transcription: Transcription | None = None
    output_transcription: Transcription | None = None
    interim_input_transcription: Transcription | None = None
    """Replaces the interim before it."""
    grounding_metadata: JsonObject | None = None
    url_context_metadata: UrlContextMetadata | None = None
    waiting_for_input: bool = False
    turn_complete_reason: TurnCompleteReason | str | None = None
    interaction_status: InteractionStatus | str | None = None


class ToolCall(Message, frozen=True, kw_only=True):
    """Functions to be called."""

    function_calls: tuple[FunctionCall, ...] = ()


class ToolCallCancellation(Message, frozen=True, kw_only=True):
    """Calls that are not to be answered any more."""

    ids: tuple[str, ...] = ()


class ModalityTokenCount(Message, frozen=True, kw_only=True):
    """Tokens of one modality."""

    modality: MediaModality | str | None = None
    token_count: int = 0


class UsageMetadata(Message, frozen=True, kw_only=True):
    """Tokens of a turn. `response_*` are `candidates*` on the wire of Vertex (protocol.md 3.2)."""

    prompt_token_count: int = 0
    cached_content_token_count: int = 0
    response_token_count: int = 0
    tool_use_prompt_token_count: int = 0
    thoughts_token_count: int = 0
    total_token_count: int = 0
    prompt_tokens_details: tuple[ModalityTokenCount, ...] = ()
    cache_tokens_details: tuple[ModalityTokenCount, ...] = ()
    response_tokens_details: tuple[ModalityTokenCount, ...] = ()
    tool_use_prompt_tokens_details: tuple[ModalityTokenCount, ...] = ()
    service_tier: str | None = None
    """Developer API only."""
    traffic_type: str | None = None
    """Vertex only."""


class GoAway(Message, frozen=True, kw_only=True):
    """The connection will be closed: reconnect."""

    time_left: Seconds | None = None


class SessionResumptionUpdate(Message, frozen=True, kw_only=True):
    """Where a new connection could go on; empty where it could not."""

    new_handle: str = ""
    resumable: bool = False
    last_consumed_client_message_index: Int64 | None = None
    """Transparent mode only; 0 is the setup message."""


class VoiceActivity(Message, frozen=True, kw_only=True):
    """The user's speech began or ended, at an offset into the audio."""

    type: VoiceActivityType | str | None = None
    audio_offset: Seconds | None = None


class VoiceActivityDetectionSignal(Message, frozen=True, kw_only=True):
    """An older form of the same, by allow-list."""

    vad_signal_type: VadSignalType | str | None = None


class ServerMessage(Message, frozen=True, kw_only=True):
    """One message of a server: one member, and usage beside any."""

    setup_complete: SetupComplete | None = None
    server_content: ServerContent | None = None
    tool_call: ToolCall | None = None
    tool_call_cancellation: ToolCallCancellation | None = None
    usage_metadata: UsageMetadata | None = None
    go_away: GoAway | None = None
    session_resumption_update: SessionResumptionUpdate | None = None
    voice_activity: VoiceActivity | None = None
    voice_activity_detection_signal: VoiceActivityDetectionSignal | None = None
