"""The border to PortAudio (`sounddevice`): loaded when it is needed, its errors turned into ours."""

import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Protocol, TypedDict, cast

from antiphon.audio.pcm import CHANNELS_MAX, AudioFormat
from antiphon.client.talk.devices import LIST_THEM, WITHOUT_HARDWARE, Device, Devices, Kind
from antiphon.errors import SettingsError

BLOCK_S = 0.02
"""What a device hands over, or asks for, at a time."""

LATENCY_S = 0.1
"""Asked of a device: more is heard as sluggish, less stutters on a busy machine."""

_INSTALL = f"install it: pip install 'antiphon[talk]'; {WITHOUT_HARDWARE}"
_INSTALL_LIBRARY = f"install it (Debian, Ubuntu: apt install libportaudio2); {WITHOUT_HARDWARE}"


class DeviceInfo(TypedDict):
    """What PortAudio says of a device."""

    index: int
    name: str
    hostapi: int
    max_input_channels: int
    max_output_channels: int
    default_samplerate: float


class HostApi(TypedDict):
    """A sound system of this machine."""

    name: str


class Defaults(Protocol):
    """What is taken when nothing is chosen."""

    @property
    def device(self) -> Sequence[int]:
        """Numbers of microphone and loudspeaker, -1 for none."""

    @property
    def hostapi(self) -> int: ...


class SoundBuffer(Protocol):
    """A block that a device wants filled."""

    def __setitem__(self, where: slice, data: bytes, /) -> None: ...


class SoundStream(AbstractContextManager[object], Protocol):
    """An open device: runs inside its `with` block and calls back from a thread of PortAudio's."""

    @property
    def latency(self) -> float:
        """Seconds between the device and the callback."""


class SoundLibrary(Protocol):
    """The part of `sounddevice` that is used here."""

    PortAudioError: type[Exception]
    default: Defaults
    RawInputStream: Callable[..., SoundStream]
    RawOutputStream: Callable[..., SoundStream]

    def query_devices(self) -> Sequence[DeviceInfo]: ...
    def query_hostapis(self) -> Sequence[HostApi]: ...
    def check_input_settings(self, *, device: int, channels: int, dtype: str, samplerate: float) -> None: ...
    def check_output_settings(self, *, device: int, channels: int, dtype: str, samplerate: float) -> None: ...


@dataclass(frozen=True, slots=True)
class SoundCard:
    """A device chosen for a purpose, and the format it is to be opened with."""

    kind: Kind
    device: Device
    format: AudioFormat
    _library: SoundLibrary

    @contextmanager
    def opened(self, callback: Callable[..., None], stopped: Callable[[], None]) -> Iterator[SoundStream]:
        """Run it inside the block; both functions are called by a thread of PortAudio's.

        `callback` is called for each block of BLOCK_S, `stopped` whatever ends the stream. Raises
        SettingsError when it cannot be opened.
        """
        library = self._library
        open_stream = library.RawInputStream if self.kind is Kind.MICROPHONE else library.RawOutputStream
        with ExitStack() as stack:
            try:
                stream = open_stream(
                    device=self.device.number,
                    samplerate=self.format.rate_hz,
                    channels=self.format.channels,
                    dtype="int16",
                    blocksize=round(BLOCK_S * self.format.rate_hz),
                    latency=LATENCY_S,
                    callback=callback,
                    finished_callback=stopped,
                )
                stack.enter_context(stream)
            except library.PortAudioError as error:
                raise _unusable(self.kind, self.device, error) from None
            yield stream


def find_card(kind: Kind, wanted: str | None, rate_hz: int) -> SoundCard:
    """Choose a device by number or name, and the format nearest to mono at a rate.

    Raises SettingsError when there is no PortAudio, no such device, or it takes no format.
    """
    library = sound_library()
    device = list_devices(library).choose(kind, wanted)
    return SoundCard(kind, device, _usable_format(library, device, kind, rate_hz), library)


def lost(kind: Kind, name: str) -> SettingsError:
    """Say that a device stopped while it was in use."""
    return SettingsError(f"the {kind} {name} stopped: is it still plugged in? {LIST_THEM}")


def sound_library() -> SoundLibrary:
    """Load PortAudio. Raises SettingsError, which says what to install."""
    try:
        return cast(SoundLibrary, importlib.import_module("sounddevice"))
    except ImportError:
        raise SettingsError(f"the Python package sounddevice is missing; {_INSTALL}") from None
    except OSError:
        raise SettingsError(f"the library PortAudio is missing; {_INSTALL_LIBRARY}") from None
    except Exception as error:
        if type(error).__name__ != "PortAudioError":  # it is of the module that could not be loaded
            raise
        raise SettingsError(f"PortAudio does not start ({error}); {WITHOUT_HARDWARE}") from None


def list_devices(library: SoundLibrary) -> Devices:
    """Ask for all devices. Raises SettingsError when PortAudio cannot tell."""
    try:
        hosts = [host["name"] for host in library.query_hostapis()]
        found = tuple(_device(info, hosts) for info in library.query_devices())
        microphone, speaker = library.default.device
        default_host = hosts[library.default.hostapi] if hosts else ""
    except library.PortAudioError as error:
        raise SettingsError(f"the sound devices cannot be listed ({error}); {WITHOUT_HARDWARE}") from None
    return Devices(found, (microphone, speaker), default_host)


def _usable_format(library: SoundLibrary, device: Device, kind: Kind, rate_hz: int) -> AudioFormat:
    check = library.check_input_settings if kind is Kind.MICROPHONE else library.check_output_settings
    channels = min(device.channels(kind), CHANNELS_MAX)
    formats = [AudioFormat(rate, count) for rate in (rate_hz, device.rate_hz) for count in (1, min(2, channels))]
    refused: Exception | None = None
    for format in dict.fromkeys((*formats, AudioFormat(device.rate_hz, channels))):
        try:
            check(device=device.number, channels=format.channels, dtype="int16", samplerate=format.rate_hz)
        except library.PortAudioError as error:
            refused = error
        else:
            return format
    raise _unusable(kind, device, refused)


def _unusable(kind: Kind, device: Device, why: Exception | None) -> SettingsError:
    return SettingsError(f"the {kind} {device.name} cannot be used ({why}): close programs that use it; {LIST_THEM}")


def _device(info: DeviceInfo, hosts: Sequence[str]) -> Device:
    return Device(
        number=info["index"],
        name=" ".join(info["name"].split()),
        host=hosts[info["hostapi"]],
        rate_hz=round(info["default_samplerate"]),
        inputs=info["max_input_channels"],
        outputs=info["max_output_channels"],
    )
