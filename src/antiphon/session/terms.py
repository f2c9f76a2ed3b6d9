"""What a setup message asks for, checked once and in a form the machines can use."""

from dataclasses import dataclass

from antiphon.errors import CloseCode, RemoteProtocolError
from antiphon.session.history import text_of
from antiphon.wire.setup import ActivityHandling, GenerationConfig, Modality, RealtimeInputConfig, Setup

_RANGES: dict[str, tuple[float, float]] = {
    "temperature": (0.0, 2.0),
    "top_p": (0.0, 1.0),
    "top_k": (0, 1_000_000),
    "max_output_tokens": (1, 1_000_000),
    "presence_penalty": (-2.0, 2.0),
    "frequency_penalty": (-2.0, 2.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of a session."""

    system: str
    modality: Modality
    generation: GenerationConfig
    realtime: RealtimeInputConfig
    interrupts: bool
    """The user's speech stops a reply; otherwise it is answered afterwards."""
    tells_input: bool
    """Send what was heard."""
    tells_output: bool
    """Send the words of a spoken reply."""
    silent_history: bool
    """The first client content is history, not a question."""

    @classmethod
    def of(cls, setup: Setup, default_system: str) -> "Terms":
        """Check a setup; raises RemoteProtocolError with the path of what is wrong (protocol.md 2.1-2.3)."""
        if not setup.model:
            raise RemoteProtocolError("setup.model: is required")
        if setup.session_resumption and setup.session_resumption.handle:
            raise RemoteProtocolError("BidiGenerateContent session not found", CloseCode.POLICY)
        generation = setup.generation_config or GenerationConfig()
        realtime = setup.realtime_input_config or RealtimeInputConfig()
        _check_ranges(generation)
        _check_detection(realtime)
        return cls(
            system=text_of(setup.system_instruction) if setup.system_instruction else default_system,
            modality=_modality(generation),
            generation=generation,
            realtime=realtime,
            interrupts=realtime.activity_handling is not ActivityHandling.NO_INTERRUPTION,
            tells_input=setup.input_audio_transcription is not None,
            tells_output=setup.output_audio_transcription is not None,
            silent_history=bool(setup.history_config and setup.history_config.initial_history_in_client_content),
        )


def _modality(generation: GenerationConfig) -> Modality:
    asked = generation.response_modalities or (Modality.AUDIO,)
    if len(set(asked)) > 1 or asked[0] not in (Modality.AUDIO, Modality.TEXT):
        raise RemoteProtocolError("setup.generation_config.response_modalities: exactly one of AUDIO, TEXT")
    return asked[0]


def _check_ranges(generation: GenerationConfig) -> None:
    for name, (least, most) in _RANGES.items():
        value = getattr(generation, name)
        if value is not None and not least <= value <= most:
            raise RemoteProtocolError(f"setup.generation_config.{name}: {value:g} is not in {least:g}..{most:g}")


def _check_detection(realtime: RealtimeInputConfig) -> None:
    detection = realtime.automatic_activity_detection
    for name in ("prefix_padding_ms", "silence_duration_ms"):
        value = getattr(detection, name) if detection else None
        if value is not None and not 0 <= value <= 60_000:
            path = f"setup.realtime_input_config.automatic_activity_detection.{name}"
            raise RemoteProtocolError(f"{path}: {value} is not in 0..60000 ms")
