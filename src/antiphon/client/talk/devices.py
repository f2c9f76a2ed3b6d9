"""Which microphone and which loudspeaker: the devices of a machine, chosen by name or number."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from antiphon.errors import SettingsError

SOUND_FILES = (".wav", ".flac", ".ogg", ".mp3")
"""Endings by which a file is told from the name of a device."""

WITHOUT_HARDWARE = "without sound hardware: `antiphon ask FILE`"
LIST_THEM = "`antiphon talk --devices` lists what there is"


class Kind(StrEnum):
    """What a device is for; the value is what it is called, and its flag."""

    MICROPHONE = "microphone"
    SPEAKER = "speaker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A sound device of this machine."""

    number: int
    name: str
    host: str
    """The sound system it belongs to, such as ALSA or WASAPI; the same device may be in several."""
    rate_hz: int
    """Its own."""
    inputs: int
    """Channels that record."""
    outputs: int
    """Channels that play."""

    def channels(self, kind: Kind) -> int:
        """Channels it has for a purpose."""
        return self.inputs if kind is Kind.MICROPHONE else self.outputs


@dataclass(frozen=True, slots=True)
class Devices:
    """All devices, and which are taken when none is chosen."""

    all: tuple[Device, ...]
    defaults: tuple[int, int]
    """Numbers of microphone and loudspeaker, -1 for none."""
    default_host: str

    def of(self, kind: Kind) -> tuple[Device, ...]:
        """Those for a purpose."""
        return tuple(device for device in self.all if device.channels(kind))

    def default(self, kind: Kind) -> Device | None:
        """The one that is taken when none is chosen, if there is any."""
        number = self.defaults[0 if kind is Kind.MICROPHONE else 1]
        devices = self.of(kind)
        return next((device for device in devices if device.number == number), next(iter(devices), None))

    def choose(self, kind: Kind, wanted: str | None) -> Device:
        """Find a device by its number, its name or a part of that; None takes the default.

        Raises SettingsError when there is none, or more than one.
        """
        if wanted is None:
            return self._default_of(kind)
        found = self._matching(kind, wanted.strip())
        if len(found) == 1:
            return found[0]
        if not found:
            raise SettingsError(f"--{kind} {wanted}: no {kind} has that number or name; {LIST_THEM}")
        several = ", ".join(f"{device.number} {device.name} ({device.host})" for device in found)
        raise SettingsError(f"--{kind} {wanted} may be any of {several}: give more of the name, or the number")

    def _default_of(self, kind: Kind) -> Device:
        chosen = self.default(kind)
        if chosen is None:
            raise SettingsError(
                f"this machine has no {kind}: plug one in, or name a sound file with --{kind}; {WITHOUT_HARDWARE}"
            )
        return chosen

    def _matching(self, kind: Kind, wanted: str) -> Sequence[Device]:
        """A number beats a whole name, that a part of one; the default sound system beats the others."""
        devices = self.of(kind)
        if wanted.isascii() and wanted.isdigit():
            return [device for device in devices if device.number == int(wanted)]
        name = wanted.casefold()
        found = [device for device in devices if device.name.casefold() == name]
        found = found or [device for device in devices if name in device.name.casefold()]
        return [device for device in found if device.host == self.default_host] or found


def sound_file(wanted: str | None) -> Path | None:
    """Give the file that is named in place of a device, if it is one."""
    path = Path(wanted or "")
    return path if path.suffix.lower() in SOUND_FILES else None
