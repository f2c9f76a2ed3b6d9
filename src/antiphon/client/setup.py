"""The setup message of a session, and what of it changes from one connection to the next. Pure."""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from antiphon.wire.client import ContextUpdate
from antiphon.wire.content import Content, Part
from antiphon.wire.setup import (
    AudioTranscriptionConfig,
    GenerationConfig,
    HistoryConfig,
    Modality,
    SessionResumptionConfig,
    Setup,
)
from antiphon.wire.speech import PrebuiltVoiceConfig, SpeechConfig, VoiceConfig
from antiphon.wire.tools import Behavior, Tool

_HISTORY_FIRST = re.compile(r"gemini-(3|[4-9]|\d\d)")
"""Models that take what was said before only as their initial history (protocol.md 2.5)."""


def setup_for(
    *, model: str | None, system: str | None, voice: str | None, text: bool, tools: Sequence[Tool] = ()
) -> Setup:
    """Write what most sessions ask for: one modality, and both sides transcribed.

    The transcripts are what a session is told of that has to begin anew.
    """
    prebuilt = VoiceConfig(prebuilt_voice_config=PrebuiltVoiceConfig(voice_name=voice))
    return Setup(
        model=model or "",
        generation_config=GenerationConfig(
            response_modalities=(Modality.TEXT if text else Modality.AUDIO,),
            speech_config=SpeechConfig(voice_config=prebuilt) if voice else None,
        ),
        system_instruction=Content(parts=(Part(text=system),)) if system else None,
        tools=tuple(tools),
        input_audio_transcription=AudioTranscriptionConfig(),
        output_audio_transcription=None if text else AudioTranscriptionConfig(),
    )


def resuming(setup: Setup, handle: str | None, *, transparent: bool) -> Setup:
    """Ask for handles, and with one for the session it leads to."""
    asked = setup.session_resumption or SessionResumptionConfig(transparent=transparent)
    return replace(setup, session_resumption=replace(asked, handle=handle))


def with_history(setup: Setup) -> Setup:
    """Announce that what was said before comes first, where the model takes it in no other way."""
    if not takes_history_first(setup.model):
        return setup
    return replace(setup, history_config=HistoryConfig(initial_history_in_client_content=True))


def takes_history_first(model: str) -> bool:
    """Tell whether a model takes contents that are not to be answered only before the conversation."""
    return _HISTORY_FIRST.search(model) is not None


def updated(setup: Setup, update: ContextUpdate) -> Setup:
    """What the next connection is to be asked for, after a change on this one (protocol.md 2.8)."""
    if update.system_instruction is not None:
        setup = replace(setup, system_instruction=update.system_instruction)
    if update.tools is not None:
        setup = replace(setup, tools=update.tools.tools)
    return setup


def background(setup: Setup) -> frozenset[str]:
    """Name the functions that the model does not wait for."""
    declarations = [each for tool in setup.tools for each in tool.function_declarations]
    return frozenset(each.name for each in declarations if each.behavior is Behavior.NON_BLOCKING)
