"""How the model sounds: voice and language of its speech (protocol.md 2.2)."""

from antiphon.wire.kinds import Message


class PrebuiltVoiceConfig(Message, frozen=True, kw_only=True):
    """A voice by its name, e.g. Puck."""

    voice_name: str | None = None


class VoiceConsentSignature(Message, frozen=True, kw_only=True):
    """Proof of the consent to replicate a voice."""

    signature: str = ""


class ReplicatedVoiceConfig(Message, frozen=True, kw_only=True):
    """A voice to be copied from a sample (`audio/wav`, 16-bit, 24 kHz)."""

    mime_type: str = ""
    voice_sample_audio: bytes = b""
    consent_audio: bytes = b""
    voice_consent_signature: VoiceConsentSignature | None = None


class VoiceConfig(Message, frozen=True, kw_only=True):
    """A voice: one of the three."""

    prebuilt_voice_config: PrebuiltVoiceConfig | None = None
    replicated_voice_config: ReplicatedVoiceConfig | None = None
    voice: str | None = None
    """A voice's id."""


class SpeakerVoiceConfig(Message, frozen=True, kw_only=True):
    """The voice of one of several speakers."""

    speaker: str = ""
    voice_config: VoiceConfig | None = None


class MultiSpeakerVoiceConfig(Message, frozen=True, kw_only=True):
    """Several speakers; the Live API does not allow it."""

    speaker_voice_configs: tuple[SpeakerVoiceConfig, ...] = ()


class SpeechConfig(Message, frozen=True, kw_only=True):
    """Voice and language of the speech."""

    voice_config: VoiceConfig | None = None
    multi_speaker_voice_config: MultiSpeakerVoiceConfig | None = None
    language_code: str | None = None
    """BCP-47."""
