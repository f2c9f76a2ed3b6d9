"""PortAudio in the hands of a test: a stand-in for the module `sounddevice`."""

import sys
from collections.abc import Callable, Sequence
from types import SimpleNamespace

import pytest

from antiphon.client.talk.sound_card import DeviceInfo, HostApi


class PortAudioError(Exception):
    pass


def info(index: int, name: str, inputs: int, outputs: int, *, host: int = 0, rate: float = 48_000.0) -> DeviceInfo:
    return DeviceInfo(
        index=index,
        name=name,
        hostapi=host,
        max_input_channels=inputs,
        max_output_channels=outputs,
        default_samplerate=rate,
    )


USUAL = (
    info(0, "HDA Intel PCH: ALC295 Analog (hw:0,0)", 2, 2),
    info(1, "USB Headset: Audio (hw:1,0)", 1, 2, rate=44_100.0),
    info(2, "USB Camera: Audio (hw:2,0)", 2, 0),
    info(3, "default", 32, 32),
)


class FakeStream:
    latency = 0.03

    def __init__(self, sound: "FakeSound", options: dict[str, object]) -> None:
        self._sound = sound
        self.options = options
        self.running = False

    def __enter__(self) -> "FakeStream":
        if self._sound.busy:
            raise PortAudioError("Device unavailable")
        self.running = True
        self._sound.streams.append(self)
        return self

    def __exit__(self, *why: object) -> None:
        self.running = False
        self.call("finished_callback")

    def call(self, name: str, *arguments: object) -> None:
        function = self.options[name]
        assert callable(function)
        function(*arguments)

    def records(self, block: bytes) -> None:
        """Hand over a block as a microphone does."""
        self.call("callback", block, len(block), None, None)

    def plays(self, frames: int, frame_bytes: int = 2) -> bytes:
        """Ask for a block as a loudspeaker does."""
        block = bytearray(frames * frame_bytes)
        self.call("callback", memoryview(block), frames, None, None)
        return bytes(block)


class FakeSound:
    """`takes` is what the devices can be opened with, as pairs of rate and channels; None is anything."""

    PortAudioError = PortAudioError

    def __init__(self, devices: Sequence[DeviceInfo] = USUAL, default: tuple[int, int] = (3, 3)) -> None:
        self.default = SimpleNamespace(device=default, hostapi=0)
        self.hosts: Sequence[HostApi] = (HostApi(name="ALSA"), HostApi(name="JACK"))
        self.devices = devices
        self.takes: set[tuple[float, int]] | None = None
        self.busy = False
        self.broken = False
        self.streams: list[FakeStream] = []

    def query_devices(self) -> Sequence[DeviceInfo]:
        if self.broken:
            raise PortAudioError("Internal PortAudio error")
        return self.devices

    def query_hostapis(self) -> Sequence[HostApi]:
        return self.hosts

    def check_input_settings(self, *, device: int, channels: int, dtype: str, samplerate: float) -> None:
        if self.takes is not None and (samplerate, channels) not in self.takes:
            raise PortAudioError("Invalid sample rate")

    check_output_settings = check_input_settings

    def RawInputStream(self, **options: object) -> FakeStream:  # noqa: N802 - sounddevice's name
        return FakeStream(self, options)

    RawOutputStream = RawInputStream


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> FakeSound:
    fake = FakeSound()
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    return fake


Missing = Callable[[Exception], None]


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> Missing:
    """Have `import sounddevice` fail."""

    def fail_with(error: Exception) -> None:
        def import_module(name: str) -> object:
            raise error

        monkeypatch.setattr("importlib.import_module", import_module)

    return fail_with
