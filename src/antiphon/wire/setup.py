"""The first message of a session: its model and every option (protocol.md 2.1 to 2.3)."""

from enum import StrEnum

from antiphon.wire.content import Instruction
from antiphon.wire.kinds import Int64, JsonObject, Message, ProtoEnum
from antiphon.wire.speech import SpeechConfig
from antiphon.wire.tools import Tool


class Modality(ProtoEnum):
    """What a reply is made of."""

    TEXT = "TEXT"
    IMAGE = "IMAGE"
    AUDIO = "AUDIO"
    VIDEO = "VIDEO"


class MediaResolution(ProtoEnum):
    """How finely images are looked at: 64, 256 or 256 zoomed tokens each."""

    LOW = "MEDIA_RESOLUTION_LOW"
    MEDIUM = "MEDIA_RESOLUTION_MEDIUM"
    HIGH = "MEDIA_RESOLUTION_HIGH"


class StartSensitivity(ProtoEnum):
    """How readily speech is taken as begun. Default HIGH on the Developer API, LOW on Vertex."""

    HIGH = "START_SENSITIVITY_HIGH"
    LOW = "START_SENSITIVITY_LOW"


class EndSensitivity(ProtoEnum):
    """How readily speech is taken as ended. Default HIGH on the Developer API, LOW on Vertex."""

    HIGH = "END_SENSITIVITY_HIGH"
    LOW = "END_SENSITIVITY_LOW"


class ActivityHandling(ProtoEnum):
    """Whether the user's speech cuts the reply off; by default it does."""

    START_OF_ACTIVITY_INTERRUPTS = "START_OF_ACTIVITY_INTERRUPTS"
    NO_INTERRUPTION = "NO_INTERRUPTION"


class TurnCoverage(ProtoEnum):
    """Which input belongs to the user's turn. The default depends on product and model."""

    TURN_INCLUDES_ONLY_ACTIVITY = "TURN_INCLUDES_ONLY_ACTIVITY"
    TURN_INCLUDES_ALL_INPUT = "TURN_INCLUDES_ALL_INPUT"
    TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO = "TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO"


class ThinkingLevel(StrEnum):
    """How long the model thinks."""

    MINIMAL = "MINIMAL"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    XHIGH = "XHIGH"


class TranscriptionMode(StrEnum):
    """Word for word, or tidied up."""

    VERBATIM = "VERBATIM"
    SMART = "SMART"


class HarmCategory(StrEnum):
    """What a safety setting is about. The products number it differently."""

    HARASSMENT = "HARM_CATEGORY_HARASSMENT"
    HATE_SPEECH = "HARM_CATEGORY_HATE_SPEECH"
    SEXUALLY_EXPLICIT = "HARM_CATEGORY_SEXUALLY_EXPLICIT"
    DANGEROUS_CONTENT = "HARM_CATEGORY_DANGEROUS_CONTENT"
    CIVIC_INTEGRITY = "HARM_CATEGORY_CIVIC_INTEGRITY"
    JAILBREAK = "HARM_CATEGORY_JAILBREAK"
    IMAGE_HATE = "HARM_CATEGORY_IMAGE_HATE"
    IMAGE_DANGEROUS_CONTENT = "HARM_CATEGORY_IMAGE_DANGEROUS_CONTENT"
    IMAGE_HARASSMENT = "HARM_CATEGORY_IMAGE_HARASSMENT"
    IMAGE_SEXUALLY_EXPLICIT = "HARM_CATEGORY_IMAGE_SEXUALLY_EXPLICIT"


class HarmBlockThreshold(ProtoEnum):
    """How likely harm must be to be blocked."""

    BLOCK_LOW_AND_ABOVE = "BLOCK_LOW_AND_ABOVE"
    BLOCK_MEDIUM_AND_ABOVE = "BLOCK_MEDIUM_AND_ABOVE"
    BLOCK_ONLY_HIGH = "BLOCK_ONLY_HIGH"
    BLOCK_NONE = "BLOCK_NONE"
    OFF = "OFF"


class HarmBlockMethod(ProtoEnum):
    """What the threshold is compared with."""

    SEVERITY = "SEVERITY"
    PROBABILITY = "PROBABILITY"


class ThinkingConfig(Message, frozen=True, kw_only=True):
    """Whether and how long the model thinks."""

    include_thoughts: bool = False
    thinking_budget: int | None = None
    """Tokens; 0 is off, -1 automatic."""
    thinking_level: ThinkingLevel | None = None


class TranslationConfig(Message, frozen=True, kw_only=True):
    """For live-translate models."""

    target_language_code: str = ""
    echo_target_language: bool = False


class LanguageHints(Message, frozen=True, kw_only=True):
    """Deprecated form of `language_codes`."""

    language_codes: tuple[str, ...] = ()


class AudioTranscriptionConfig(Message, frozen=True, kw_only=True):
    """Switches a transcription on, even when empty."""

    language_codes: tuple[str, ...] = ()
    """Hints; empty is automatic."""
    custom_vocabulary: tuple[str, ...] = ()
    adaptation_phrases: tuple[str, ...] = ()
    """Deprecated."""
    language_hints: LanguageHints | None = None
    language_auto: JsonObject | None = None
    word_timestamp: bool = False
    diarization: bool = False
    mode: TranscriptionMode | None = None
    source_text: str | None = None


class GenerationConfig(Message, frozen=True, kw_only=True):
    """How replies are made (protocol.md 2.2)."""

    response_modalities: tuple[Modality, ...] = ()
    temperature: float | None = None
    top_p: float | None = None
    top_k: float | None = None
    max_output_tokens: int | None = None
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    candidate_count: int | None = None
    speech_config: SpeechConfig | None = None
    thinking_config: ThinkingConfig | None = None
    media_resolution: MediaResolution | None = None
    enable_affective_dialog: bool = False
    translation_config: TranslationConfig | None = None
    # Known, but refused or meaningless in the Live API.
    response_logprobs: bool = False
    logprobs: int | None = None
    response_mime_type: str | None = None
    response_schema: JsonObject | None = None
    response_json_schema: JsonObject | None = None
    response_format: tuple[JsonObject, ...] = ()
    stop_sequences: tuple[str, ...] = ()
    routing_config: JsonObject | None = None
    model_selection_config: JsonObject | None = None
    audio_timestamp: bool = False
    audio_transcription_config: AudioTranscriptionConfig | None = None
    enable_enhanced_civic_answers: bool = False


class AutomaticActivityDetection(Message, frozen=True, kw_only=True):
    """How the server finds speech; `disabled` leaves it to the client."""

    disabled: bool = False
    start_of_speech_sensitivity: StartSensitivity | None = None
    end_of_speech_sensitivity: EndSensitivity | None = None
    prefix_padding_ms: int | None = None
    """Speech needed before a start is committed."""
    silence_duration_ms: int | None = None
    """Silence needed before an end is."""


class RealtimeInputConfig(Message, frozen=True, kw_only=True):
    """How realtime input becomes turns (protocol.md 2.3)."""

    automatic_activity_detection: AutomaticActivityDetection | None = None
    activity_handling: ActivityHandling | None = None
    turn_coverage: TurnCoverage | None = None
    interim_transcript_timestamp_enabled: bool = False


class SessionResumptionConfig(Message, frozen=True, kw_only=True):
    """Asks for handles, even when empty; with a handle it resumes that session."""

    handle: str | None = None
    transparent: bool = False
    """Vertex only: report which client messages were consumed."""


class SlidingWindow(Message, frozen=True, kw_only=True):
    """Drop the oldest turns."""

    target_tokens: Int64 | None = None
    """What is kept; by default half the trigger."""


class ContextWindowCompressionConfig(Message, frozen=True, kw_only=True):
    """What to do when the context grows too long."""

    trigger_tokens: Int64 | None = None
    """By default 80 % of the model's context."""
    sliding_window: SlidingWindow | None = None


class ProactivityConfig(Message, frozen=True, kw_only=True):
    """Whether the model may stay silent on input that is not meant for it. None leaves it to the model."""

    proactive_audio: bool | None = None
    proactive_video: bool | None = None


class HistoryConfig(Message, frozen=True, kw_only=True):
    """Whether the first client content is history that is not to be answered."""

    initial_history_in_client_content: bool = False


class CustomizedAvatar(Message, frozen=True, kw_only=True):
    """An avatar from a picture."""

    image_mime_type: str = ""
    image_data: bytes = b""


class AvatarConfig(Message, frozen=True, kw_only=True):
    """For video avatar models."""

    avatar_name: str | None = None
    customized_avatar: CustomizedAvatar | None = None
    audio_bitrate_bps: int | None = None
    video_bitrate_bps: int | None = None


class SafetySetting(Message, frozen=True, kw_only=True):
    """What is blocked."""

    category: HarmCategory | None = None
    threshold: HarmBlockThreshold | None = None
    method: HarmBlockMethod | None = None
    """Vertex only."""


class Setup(Message, frozen=True, kw_only=True):
    """Opens a session; sent once. For the optional configs presence alone switches the feature on."""

    model: str = ""
    """`models/x`, `publishers/google/models/x`, a full Vertex path or the bare id (protocol.md 1.4)."""
    generation_config: GenerationConfig | None = None
    system_instruction: Instruction | None = None
    tools: tuple[Tool, ...] = ()
    realtime_input_config: RealtimeInputConfig | None = None
    session_resumption: SessionResumptionConfig | None = None
    context_window_compression: ContextWindowCompressionConfig | None = None
    input_audio_transcription: AudioTranscriptionConfig | None = None
    output_audio_transcription: AudioTranscriptionConfig | None = None
    proactivity: ProactivityConfig | None = None
    explicit_vad_signal: bool = False
    """Vertex only: report `voice_activity`."""
    history_config: HistoryConfig | None = None
    avatar_config: AvatarConfig | None = None
    safety_settings: tuple[SafetySetting, ...] = ()
    labels: dict[str, str] | None = None
