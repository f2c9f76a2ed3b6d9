import errno
import logging
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from antiphon.audio.pcm import HEARING, SPEAKING, AudioChunk, AudioFormat, pcm_mime
from antiphon.errors import SettingsError
from antiphon.recording.lines import Incident, Side
from antiphon.recording.reader import Exchanged, Noted, read_recording
from antiphon.recording.recorder import About, Recorder
from antiphon.wire.client import ClientMessage, RealtimeInput
from antiphon.wire.content import Blob, Content, Part
from antiphon.wire.server import ServerContent, ServerMessage, SetupComplete, Transcription
from antiphon.wire.setup import SessionResumptionConfig, Setup
from tests.clock import Clock
from tests.recording.sample import hum

ABOUT = About(endpoint="wss://user:pass@live.example/ws?key=hidden", seen_from=Side.CLIENT)
OPEN = ServerMessage(setup_complete=SetupComplete())


def recorder(path: Path, clock: Clock | None = None, **limits: float) -> Recorder:
    return Recorder(path / "talk.jsonl", ABOUT, clock=clock or Clock(), **limits)  # type: ignore[arg-type]


def audio(chunk: AudioChunk, mime_type: str | None = None) -> ClientMessage:
    blob = Blob(mime_type=mime_type or pcm_mime(chunk.format), data=chunk.data)
    return ClientMessage(realtime_input=RealtimeInput(audio=blob))


def voice(chunk: AudioChunk, **others: object) -> ServerMessage:
    part = Part(inline_data=Blob(mime_type="audio/pcm", data=chunk.data))
    return ServerMessage(server_content=ServerContent(model_turn=Content(parts=(part,)), **others))  # type: ignore[arg-type]


def names(path: Path) -> list[str]:
    return sorted(file.name for file in path.iterdir())


def test_what_was_written_reads_the_same(tmp_path: Path) -> None:
    clock = Clock()
    writing = recorder(tmp_path, clock)
    chunk, reply = hum(0.02), hum(0.04, SPEAKING)
    said = Transcription(text="Near.")
    messages = [
        ClientMessage(setup=Setup(model="models/x")),
        OPEN,
        audio(chunk),
        audio(chunk),
        voice(reply, output_transcription=said, generation_complete=True),
        voice(reply),
    ]
    for message in messages:
        clock.now += 0.5
        (writing.sent if isinstance(message, ClientMessage) else writing.received)(message)
    writing.close()
    recorded = read_recording(writing.path)
    exchanged = [entry for entry in recorded.entries if isinstance(entry, Exchanged)]
    assert [entry.message for entry in exchanged] == messages
    assert [entry.at_s for entry in exchanged] == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    assert recorded.entries[-1] == Noted(3.0, Incident.CLOSED)
    assert recorded.header.endpoint == "wss://live.example/ws"
    assert recorded.model == "models/x"
    assert names(tmp_path) == ["talk.jsonl", "talk.model.wav", "talk.user.wav"]
    samples, rate_hz = soundfile.read(tmp_path / "talk.user.wav", dtype="int16")
    assert (rate_hz, samples.tobytes()) == (16_000, 2 * chunk.data)
    assert soundfile.info(tmp_path / "talk.model.wav").samplerate == 24_000


def test_another_rate_begins_another_file(tmp_path: Path) -> None:
    writing = recorder(tmp_path)
    chunks = [hum(0.02), hum(0.02, AudioFormat(8_000)), hum(0.02, AudioFormat(8_000, 2)), hum(0.02)]
    for chunk in chunks:
        mime = f"audio/pcm;rate={chunk.format.rate_hz};channels={chunk.format.channels}"
        writing.sent(audio(chunk, mime))
    writing.close()
    assert names(tmp_path) == [
        "talk.jsonl", "talk.user-2.wav", "talk.user-3.wav", "talk.user-4.wav", "talk.user.wav",
    ]  # fmt: skip
    read = [message.realtime_input.audio.data for _, message in read_recording(writing.path).client_messages()]  # type: ignore[union-attr]
    assert read == [chunk.data for chunk in chunks]


def test_images_are_files_and_odd_bytes_stay_in_their_line(tmp_path: Path) -> None:
    writing = recorder(tmp_path)
    picture = ClientMessage(realtime_input=RealtimeInput(video=Blob(mime_type="image/jpeg", data=b"\xff\xd8picture")))
    odd = [audio(AudioChunk(b"abc")), audio(AudioChunk(b"OggS"), "audio/ogg"), audio(AudioChunk(b""))]
    for message in (picture, *odd):
        writing.sent(message)
    writing.close()
    assert names(tmp_path) == ["talk.image-1.jpg", "talk.jsonl"]
    assert (tmp_path / "talk.image-1.jpg").read_bytes() == b"\xff\xd8picture"
    assert [message for _, message in read_recording(writing.path).client_messages()] == [picture, *odd]


def test_lost_and_found_again(tmp_path: Path) -> None:
    writing = recorder(tmp_path)
    for act in (lambda: writing.received(OPEN), lambda: writing.lost("closed with 1006 ?key=hidden&x")):
        act()
    writing.sent(ClientMessage(setup=Setup(model="m", session_resumption=SessionResumptionConfig(handle="h"))))
    writing.received(OPEN)
    writing.dropped("2.0 s of audio")
    writing.received(OPEN)
    writing.close()
    noted = [entry for entry in read_recording(writing.path).entries if isinstance(entry, Noted)]
    assert [(entry.what, entry.why) for entry in noted] == [
        (Incident.LOST, "closed with 1006 ?key=key-1&x"),
        (Incident.RECONNECTED, ""),
        (Incident.DROPPED, "2.0 s of audio"),
        (Incident.CLOSED, ""),
    ]


def test_it_can_be_read_while_it_is_written(tmp_path: Path) -> None:
    clock = Clock()
    writing = recorder(tmp_path, clock)
    for _ in range(60):
        clock.now += 0.02
        writing.sent(audio(hum(0.02)))
    assert len(read_recording(writing.path).entries) == 50, "flushed when a second is over"
    writing.received(OPEN)
    assert len(read_recording(writing.path).entries) == 61, "and with every other message"
    assert soundfile.info(tmp_path / "talk.user.wav").frames == 60 * 320
    writing.close()


ROOT = Path(__file__).parents[2]
KILLED = """
import os, signal, sys
from pathlib import Path
from antiphon.recording.recorder import About, Recorder
from antiphon.recording.lines import Side
from tests.clock import Clock
from tests.recording.sample import hum
from tests.recording.test_recorder import OPEN, audio
clock = Clock()
writing = Recorder(Path(sys.argv[1]) / "talk.jsonl", About(endpoint="ws://x", seen_from=Side.CLIENT), clock=clock)
for number in range(130):
    clock.now += 0.02
    writing.sent(audio(hum(0.02)))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_leaves_a_recording(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, check=False, timeout=30)
    assert done.returncode == -signal.SIGKILL
    recorded = read_recording(tmp_path / "talk.jsonl")
    assert 100 <= len(recorded.entries) <= 130
    assert soundfile.info(tmp_path / "talk.user.wav").frames >= 100 * 320


def test_stops_at_its_limits_and_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    writing = recorder(tmp_path, bytes_max=3_000)
    with caplog.at_level(logging.WARNING):
        for _ in range(20):
            writing.sent(audio(hum(0.02)))
    writing.close()
    last = read_recording(writing.path).entries[-1]
    assert isinstance(last, Noted)
    assert last.what is Incident.STOPPED
    assert "limit" in last.why
    assert writing.ended == last.why
    assert len(caplog.records) == 1
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 4_000


def test_stops_when_it_is_too_long(tmp_path: Path) -> None:
    clock = Clock()
    writing = recorder(tmp_path, clock, seconds_max=3_600)
    clock.now += 3_601
    writing.received(OPEN)
    assert writing.ended == "it reached its limit of 1 hours"
    assert [entry.at_s for entry in read_recording(writing.path).entries] == [3_600]


def test_a_full_disk_ends_the_recording_and_not_the_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    writing = recorder(tmp_path)
    writing.sent(audio(hum(0.02)))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("antiphon.recording.tracks.Track.append", full)
    for _ in range(3):
        writing.sent(audio(hum(0.02)))
    writing.received(OPEN)
    writing.close()
    assert writing.ended == "No space left on device"
    assert len(caplog.records) == 1


def test_a_value_no_json_holds_ends_it_too(tmp_path: Path) -> None:
    writing = recorder(tmp_path)
    writing.received(OPEN)
    writing.lost("\ud800")
    assert writing.ended is not None


def test_a_recording_of_that_name_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    first = recorder(tmp_path)
    for format in (HEARING, AudioFormat(8_000)):
        first.sent(audio(hum(0.02, format)))
    first.close()
    (tmp_path / "talk.user.txt").write_text("mine")
    recorder(tmp_path).close()
    assert len(names(tmp_path)) == 4, "no session came about"
    second = recorder(tmp_path)
    second.received(OPEN)
    second.close()
    assert names(tmp_path) == ["talk.jsonl", "talk.user.txt"]
    (tmp_path / "talk.jsonl").write_text('{"other": 1}\n')
    with pytest.raises(SettingsError, match="is no recording"):
        recorder(tmp_path)
    assert (tmp_path / "talk.jsonl").read_text() == '{"other": 1}\n'


@pytest.mark.parametrize("name", ["talk.wav", "missing/talk.jsonl", "."])
def test_what_cannot_be_written_is_said_at_once(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="--record"):
        Recorder(tmp_path / name, ABOUT)
