import asyncio
from contextlib import aclosing
from pathlib import Path

import numpy as np
import pytest

from antiphon.audio.pcm import HEARING, AudioChunk, AudioFormat
from antiphon.client.audio_file import open_audio
from antiphon.client.talk.microphone import Capture, FileMicrophone, Microphone, check_microphone, open_microphone
from antiphon.errors import SettingsError
from tests.client.fake_time import FakeTime
from tests.client.recordings import question
from tests.client.talk.fake_sound import FakeSound, missing, sound
from tests.client.talk.fake_talk import tone

__all__ = ["missing", "sound"]


async def heard(microphone: Microphone, count: int) -> list[AudioChunk]:
    """The next chunks of a microphone that has them."""
    chunks = []
    async with asyncio.timeout(10), aclosing(microphone.chunks()) as coming:  # type: ignore[type-var]
        async for chunk in coming:
            chunks.append(chunk)
            if len(chunks) == count:
                break
    return chunks


async def test_gives_chunks_of_20_ms_as_they_were_recorded(sound: FakeSound) -> None:
    pcm = tone(seconds=0.1)
    with open_microphone("default") as microphone:
        assert (microphone.name, microphone.over) == ("default", False)
        for at in range(0, len(pcm), 500):
            sound.streams[0].records(pcm[at : at + 500])
        chunks = await heard(microphone, 5)
    assert {(chunk.samples, chunk.format) for chunk in chunks} == {(320, HEARING)}
    assert b"".join(chunk.data for chunk in chunks) == pcm


async def test_is_resampled_from_the_rate_and_channels_of_the_device(sound: FakeSound) -> None:
    sound.takes = {(48_000, 2)}
    stereo = np.repeat(np.frombuffer(tone(rate_hz=48_000, seconds=0.5), "<i2"), 2).tobytes()
    with open_microphone() as microphone:
        sound.streams[0].records(stereo)
        chunks = await heard(microphone, 20)
    samples = np.concatenate([chunk.int16() for chunk in chunks]).astype(float)
    spectrum = np.abs(np.fft.rfft(samples))
    assert np.argmax(spectrum) * 16_000 / len(samples) == pytest.approx(440, abs=5)


async def test_a_callback_in_another_thread_wakes_the_reader(sound: FakeSound) -> None:
    with open_microphone() as microphone:
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(heard(microphone, 2))
            for _ in range(2):
                await asyncio.to_thread(sound.streams[0].records, tone())
    assert len(reading.result()) == 2


async def test_overflow_is_dropped_and_counted() -> None:
    capture = Capture(AudioFormat(1_000), backlog_ms=100)
    for value in range(8):
        capture.put(bytes([value, 0]) * 20)
    assert capture.dropped_s == pytest.approx(0.06)
    capture.end()
    assert [block[0] async for block in capture.blocks()] == [0, 1, 2, 3, 4], "the newest is what is lost"


async def test_a_microphone_tells_what_it_lost(sound: FakeSound) -> None:
    with open_microphone(backlog_ms=40) as microphone:
        for _ in range(5):
            sound.streams[0].records(tone())
        assert microphone.dropped_s == pytest.approx(0.06)


async def test_a_lost_device_ends_it_behind_what_it_gave(sound: FakeSound) -> None:
    with open_microphone("headset") as microphone:
        sound.streams[0].records(tone())
        sound.streams[0].call("finished_callback")
        coming = microphone.chunks()
        assert (await anext(coming)).samples == 320
        with pytest.raises(SettingsError, match=r"the microphone USB Headset: Audio .* stopped"):
            await anext(coming)


async def test_a_device_that_falls_silent_without_a_word_is_lost() -> None:
    capture = Capture(AudioFormat(1_000), stall_s=0.01)
    capture.put(b"ab")
    assert [block async for block in capture.blocks()] == [b"ab"]


async def test_a_file_is_spoken_in_real_time_and_followed_by_silence(tmp_path: Path) -> None:
    file = open_audio(question(tmp_path, 0.3, 0.1), 60)
    time = FakeTime()
    began = time.now()
    microphone = FileMicrophone(file, time)
    chunks = await heard(microphone, 20)
    assert time.now() - began == pytest.approx(0.4)
    assert chunks == list(file.chunks())
    assert not microphone.over
    silence = (await heard(FileMicrophone(file, time), 30))[20:]
    assert {chunk.data for chunk in silence} == {bytes(640)}


async def test_a_file_knows_when_it_is_over(tmp_path: Path) -> None:
    microphone = FileMicrophone(open_audio(question(tmp_path, 0.3, 0.1), 60), FakeTime())
    await heard(microphone, 21)
    assert microphone.over


async def test_a_file_is_opened_in_place_of_a_device(tmp_path: Path, missing: object) -> None:
    path = str(question(tmp_path))
    check_microphone(path)
    with open_microphone(path) as microphone:
        assert microphone.name == path


def test_what_cannot_be_opened_is_told_beforehand(tmp_path: Path, sound: FakeSound) -> None:
    with pytest.raises(SettingsError, match="does not exist"):
        check_microphone(str(tmp_path / "question.wav"))
    with pytest.raises(SettingsError, match="no microphone has that number or name"):
        check_microphone("bluetooth")
    check_microphone("camera")
    assert sound.streams == []
