import pytest

from antiphon.cli.conversation.devices import print_devices
from tests.client.talk.fake_sound import FakeSound, info, sound

__all__ = ["sound"]


def test_each_purpose_has_its_list(sound: FakeSound, capsys: pytest.CaptureFixture[str]) -> None:
    sound.default.device = (2, 1)
    print_devices()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "--microphone"
    assert lines[3].split() == ["*", "2", "USB", "Camera:", "Audio", "(hw:2,0)", "ALSA,", "48", "kHz"]
    assert lines[5] == "--speaker"
    assert [line[:3] for line in lines[6:]] == ["  0", "* 1", "  3"]


def test_names_cannot_draw(sound: FakeSound, capsys: pytest.CaptureFixture[str]) -> None:
    sound.devices = (info(0, "[red]\x1b[2JMic", 1, 0),)
    print_devices()
    assert "[red] [2JMic" in capsys.readouterr().out


def test_a_machine_without_any(sound: FakeSound, capsys: pytest.CaptureFixture[str]) -> None:
    sound.devices = ()
    print_devices()
    assert capsys.readouterr().out.splitlines() == ["--microphone", "  none", "--speaker", "  none"]
