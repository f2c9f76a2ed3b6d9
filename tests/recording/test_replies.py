import pytest

from antiphon.recording.replies import Reply


def reply(cut_s: float | None = None) -> Reply:
    """Words in step with their sound: 4 s, from 10 to 14."""
    reply = Reply()
    for number, text in enumerate(("One two", " three", " four five", " six")):
        reply.words.append((10.0 + number, text))
        reply.sound(10.0 + number, 11.0 + number)
    if cut_s is not None:
        reply.cut(cut_s)
    return reply


@pytest.mark.parametrize(
    ("cut_s", "heard", "unheard"),
    [
        (None, "One two three four five six", ""),
        (14.0, "One two three four five six", ""),
        (12.0, "One two three", "four five six"),
        (12.5, "One two three four", "five six"),
        (10.5, "One", "two three four five six"),
        (9.0, "", "One two three four five six"),
    ],
)
def test_tells_what_was_heard(cut_s: float | None, heard: str, unheard: str) -> None:
    assert reply(cut_s).text() == (heard, unheard)


def test_words_that_came_before_the_sound_share_it() -> None:
    early = Reply(words=[(5.0, "One two"), (5.0, " three"), (5.0, " four")])
    early.sound(5.0, 8.0)
    early.cut(6.7)
    assert early.text() == ("One two", "three four")


def test_when_it_begins_and_ends() -> None:
    assert (reply().start_s, reply().end_s) == (10.0, 14.0)
    assert reply(12.5).end_s == 12.5
    assert (Reply().start_s, Reply().end_s, Reply().text()) == (None, None, ("", ""))


def test_a_reply_in_writing() -> None:
    written = Reply(written=[(3.0, "In "), (3.5, "writing. ")])
    assert (written.start_s, written.end_s, written.text()) == (3.0, 3.5, ("In writing.", ""))
