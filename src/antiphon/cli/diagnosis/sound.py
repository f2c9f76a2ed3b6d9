"""Microphones and loudspeakers: what `antiphon talk` would use."""

from collections.abc import AsyncGenerator

from antiphon.audio.pcm import HEARING, SPEAKING
from antiphon.cli.diagnosis.bounded import in_thread
from antiphon.cli.diagnosis.finding import Finding, ok, warning
from antiphon.client.talk.devices import Kind
from antiphon.client.talk.sound_card import SoundCard, find_card, list_devices, sound_library
from antiphon.errors import SettingsError

SOUND_WAIT_S = 10.0
"""For PortAudio, which asks every sound system there is."""

_WITHOUT = "`antiphon talk` is not possible, `antiphon ask` is"
_RATES = {Kind.MICROPHONE: HEARING.rate_hz, Kind.SPEAKER: SPEAKING.rate_hz}


async def examine_sound() -> AsyncGenerator[Finding]:
    """Look for PortAudio, and for the devices that are taken when none is named."""
    try:
        devices = await in_thread(lambda: list_devices(sound_library()), SOUND_WAIT_S)
    except SettingsError as error:
        yield warning("PortAudio", str(error), _WITHOUT)
        return
    except TimeoutError as error:
        yield warning("PortAudio", str(error), f"{_WITHOUT}; a sound system hangs: restart it")
        return
    missing = [kind for kind in Kind if not devices.of(kind)]
    if missing:
        yield warning("devices", f"no {' and no '.join(missing)}", _WITHOUT)
    for kind in Kind:
        if kind not in missing:
            yield await _device(kind, len(devices.of(kind)))


async def _device(kind: Kind, count: int) -> Finding:
    rate_hz = _RATES[kind]
    try:
        card = await in_thread(lambda: find_card(kind, None, rate_hz), SOUND_WAIT_S)
    except (SettingsError, TimeoutError) as error:
        return warning(kind, str(error), _WITHOUT, "antiphon talk --devices")
    return ok(kind, f"{_described(card, rate_hz)}{_of_others(count)}")


def _described(card: SoundCard, rate_hz: int) -> str:
    format, device = card.format, card.device
    channels = {1: "mono", 2: "stereo"}.get(format.channels, f"{format.channels} channels")
    resampled = "" if format.rate_hz == rate_hz else f", resampled for {rate_hz / 1_000:g} kHz"
    return f"{device.name} ({device.host}), {format.rate_hz / 1_000:g} kHz {channels}{resampled}"


def _of_others(count: int) -> str:
    return f"; one of {count}" if count > 1 else ""
