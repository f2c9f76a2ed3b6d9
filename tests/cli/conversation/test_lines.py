import pytest

from antiphon.cli.conversation.lines import TalkLines
from antiphon.client.events import Heard, HearingSoFar, Interrupted, Reconnecting, Said, TurnEnded
from antiphon.client.talk.transcript import Transcript


def test_a_passage_is_written_when_it_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    transcript = Transcript()
    lines = TalkLines(transcript)

    def after(*events: object) -> list[str]:
        for event in events:
            transcript.take(event)  # type: ignore[arg-type]
            lines.show()
        return capsys.readouterr().out.splitlines()

    assert after(HearingSoFar("Where"), Heard("Where "), Said("It is\nne\x1bar."), Heard("is it?")) == []
    assert after(TurnEnded(1, first_sound_s=0.843)) == ["You: Where is it?", "Answer: It is ne ar. (843 ms)"]
    assert after(Said("Well,"), Interrupted()) == ["Answer: Well, …"]


def test_what_happened_goes_to_stderr_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    transcript = Transcript()
    lines = TalkLines(transcript)
    transcript.note("the server closes this connection soon")
    transcript.take(Reconnecting("lost"))
    lines.show()
    lines.show()
    written = capsys.readouterr()
    assert (written.out, written.err) == ("", "the server closes this connection soon\n")


def test_the_end_writes_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    transcript = Transcript()
    lines = TalkLines(transcript)
    transcript.take(Heard("Where?", finished=True))
    lines.show()
    transcript.take(Said("It is"))
    transcript.take(HearingSoFar("never certain"))
    lines.conclude()
    assert capsys.readouterr().out.splitlines() == ["You: Where?", "Answer: It is"]
