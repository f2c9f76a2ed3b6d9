"""What a setup may not hold, refused with the path of the field at fault (protocol.md 2.1 to 2.4)."""

import re
from collections.abc import Iterable, Iterator

from antiphon.config import Limits
from antiphon.errors import RemoteProtocolError
from antiphon.session.schemas import check_size, check_types
from antiphon.wire.setup import GenerationConfig, Modality, RealtimeInputConfig, Setup
from antiphon.wire.tools import FunctionDeclaration, Tool

_RANGES: dict[str, tuple[float, float]] = {
    "temperature": (0.0, 2.0),
    "top_p": (0.0, 1.0),
    "top_k": (0, 1_000_000),
    "max_output_tokens": (1, 1_000_000),
    "presence_penalty": (-2.0, 2.0),
    "frequency_penalty": (-2.0, 2.0),
    "candidate_count": (1, 1),
}
_NOT_LIVE = (
    "response_logprobs", "logprobs", "response_mime_type", "response_schema", "response_json_schema",
    "response_format", "stop_sequences", "routing_config", "model_selection_config", "audio_timestamp",
)  # fmt: skip
"""Members of generateContent that the Live API refuses."""

_FUNCTION_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,127}")
_LABEL_CHARS_MAX = 63


def check_setup(setup: Setup, limits: Limits) -> None:
    """Raise RemoteProtocolError for what cannot be served."""
    if not setup.model:
        raise RemoteProtocolError("setup.model: is required")
    _check_generation(setup.generation_config or GenerationConfig())
    _check_detection(setup.realtime_input_config or RealtimeInputConfig())
    _check_compression(setup)
    check_tools(setup.tools, "setup.tools", limits)
    for key, value in (setup.labels or {}).items():
        if max(len(key), len(value)) > _LABEL_CHARS_MAX:
            raise RemoteProtocolError(f"setup.labels[{key[:20]}]: longer than {_LABEL_CHARS_MAX} characters")


def check_tools(tools: Iterable[Tool], path: str, limits: Limits) -> None:
    """Raise RemoteProtocolError for functions that cannot be declared."""
    names: set[str] = set()
    for where, function in _declared(tools, path):
        if not _FUNCTION_NAME.fullmatch(function.name):
            raise RemoteProtocolError(f"{where}.name: {function.name[:40]!r} is not a name; letters, digits, _ . : -")
        if function.name in names:
            raise RemoteProtocolError(f"{where}.name: {function.name} is declared twice")
        names.add(function.name)
        if len(names) > limits.functions_max:
            raise RemoteProtocolError(f"{path}: more than {limits.functions_max} functions")
        check_size(function.parameters, f"{where}.parameters", limits)
        check_types(function.parameters, f"{where}.parameters")
        check_size(function.parameters_json_schema, f"{where}.parameters_json_schema", limits)


def _declared(tools: Iterable[Tool], path: str) -> Iterator[tuple[str, FunctionDeclaration]]:
    for index, tool in enumerate(tools):
        for number, function in enumerate(tool.function_declarations):
            yield f"{path}[{index}].function_declarations[{number}]", function


def _check_generation(generation: GenerationConfig) -> None:
    path = "setup.generation_config"
    for name in _NOT_LIVE:
        if getattr(generation, name):
            raise RemoteProtocolError(f"{path}.{name}: is not supported in the live api")
    if generation.speech_config and generation.speech_config.multi_speaker_voice_config:
        raise RemoteProtocolError(f"{path}.speech_config.multi_speaker_voice_config: is not supported in the live api")
    for name, (least, most) in _RANGES.items():
        value = getattr(generation, name)
        if value is not None and not least <= value <= most:
            raise RemoteProtocolError(f"{path}.{name}: {value:g} is not in {least:g}..{most:g}")
    asked = set(generation.response_modalities)
    if len(asked) > 1 or asked - {Modality.AUDIO, Modality.TEXT}:
        raise RemoteProtocolError(f"{path}.response_modalities: exactly one of AUDIO, TEXT")


def _check_detection(realtime: RealtimeInputConfig) -> None:
    detection = realtime.automatic_activity_detection
    for name in ("prefix_padding_ms", "silence_duration_ms"):
        value = getattr(detection, name) if detection else None
        if value is not None and not 0 <= value <= 60_000:
            path = f"setup.realtime_input_config.automatic_activity_detection.{name}"
            raise RemoteProtocolError(f"{path}: {value} is not in 0..60000 ms")


def _check_compression(setup: Setup) -> None:
    asked = setup.context_window_compression
    if asked is None:
        return
    path = "setup.context_window_compression"
    trigger = asked.trigger_tokens
    target = asked.sliding_window.target_tokens if asked.sliding_window else None
    if trigger is not None and trigger <= 0:
        raise RemoteProtocolError(f"{path}.trigger_tokens: {trigger} is not above 0")
    if target is not None and target <= 0:
        raise RemoteProtocolError(f"{path}.sliding_window.target_tokens: {target} is not above 0")
    if trigger is not None and target is not None and target >= trigger:
        raise RemoteProtocolError(f"{path}.sliding_window.target_tokens: {target} is not below the trigger, {trigger}")
