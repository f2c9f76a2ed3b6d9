import asyncio
import os
import pty
import signal
import sys
import termios
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import soundfile

from antiphon.cli.conversation.errand import TalkRequest, converse, talk_as
from antiphon.cli.embedded import Engines, embedded_settings
from antiphon.client.endpoint import resolve
from antiphon.client.talk.talking import Duplex
from antiphon.config import Client
from antiphon.errors import SettingsError
from antiphon.recording.reader import read_recording
from antiphon.wire.setup import AutomaticActivityDetection
from tests.client.fake_live import COMPLETE, Peer, content, fake_live, sound
from tests.client.recordings import question
from tests.client.talk.fake_talk import until

SETTINGS = embedded_settings(Engines.SCRIPTED).model_copy(update={"client": Client(settle_s=0.1)})


@pytest.fixture(autouse=True)
def in_a_directory_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    question(tmp_path)


def request(**changes: object) -> TalkRequest:
    flags: dict[str, object] = {
        "endpoint": None,
        "model": None,
        "voice": None,
        "system": None,
        "microphone": "question.wav",
        "speaker": "answer.wav",
        "duplex": Duplex.HALF,
        "record": None,
        "engines": Engines.EMBEDDED,
        "api_key": None,
    }
    return TalkRequest(**{**flags, **changes})  # type: ignore[arg-type]


async def answers(peer: Peer) -> None:
    await peer.say(COMPLETE)
    await peer.until_heard(0.5)
    await peer.say(
        content(inputTranscription={"text": "Where is it?", "finished": True}),
        content(outputTranscription={"text": "It is near."}, **sound(200)),
        content(generationComplete=True),
        content(turnComplete=True),
    )


async def closes(peer: Peer) -> None:
    await peer.say(COMPLETE)
    await peer.until_heard(0.1)
    await peer.say(content(inputTranscription={"text": "Where is it?", "finished": True}))
    await peer.socket.close(1008, "go away")


def test_with_push_to_talk_it_is_us_who_find_the_turns() -> None:
    realtime = request(duplex=Duplex.PUSH_TO_TALK).setup().realtime_input_config
    assert realtime is not None
    assert realtime.automatic_activity_detection == AutomaticActivityDetection(disabled=True)
    assert request().setup().realtime_input_config is None


async def test_a_file_in_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = tmp_path / "talk.jsonl"
    async with asyncio.timeout(20), fake_live(answers) as live:
        endpoint = resolve(live.url)
        await converse(request(endpoint=live.url, record=record), endpoint, SETTINGS, screen=False)
    you, answer = capsys.readouterr().out.splitlines()
    assert you == "You: Where is it?"
    assert answer.startswith("Answer: It is near. (")
    samples, _ = soundfile.read("answer.wav", dtype="int16")
    assert list(samples).count(7) == 4_800
    assert read_recording(record).model == "models/gemini-live-2.5-flash-native-audio"


async def test_a_signal_ends_it_in_lines(capsys: pytest.CaptureFixture[str]) -> None:
    async with asyncio.timeout(20), fake_live(answers) as live:
        async with asyncio.TaskGroup() as group:
            endpoint = resolve(live.url)
            talk = group.create_task(converse(request(endpoint=live.url), endpoint, SETTINGS, screen=False))
            await until(lambda: bool(capsys.readouterr().out))
            os.kill(os.getpid(), signal.SIGINT)
        assert talk.exception() is None


async def test_a_server_of_our_own(capsys: pytest.CaptureFixture[str]) -> None:
    async with asyncio.timeout(20):
        await converse(request(), None, SETTINGS, screen=False)
    assert "Answer: You said: tone 220 hertz." in capsys.readouterr().out


def test_without_textual_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "antiphon.cli.conversation.view", None)
    monkeypatch.setattr("antiphon.cli.conversation.errand.on_terminal", lambda: True)
    with pytest.raises(SettingsError, match=r"textual is missing; install it: pip install 'antiphon\[talk\]'"):
        talk_as(request())


@dataclass
class Terminal:
    """A pseudo-terminal with `antiphon talk` in it."""

    master: int
    slave: int
    program: asyncio.subprocess.Process
    written: bytes = b""
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    def read(self) -> None:
        self.written += os.read(self.master, 65_536)

    def type(self, keys: bytes) -> None:
        os.write(self.master, keys)

    @property
    def after_the_screen(self) -> str:
        """What is written when the alternate screen is left."""
        return self.written.rpartition(b"\x1b[?1049l")[2].decode()


@asynccontextmanager
async def terminal(url: str) -> AsyncIterator[Terminal]:
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    files = ("--microphone", "question.wav", "--speaker", "answer.wav")
    command = (sys.executable, "-m", "antiphon", "talk", "--url", url, *files)
    program = await asyncio.create_subprocess_exec(
        *command, stdin=slave, stdout=slave, stderr=slave, env=os.environ | {"TERM": "xterm-256color"}
    )
    it = Terminal(master, slave, program)
    loop = asyncio.get_running_loop()
    loop.add_reader(master, it.read)
    try:
        async with asyncio.timeout(30):
            yield it
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
        loop.remove_reader(master)
        os.close(master)
        os.close(slave)


async def test_an_error_is_told_when_the_screen_is_restored() -> None:
    async with fake_live(closes) as live, terminal(live.url) as it:
        before = termios.tcgetattr(it.slave)
        assert await it.program.wait() == 3
        await until(lambda: "go away" in it.after_the_screen)
        assert termios.tcgetattr(it.slave) == before
    lines = it.after_the_screen.splitlines()
    assert lines[-2:] == ["You: Where is it?", "antiphon: the server closed the connection with 1008 (policy): go away"]


@pytest.mark.parametrize("how", [b"q", b"\x03", signal.SIGTERM])
async def test_leaving_restores_the_screen_and_keeps_what_was_said(how: bytes | signal.Signals) -> None:
    async with fake_live(answers) as live, terminal(live.url) as it:
        before = termios.tcgetattr(it.slave)
        await until(lambda: b"It is near." in it.written)
        if isinstance(how, bytes):
            it.type(how)
        else:
            it.program.send_signal(how)
        assert await it.program.wait() == 0
        await until(lambda: "It is near." in it.after_the_screen)
        assert termios.tcgetattr(it.slave) == before
    assert "Answer: It is near." in it.after_the_screen
