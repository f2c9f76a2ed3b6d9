from pathlib import Path

import pytest

from antiphon.client.talk.devices import Device, Devices, Kind, sound_file
from antiphon.errors import SettingsError


def device(number: int, name: str, inputs: int = 1, outputs: int = 0, host: str = "ALSA") -> Device:
    return Device(number=number, name=name, host=host, rate_hz=48_000, inputs=inputs, outputs=outputs)


ANALOG = device(0, "HDA Intel: Analog", 2, 2)
HEADSET = device(1, "USB Headset", 1, 2)
CAMERA = device(2, "USB Camera")
HEADSET_AGAIN = device(7, "USB Headset", 1, 2, "JACK")
NUMBERED = device(12, "7.1 Surround", 0, 8)
DEVICES = Devices((ANALOG, HEADSET, CAMERA, HEADSET_AGAIN, NUMBERED), (2, 0), "ALSA")


@pytest.mark.parametrize(
    ("kind", "wanted", "chosen"),
    [
        (Kind.MICROPHONE, None, CAMERA),
        (Kind.SPEAKER, None, ANALOG),
        (Kind.MICROPHONE, "0", ANALOG),
        (Kind.SPEAKER, "12", NUMBERED),
        (Kind.MICROPHONE, " camera ", CAMERA),
        (Kind.SPEAKER, "usb", HEADSET),  # the camera has no loudspeaker, and JACK is not the default
        (Kind.MICROPHONE, "USB headset", HEADSET),
        (Kind.SPEAKER, "7.1", NUMBERED),
    ],
)
def test_chosen_by_number_name_or_part_of_it(kind: Kind, wanted: str | None, chosen: Device) -> None:
    assert DEVICES.choose(kind, wanted) == chosen


def test_a_whole_name_beats_a_part_of_another() -> None:
    short, long = device(0, "usb"), device(1, "usb 2")
    assert Devices((long, short), (-1, -1), "ALSA").choose(Kind.MICROPHONE, "USB") == short


def test_a_name_of_several_is_refused_with_all_of_them() -> None:
    with pytest.raises(SettingsError, match=r"--microphone usb may be any of 1 USB Headset \(ALSA\), 2 USB Camera"):
        DEVICES.choose(Kind.MICROPHONE, "usb")


@pytest.mark.parametrize("wanted", ["99", "2", "bluetooth"])
def test_a_speaker_that_is_not_there(wanted: str) -> None:
    with pytest.raises(SettingsError, match=rf"--speaker {wanted}: no speaker has .* `antiphon talk --devices`"):
        DEVICES.choose(Kind.SPEAKER, wanted)


def test_a_machine_without_a_default_takes_the_first() -> None:
    assert Devices((HEADSET,), (-1, -1), "ALSA").choose(Kind.SPEAKER, None) == HEADSET


def test_a_machine_without_devices_says_what_else_there_is() -> None:
    with pytest.raises(SettingsError, match=r"no microphone: plug one in, or name a sound file .*antiphon ask FILE"):
        Devices((NUMBERED,), (-1, -1), "").choose(Kind.MICROPHONE, None)


@pytest.mark.parametrize(
    ("wanted", "file"),
    [("q.wav", Path("q.wav")), ("a/B.FLAC", Path("a/B.FLAC")), ("USB Headset", None), ("7.1", None), (None, None)],
)
def test_a_sound_file_is_told_from_a_device(wanted: str | None, file: Path | None) -> None:
    assert sound_file(wanted) == file
