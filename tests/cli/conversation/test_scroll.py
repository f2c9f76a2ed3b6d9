import pytest

from antiphon.cli.conversation.scroll import PassageRow, TranscriptScroll, words
from antiphon.client.events import Heard, Said, TurnEnded
from antiphon.client.talk.transcript import Passage, Who
from tests.cli.conversation.screen import screen


@pytest.mark.parametrize(
    ("passage", "text"),
    [
        (Passage(Who.USER, " Where is", "it?"), "Where is it?"),
        (Passage(Who.USER, "", "Where"), "Where"),
        (Passage(Who.USER, "Where ", "is"), "Where is"),
        (Passage(Who.MODEL, "It is", cut=True), "It is …"),
        (Passage(Who.MODEL, "[b]\x1b[2J"), "[b] [2J"),
    ],
)
def test_words(passage: Passage, text: str) -> None:
    assert words(passage).plain == text


def test_interim_words_are_dimmed() -> None:
    content = words(Passage(Who.USER, "Where ", "is"))
    assert [(content.plain[span.start : span.end], span.style) for span in content.spans] == [
        ("is", "italic $foreground 55%")
    ]


async def test_a_late_question_is_drawn_above_its_answer() -> None:
    async with screen() as it:
        it.session.events.put(Said("It is near."))
        await it.until_shows("It is near.")
        it.session.events.put(Heard("Where?", finished=True), TurnEnded(1))
        text = await it.until_shows("Where?")
    assert text.index("Where?") < text.index("It is near.")


async def test_only_what_is_kept_is_drawn() -> None:
    async with screen() as it:
        it.session.events.put(Heard("First", finished=True), Heard("Second", finished=True))
        await it.until_shows("First", "Second")
        del it.talking.transcript.passages[0]
        await it.until(lambda text: "First" not in text)
        assert len(it.view.query(PassageRow)) == 1


async def test_stays_at_the_end_unless_the_user_scrolls_back() -> None:
    async with screen() as it:
        for number in range(20):
            it.talking.transcript.note(f"note {number}.")
        await it.until_shows("note 19.")
        scroll = it.view.query_one(TranscriptScroll)
        scroll.focus()
        await it.pilot.press("home")
        await it.until_shows("note 0.")
        it.talking.transcript.note("note 20.")
        await it.pilot.pause(0.1)
        assert "note 0." in it.text()
        await it.pilot.press("end")
        await it.until_shows("note 20.")
