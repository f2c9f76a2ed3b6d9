import io
from pathlib import Path

import pytest
from rich.console import Console

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.cli.console import JsonView, LiveView, PlainView, report
from antiphon.cli.outcome import Outcome
from antiphon.client.asking import Asking
from antiphon.client.audio_file import open_audio
from antiphon.client.events import Heard, Said, Sound
from tests.client.fake_time import FakeTime
from tests.client.recordings import question

ANSWERED = Outcome(
    model="m",
    heard="Where is it?",
    answer="It is near.",
    first_sound_ms=843,
    first_text_ms=700,
    reply="reply.wav",
    reply_s=3.44,
)
FAILED = Outcome(model="m", heard="Where is it?", error="too slow")


def test_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    PlainView().conclude(ANSWERED)
    assert capsys.readouterr().out.splitlines() == [
        "You: Where is it?",
        "Answer: It is near.",
        "First sound: 843 ms after the end of speech",
        "Reply: reply.wav (3.4 s, 24 kHz mono)",
    ]


def test_a_failure_leaves_the_result_empty(capsys: pytest.CaptureFixture[str]) -> None:
    PlainView().conclude(FAILED)
    assert capsys.readouterr().out == ""


def test_json_of_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    JsonView().conclude(FAILED)
    assert '"error":"too slow"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        (ANSWERED, "First sound: 843 ms after the end of speech"),
        (Outcome(model="m", first_sound_ms=12_345), "First sound: 12.3 s after the end of speech"),
        (Outcome(model="m", first_text_ms=5), "First words: 5 ms after the end of speech"),
        (
            Outcome(model="m", first_sound_ms=-80),
            "First sound: 80 ms before the end of speech: the server did not wait for it",
        ),
        (
            Outcome(model="m", first_sound_ms=9, real_time=False),
            "First sound: 9 ms after the question was sent (not in real time)",
        ),
    ],
)
def test_the_time_says_what_it_counts_from(outcome: Outcome, line: str) -> None:
    assert report(outcome)[0] == line


def test_interruptions_are_told() -> None:
    assert "twice" not in report(Outcome(model="m", interruptions=2))[1]
    assert "2 times" in report(Outcome(model="m", interruptions=2))[1]


def terminal() -> tuple[Console, io.StringIO]:
    written = io.StringIO()
    return Console(file=written, force_terminal=True, width=40, highlight=False, color_system=None), written


def test_a_terminal_shows_each_stage(tmp_path: Path) -> None:
    time = FakeTime()
    asking = Asking(open_audio(question(tmp_path), 60), time=time)
    console, written = terminal()

    def shown() -> str:
        written.truncate(0)
        written.seek(0)
        picture = LiveView(console).watch(asking).renderable  # type: ignore[attr-defined]
        console.print(picture)
        return written.getvalue()

    assert "asking, 0.0 of 0.4 s" in shown()
    asking._spoken_at = time.now()  # what put_to does when the speech is out
    time.seconds += 1.5
    assert "waiting, 1.5 s since the end of speech" in shown()
    asking.reply.take(Heard("[b]Where?"), time.now())
    assert "You  [b]Where?" in shown()
    asking.reply.take(Sound(AudioChunk(b"ab", SPEAKING)), time.now())
    asking.reply.take(Said("It is near, just behind the church \x1b[2Jand the river."), time.now())
    picture = shown()
    assert "Answer  It is near, just behind the" in picture
    assert "\n        church" in picture, "the answer is wrapped beside its label"
    assert "\x1b[2J" not in picture
    assert "speaking, 1500 ms after the end of" in picture


def test_a_terminal_keeps_the_outcome() -> None:
    console, written = terminal()
    LiveView(console).conclude(ANSWERED)
    lines = [line.rstrip() for line in written.getvalue().splitlines()]
    assert lines[0] == "You     Where is it?"
    assert lines[1] == "Answer  It is near."
    assert "First sound: 843 ms" in lines[2]


def test_a_terminal_keeps_what_came_before_a_failure() -> None:
    console, written = terminal()
    LiveView(console).conclude(FAILED)
    assert "Where is it?" in written.getvalue()
    assert "First" not in written.getvalue()
