import pytest

from antiphon.audio.pcm import AudioFormat
from antiphon.client.talk.devices import Kind
from antiphon.client.talk.sound_card import find_card, list_devices, lost, sound_library
from antiphon.errors import SettingsError
from tests.client.talk.fake_sound import FakeSound, Missing, PortAudioError, info, missing, sound

__all__ = ["missing", "sound"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ImportError("no"), r"sounddevice is missing; install it: pip install 'antiphon\[talk\]'; .*antiphon ask FILE"),
        (PortAudioError("no host"), r"PortAudio does not start \(no host\); .*antiphon ask FILE"),
        (OSError("no"), r"PortAudio is missing; .*apt install libportaudio2\); .*antiphon ask FILE"),
    ],
)
def test_what_is_missing_is_told_with_its_remedy(missing: Missing, error: Exception, said: str) -> None:
    missing(error)
    with pytest.raises(SettingsError, match=said):
        sound_library()


def test_a_fault_of_ours_is_not_hidden(missing: Missing) -> None:
    missing(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        sound_library()


def test_lists_devices(sound: FakeSound) -> None:
    devices = list_devices(sound_library())
    assert [device.number for device in devices.of(Kind.MICROPHONE)] == [0, 1, 2, 3]
    assert [device.number for device in devices.of(Kind.SPEAKER)] == [0, 1, 3]
    assert devices.choose(Kind.SPEAKER, None).name == "default"
    assert devices.choose(Kind.SPEAKER, "headset").rate_hz == 44_100


def test_a_machine_without_any_sound_system(sound: FakeSound) -> None:
    sound.devices, sound.hosts, sound.default.device = (), (), (-1, -1)
    with pytest.raises(SettingsError, match="has no speaker"):
        find_card(Kind.SPEAKER, None, 24_000)


def test_devices_that_cannot_be_listed(sound: FakeSound) -> None:
    sound.broken = True
    with pytest.raises(SettingsError, match=r"cannot be listed \(Internal PortAudio error"):
        find_card(Kind.SPEAKER, None, 24_000)


@pytest.mark.parametrize(
    ("takes", "format"),
    [
        (None, AudioFormat(16_000)),
        ({(16_000, 2), (48_000, 1)}, AudioFormat(16_000, 2)),
        ({(48_000, 1), (48_000, 2)}, AudioFormat(48_000)),
        ({(48_000, 2)}, AudioFormat(48_000, 2)),
        ({(48_000, 8)}, AudioFormat(48_000, 8)),
    ],
)
def test_opened_with_the_nearest_format_it_takes(
    sound: FakeSound, takes: set[tuple[float, int]] | None, format: AudioFormat
) -> None:
    sound.takes = takes
    card = find_card(Kind.MICROPHONE, "default", 16_000)
    assert card.format == format
    with card.opened(print, print):
        options = sound.streams[0].options
    assert (options["samplerate"], options["channels"]) == (format.rate_hz, format.channels)
    assert options["blocksize"] == format.rate_hz // 50
    assert not sound.streams[0].running


def test_a_device_that_takes_nothing(sound: FakeSound) -> None:
    sound.takes = set()
    with pytest.raises(
        SettingsError, match=r"the speaker default cannot be used \(Invalid sample rate\): close programs"
    ):
        find_card(Kind.SPEAKER, "default", 24_000)


def test_a_device_that_another_program_has(sound: FakeSound) -> None:
    card = find_card(Kind.SPEAKER, "3", 24_000)
    sound.busy = True
    with pytest.raises(SettingsError, match="Device unavailable"), card.opened(print, print):
        pass


def test_names_are_one_line(sound: FakeSound) -> None:
    sound.devices = (info(0, "Realtek\r\n  Audio", 1, 0),)
    assert list_devices(sound_library()).all[0].name == "Realtek Audio"


def test_a_lost_device_is_named() -> None:
    assert "the microphone USB stopped: is it still plugged in?" in str(lost(Kind.MICROPHONE, "USB"))
