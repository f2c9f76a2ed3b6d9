"""What a setup asks for, checked once and in a form the machines can use."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from msgspec.structs import replace

from antiphon.config import Settings
from antiphon.session.checks import check_setup, check_tools
from antiphon.session.history import text_of
from antiphon.session.models import Traits, traits_of
from antiphon.wire.client import ContextUpdate
from antiphon.wire.setup import (
    ActivityHandling,
    AudioTranscriptionConfig,
    GenerationConfig,
    Modality,
    RealtimeInputConfig,
    Setup,
    TurnCoverage,
)
from antiphon.wire.tools import Behavior, FunctionDeclaration, Tool

_ABILITIES = {
    "google_search": "search the web",
    "google_search_retrieval": "search the web",
    "enterprise_web_search": "search the web",
    "parallel_ai_search": "search the web",
    "exa_ai_search": "search the web",
    "google_maps": "look at maps",
    "code_execution": "run code",
    "url_context": "open web pages",
    "retrieval": "search documents",
    "file_search": "search files",
    "computer_use": "use a computer",
    "mcp_servers": "reach other servers",
}
"""The vendor's own tools, as what a model is told that it cannot do (protocol.md 2.4)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a session: its setup as it stands now, and how that is to be read."""

    setup: Setup
    settings: Settings

    @classmethod
    def of(cls, setup: Setup, settings: Settings) -> "Terms":
        """Check a setup; raises RemoteProtocolError with the path of what is wrong (protocol.md 2.1-2.4)."""
        check_setup(setup, settings.limits)
        return cls(setup, settings)

    def updated(self, update: ContextUpdate) -> "Terms":
        """Change the members given (protocol.md 2.8); raises RemoteProtocolError for tools that cannot be."""
        setup = self.setup
        if update.system_instruction is not None:
            setup = replace(setup, system_instruction=update.system_instruction)
        if update.tools is not None:
            check_tools(update.tools.tools, "context_update.tools.tools", self.settings.limits)
            setup = replace(setup, tools=update.tools.tools)
        return Terms(setup, self.settings)

    # What the model is told

    @property
    def system(self) -> str:
        """The instruction, and what the model should know it cannot do."""
        asked = self.setup.system_instruction
        told = text_of(asked) if asked else self.settings.system_prompt
        lacking = sorted({_ABILITIES[name] for name in self.missing_tools})
        return f"{told}\nYou cannot {' or '.join(lacking)} here; say so when it is asked of you." if lacking else told

    @property
    def functions(self) -> tuple[FunctionDeclaration, ...]:
        """What the model may call."""
        return tuple(function for tool in self.setup.tools for function in tool.function_declarations)

    @property
    def missing_tools(self) -> tuple[str, ...]:
        """Tools of the vendor's that were declared; there is nothing behind them here."""
        return tuple(_switched_on(self.setup.tools))

    @property
    def ignored(self) -> tuple[str, ...]:
        """What the setup asks for and does not get, by name."""
        setup, generation = self.setup, self.generation
        heard = setup.input_audio_transcription or AudioTranscriptionConfig()
        asked = {
            "avatar_config": setup.avatar_config,
            "proactivity": setup.proactivity,
            "safety_settings": setup.safety_settings,
            "enable_affective_dialog": generation.enable_affective_dialog,
            "translation_config": generation.translation_config,
            "word_timestamp": heard.word_timestamp,
            "diarization": heard.diarization,
        }
        return tuple(name for name, value in asked.items() if value)

    def behavior_of(self, function: str) -> Behavior | None:
        """Whether a function blocks; None for one that was not declared."""
        for declared in self.functions:
            if declared.name == function:
                return declared.behavior or self.traits.behavior
        return None

    @property
    def traits(self) -> Traits:
        """What goes with the model's name."""
        return traits_of(self.setup.model)

    @property
    def generation(self) -> GenerationConfig:
        """How replies are made."""
        return self.setup.generation_config or GenerationConfig()

    @property
    def modality(self) -> Modality:
        """What replies are made of."""
        return (self.generation.response_modalities or (Modality.AUDIO,))[0]

    @property
    def shows_thoughts(self) -> bool:
        """Send the model's reasoning, marked as such."""
        thinking = self.generation.thinking_config
        return bool(thinking and thinking.include_thoughts)

    # How the user is heard

    @property
    def realtime(self) -> RealtimeInputConfig:
        """How realtime input becomes turns."""
        return self.setup.realtime_input_config or RealtimeInputConfig()

    @property
    def interrupts(self) -> bool:
        """The user's speech stops a reply; otherwise it is answered afterwards."""
        return self.realtime.activity_handling is not ActivityHandling.NO_INTERRUPTION

    @property
    def coverage(self) -> TurnCoverage:
        """Which input belongs to a turn; by default, of pictures, all that were shown since the last one."""
        return self.realtime.turn_coverage or TurnCoverage.TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO

    @property
    def languages(self) -> tuple[str, ...]:
        """Those the speech may be in."""
        asked = self.setup.input_audio_transcription or AudioTranscriptionConfig()
        return asked.language_codes or (asked.language_hints.language_codes if asked.language_hints else ())

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Words to expect in it."""
        asked = self.setup.input_audio_transcription or AudioTranscriptionConfig()
        return (*asked.custom_vocabulary, *asked.adaptation_phrases)

    # What the client is told

    @property
    def tells_input(self) -> bool:
        """Send what was heard."""
        return self.setup.input_audio_transcription is not None

    @property
    def tells_output(self) -> bool:
        """Send the words of a spoken reply."""
        return self.setup.output_audio_transcription is not None

    @property
    def tells_activity(self) -> bool:
        """Send when the user's speech begins and ends."""
        return self.setup.explicit_vad_signal

    @property
    def silent_history(self) -> bool:
        """The first client content is history, not a question."""
        return bool(self.setup.history_config and self.setup.history_config.initial_history_in_client_content)

    @property
    def resumable(self) -> bool:
        """Send handles by which the session can go on elsewhere."""
        return self.setup.session_resumption is not None

    @property
    def transparent(self) -> bool:
        """Say with a handle which client messages it includes."""
        return bool(self.setup.session_resumption and self.setup.session_resumption.transparent)


def resumed_setup(kept: Setup, new: Setup, lock: Callable[[Setup], Setup]) -> Setup:
    """The setup of a session that goes on: the new one, unless that has nothing but the handle (protocol.md 4.7).

    `lock` gives it what its client may not choose, and what the kept one must not bring back.
    """
    resumption = new.session_resumption
    silent = replace(new, model="", session_resumption=None) == Setup()
    setup = replace(kept if silent else new, model=kept.model, session_resumption=resumption)
    return replace(lock(setup), history_config=None)  # its history was given when it began


def _switched_on(tools: Iterable[Tool]) -> Iterable[str]:
    """Presence alone switches a tool on, even `{}`."""
    for name in _ABILITIES:
        if any(getattr(tool, name) not in (None, ()) for tool in tools):
            yield name
