from threading import Event

import pytest

from antiphon.cli.diagnosis import sound as diagnosis
from antiphon.cli.diagnosis.finding import Mark
from antiphon.cli.diagnosis.sound import examine_sound
from tests.cli.diagnosis.findings import all_of, marks
from tests.client.talk.fake_sound import FakeSound, Missing, PortAudioError, info, missing, sound

__all__ = ["missing", "sound"]


async def test_names_the_devices_that_would_be_used(sound: FakeSound) -> None:
    sound.default.device = (1, 0)
    found = await all_of(examine_sound())
    assert marks(found) == [("microphone", Mark.OK), ("speaker", Mark.OK)]
    assert found[0].found == "USB Headset: Audio (hw:1,0) (ALSA), 16 kHz mono; one of 4"
    assert found[1].found == "HDA Intel PCH: ALC295 Analog (hw:0,0) (ALSA), 24 kHz mono; one of 3"


async def test_says_what_is_resampled(sound: FakeSound) -> None:
    sound.takes = {(48_000, 2)}
    assert (await all_of(examine_sound()))[0].found == "default (ALSA), 48 kHz stereo, resampled for 16 kHz; one of 4"


async def test_a_machine_without_any_can_still_ask(sound: FakeSound) -> None:
    sound.devices = ()
    found = await all_of(examine_sound())
    assert marks(found) == [("devices", Mark.WARNING)]
    assert found[0].found == "no microphone and no speaker"
    assert "`antiphon ask` is" in found[0].advice


async def test_a_machine_without_microphone(sound: FakeSound) -> None:
    sound.devices = (info(0, "Speakers", 0, 2),)
    assert marks(await all_of(examine_sound())) == [("devices", Mark.WARNING), ("speaker", Mark.OK)]


async def test_a_device_that_takes_nothing(sound: FakeSound) -> None:
    sound.takes = set()
    found = await all_of(examine_sound())
    assert marks(found) == [("microphone", Mark.WARNING), ("speaker", Mark.WARNING)]
    assert found[0].commands == ("antiphon talk --devices",)


@pytest.mark.parametrize(
    "error", [ImportError("no module"), OSError("PortAudio library not found"), PortAudioError("broken")]
)
async def test_portaudio_may_be_missing(missing: Missing, error: Exception) -> None:
    missing(error)
    (finding,) = await all_of(examine_sound())
    assert (finding.name, finding.mark) == ("PortAudio", Mark.WARNING)


async def test_a_sound_system_may_hang(sound: FakeSound, monkeypatch: pytest.MonkeyPatch) -> None:
    released = Event()
    monkeypatch.setattr(diagnosis, "SOUND_WAIT_S", 0.05)
    monkeypatch.setattr(sound, "query_hostapis", lambda: released.wait(10))
    (finding,) = await all_of(examine_sound())
    released.set()
    assert finding.found == "no answer within 0.05 s"
