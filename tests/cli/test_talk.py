from pathlib import Path

import pytest

from tests.cli.conftest import Antiphon
from tests.client.recordings import question
from tests.client.talk.fake_sound import FakeSound, Missing, missing, sound

__all__ = ["missing", "sound"]


async def test_lists_devices(antiphon: Antiphon, sound: FakeSound) -> None:
    done = await antiphon("talk", "--devices")
    assert (done.status, done.err) == (0, "")
    assert "USB Headset: Audio (hw:1,0)" in done.out


async def test_without_portaudio_it_says_what_to_do(antiphon: Antiphon, missing: Missing) -> None:
    missing(OSError("PortAudio library not found"))
    done = await antiphon("talk", "--engines", "scripted")
    assert done.status == 2
    assert done.err.startswith("antiphon: the library PortAudio is missing; install it")
    assert done.err.endswith("without sound hardware: `antiphon ask FILE`\n")


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--url", "127.0.0.1:1", "--engines", "scripted"], "--engines is about our own server"),
        (["--push-to-talk"], "--push-to-talk needs a terminal for its key"),
        (["--microphone", "usb"], "--microphone usb may be any of 1 USB Headset"),
        (["--microphone", "question.wav", "--speaker", "camera"], "no speaker has that number or name"),
        (["--microphone", "gone.wav"], "gone.wav does not exist"),
        (["--speaker", "nowhere/answer.wav"], "cannot be written there"),
    ],
)
async def test_what_cannot_be_is_told_before_anything_is_loaded(
    antiphon: Antiphon, sound: FakeSound, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    question(tmp_path)
    done = await antiphon("talk", *flags)
    assert (done.status, done.out) == (2, "")
    assert said in done.err
    assert done.err.count("\n") == 1
