"""Which installed voice stands in for one of the Live API's thirty, and who speaks which language. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Gender = Literal["f", "m"]


@dataclass(frozen=True, slots=True)
class LiveVoice:
    """One voice of the Live API, with the gender its vendor gives it."""

    name: str
    gender: Gender


LIVE_VOICES = (
    LiveVoice("Zephyr", "f"),
    LiveVoice("Puck", "m"),
    LiveVoice("Charon", "m"),
    LiveVoice("Kore", "f"),
    LiveVoice("Fenrir", "m"),
    LiveVoice("Leda", "f"),
    LiveVoice("Orus", "m"),
    LiveVoice("Aoede", "f"),
    LiveVoice("Callirrhoe", "f"),
    LiveVoice("Autonoe", "f"),
    LiveVoice("Enceladus", "m"),
    LiveVoice("Iapetus", "m"),
    LiveVoice("Umbriel", "m"),
    LiveVoice("Algieba", "m"),
    LiveVoice("Despina", "f"),
    LiveVoice("Erinome", "f"),
    LiveVoice("Algenib", "m"),
    LiveVoice("Rasalgethi", "m"),
    LiveVoice("Laomedeia", "f"),
    LiveVoice("Achernar", "f"),
    LiveVoice("Alnilam", "m"),
    LiveVoice("Schedar", "m"),
    LiveVoice("Gacrux", "f"),
    LiveVoice("Pulcherrima", "f"),
    LiveVoice("Achird", "m"),
    LiveVoice("Zubenelgenubi", "m"),
    LiveVoice("Vindemiatrix", "f"),
    LiveVoice("Sadachbia", "m"),
    LiveVoice("Sadaltager", "m"),
    LiveVoice("Sulafat", "f"),
)
"""In the vendor's order, the best known first (protocol.md 2.2)."""

_LIVE = {voice.name.casefold(): voice for voice in LIVE_VOICES}

_KOKORO = (
    *("af_heart", "af_bella", "af_aoede", "af_kore", "af_sarah", "af_nova", "af_alloy", "af_sky", "af_jessica"),
    *("af_river", "af_nicole"),
    *("am_michael", "am_fenrir", "am_puck", "am_echo", "am_eric", "am_liam", "am_onyx", "am_adam", "am_santa"),
    *("bf_emma", "bf_isabella", "bf_alice", "bf_lily"),
    *("bm_george", "bm_fable", "bm_lewis", "bm_daniel"),
)

KOKORO_VOICES: Mapping[str, str] = MappingProxyType({name.partition("_")[2]: name for name in _KOKORO})
"""Kokoro's English voices by plain name: American (a) or British (b), of a woman (f) or a man (m), good ones first."""

_ACCENTS = {"en-us": "a", "en-gb": "b"}


def substitute(asked: str | None, installed: Sequence[str], language: str | None = None) -> str:
    """The installed voice to speak with when `asked` is wanted: always the same for the same arguments.

    That is the voice of that name, in any case; otherwise one of the same gender, as far as possible a different
    one for each of the Live API's; otherwise the first. A BCP-47 `language` narrows the choice to its accent.
    """
    name = _plain(asked or "")
    if own := [voice for voice in installed if _plain(voice) == name]:
        return own[0]
    accent = _ACCENTS.get("-".join(_subtags(language or "")))
    choice = [voice for voice in installed if accent and _kind(voice)[:1] == accent] or list(installed)
    live = _LIVE.get(name)
    alike = [voice for voice in choice if live and _kind(voice)[1:2] == live.gender]
    if live is None or not alike:
        return choice[0]
    strangers = [voice for voice in alike if _plain(voice) not in _LIVE] or alike
    present = {_plain(voice) for voice in installed}
    rivals = [voice for voice in LIVE_VOICES if voice.gender == live.gender and voice.name.casefold() not in present]
    return strangers[rivals.index(live) % len(strangers)]


def speaks(language: str | None, languages: Sequence[str]) -> bool:
    """Whether one of an engine's BCP-47 tags covers `language`: `en` covers en-GB, en-GB is some `en`, `*` is any."""
    asked = _subtags(language or "")
    return any(
        tag == "*" or all(one == other for one, other in zip(asked, _subtags(tag), strict=False)) for tag in languages
    )


def _plain(voice: str) -> str:
    """The name without case, and without Kokoro's mark of accent and gender."""
    return re.sub(r"^[a-z][fm]_", "", voice.strip().casefold())


def _kind(voice: str) -> str:
    """Accent and gender of a known voice as two letters, otherwise nothing."""
    return KOKORO_VOICES.get(_plain(voice), "")[:2]


def _subtags(language: str) -> tuple[str, ...]:
    return tuple(filter(None, re.split(r"[-_]", language.strip().casefold())))
