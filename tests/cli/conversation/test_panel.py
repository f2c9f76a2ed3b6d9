import pytest

from antiphon.cli.conversation.panel import Panel, milliseconds
from antiphon.client.events import Heard
from antiphon.client.talk.talking import Duplex
from tests.cli.conversation.screen import screen


@pytest.mark.parametrize(("seconds", "text"), [(0.0, "0 ms"), (0.8434, "843 ms"), (9.99, "9990 ms"), (12.34, "12.3 s")])
def test_latencies(seconds: float, text: str) -> None:
    assert milliseconds(seconds) == text


async def test_what_was_lost_is_counted() -> None:
    async with screen() as it:
        it.microphone.dropped_s = 0.12
        it.speaker.dropped_s = 3.0
        await it.until_shows("0.1 s lost", "3.0 s lost")
        it.talking.mute()
        await it.until_shows("muted, 0.1 s lost")


async def test_levels_in_decibels() -> None:
    async with screen() as it:
        it.talking.heard_dbfs, it.speaker.level_dbfs = -23.4, -90.0
        await it.until_shows("-23 dB", "-∞ dB")


async def test_the_mark_turns_while_one_waits() -> None:
    async with screen(Duplex.FULL) as it:
        it.session.events.put(Heard("Where?", finished=True))
        await it.until_shows("thinking")
        panel = it.view.query_one(Panel)
        marks = set()
        for _ in range(20):
            panel.show(0.1)
            marks.add(str(panel.border_title)[0])
    assert marks == set("◐◓◑◒")
    assert panel.has_class("thinking")
