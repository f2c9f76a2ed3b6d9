import asyncio
import logging
import os
import signal
import sys

import pytest

from antiphon.cli.conversation.terminal import on_terminal, screen_to_itself, signals_end, warnings_noted
from antiphon.client.talk.transcript import Transcript
from tests.client.talk.fake_talk import until


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_signals_are_the_end_of_a_conversation(number: signal.Signals) -> None:
    ended = asyncio.Event()
    with signals_end(ended.set):
        os.kill(os.getpid(), number)
        async with asyncio.timeout(10):
            await ended.wait()


async def test_warnings_become_notes() -> None:
    transcript, log = Transcript(), logging.getLogger("antiphon.somewhere")
    with warnings_noted(transcript):
        log.info("nothing of interest")
        await asyncio.to_thread(log.warning, "the recording %s ends here", "x.jsonl")
        await until(lambda: bool(transcript.passages))
    log.warning("said elsewhere")
    assert [passage.text for passage in transcript.passages] == ["the recording x.jsonl ends here"]


def test_what_libraries_write_does_not_reach_the_screen(capfd: pytest.CaptureFixture[str]) -> None:
    before = sys.__stderr__
    with screen_to_itself():
        os.write(2, b"ALSA lib pcm.c: underrun occurred\n")
        assert sys.__stderr__ is not None
        sys.__stderr__.write("a picture\n")
    os.write(2, b"an error\n")
    assert sys.__stderr__ is before
    assert capfd.readouterr().err == "a picture\nan error\n"


def test_a_pipe_is_no_terminal() -> None:
    assert not on_terminal()
