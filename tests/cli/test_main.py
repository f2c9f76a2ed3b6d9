import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from antiphon import __version__
from antiphon.cli import main
from antiphon.errors import EngineFailed, NoAnswer
from tests.cli.conftest import Antiphon
from tests.client.fake_live import COMPLETE, Peer, fake_live
from tests.client.recordings import question


async def test_tells_its_version(antiphon: Antiphon) -> None:
    done = await antiphon("--version")
    assert (done.status, done.out) == (0, f"antiphon {__version__}\n")


async def test_help_teaches_by_examples(antiphon: Antiphon) -> None:
    done = await antiphon("--help")
    assert done.status == 0
    for command in ("ask", "serve", "models"):
        assert f"antiphon {command}" in done.out
    assert "ANTIPHON_CONFIG" in done.out


async def test_the_help_of_ask_says_how_it_measures(antiphon: Antiphon) -> None:
    done = await antiphon("ask", "--help")
    assert done.status == 0
    for words in ("in real time", "end of speech", "Exit status", "--no-pace", "audioStreamEnd", "arecord"):
        assert words in done.out


async def test_no_command_shows_the_help(antiphon: Antiphon) -> None:
    done = await antiphon()
    assert done.status == 2
    assert "Usage: antiphon" in done.out + done.err


@pytest.mark.parametrize(("error", "status"), [(NoAnswer("too slow"), 4), (EngineFailed("it\x1b[2Jbroke"), 1)])
async def test_an_error_is_one_line(
    antiphon: Antiphon, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(main, "app", fail)
    done = await antiphon()
    assert done.status == status
    assert done.err.startswith("antiphon: ")
    assert done.err.count("\n") == 1
    assert "\x1b" not in done.err


async def test_debug_shows_the_traceback(antiphon: Antiphon, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise NoAnswer("too slow")

    monkeypatch.setattr(main, "app", fail)
    monkeypatch.setenv("ANTIPHON_DEBUG", "1")
    with pytest.raises(NoAnswer):
        await antiphon()


async def test_ctrl_c_leaves_with_130(antiphon: Antiphon, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("antiphon.cli.errand.Errand.run", interrupted)
    done = await antiphon("ask", "question.wav")
    assert done.status == 130
    assert "Traceback" not in done.err


async def test_a_real_ctrl_c_leaves_with_130(tmp_path: Path) -> None:
    async def never(peer: Peer) -> None:
        await peer.say(COMPLETE)

    async with fake_live(never) as live:
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "from antiphon.cli.main import run; run()",
            "ask", str(question(tmp_path)), "--url", live.url, "--out", str(tmp_path / "reply.wav"),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        async with asyncio.timeout(20):
            await live.arrived.wait()
            await live.peer.until_heard(0.1)
            program.send_signal(signal.SIGINT)
            out, err = await program.communicate()
    assert program.returncode == 130
    assert (out, err) == (b"", b"")


def test_help_loads_nothing_heavy() -> None:
    heavy = ("numpy", "soundfile", "websockets", "uvicorn", "onnxruntime", "ctranslate2")
    code = f"import sys, antiphon.cli.main; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=20)
    assert done.stdout.strip() == "[]"
