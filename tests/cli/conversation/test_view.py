import re

import pytest

from antiphon.client.events import (
    Continuation,
    Heard,
    HearingSoFar,
    InputDropped,
    Interrupted,
    Reconnected,
    Reconnecting,
    Said,
    TurnEnded,
)
from antiphon.client.talk.talking import Duplex
from antiphon.errors import ConnectionClosed
from tests.cli.conversation.screen import screen
from tests.client.talk.fake_talk import VOICE, sound


async def test_shows_a_turn_as_it_comes() -> None:
    async with screen() as it:
        await it.until_shows("antiphon talk", "this machine", "Say something.", "listening")
        it.microphone.feed.put(*[VOICE] * 5)
        await it.until_shows("● you speak", "-13 dB")
        it.session.events.put(HearingSoFar("Where is"))
        await it.until_shows("You", "Where is")
        it.session.events.put(Heard("Where is it?", finished=True), sound(2.0), Said("It is near."))
        await it.until_shows("Where is it?", "Answer", "It is near.", "▶ speaking")
        it.speaker.waiting_s = 0.0
        it.session.events.put(TurnEnded(1, first_sound_s=0.843))
        await it.until_shows("last answer after 843 ms")
        text = await it.until(lambda text: re.search(r"It is near\. *843 ms *$", text, re.MULTILINE) is not None)
    assert "Say something." not in text


async def test_what_happens_to_the_connection_is_a_quiet_line() -> None:
    async with screen() as it:
        it.session.events.put(Reconnecting("the connection was lost"))
        await it.until_shows("reconnecting: the connection was lost", "◜ reconnecting")
        it.session.events.put(
            Reconnected(Continuation.RESUMED, 0.8, 0.0, reply_lost=False), InputDropped(1.0, 3.0, 100, "full")
        )
        text = await it.until_shows("reconnected after 0.8 s", "2.0 s of what you said is lost: full")
    assert "reconnecting" not in text


async def test_says_how_echo_is_dealt_with() -> None:
    async with screen() as it:
        await it.until_shows("Half-duplex: the microphone is shut while an answer sounds; s cuts it short.")
        it.session.events.put(sound(2.0))
        it.microphone.feed.put(VOICE)
        await it.until_shows("shut: echo")
    async with screen(Duplex.FULL) as it:
        await it.until_shows("Headphones: the microphone stays open")


async def test_the_keys() -> None:
    async with screen() as it:
        text = await it.until_shows("s Stop talking", "m Mute", "q Quit")
        assert "SPACE" not in text
        it.session.events.put(sound(2.0), Said("It is"))
        await it.until_shows("▶ speaking")
        await it.pilot.press("s")
        assert it.session.acts == ["stop"]
        it.session.events.put(Interrupted())
        await it.until_shows("listening", "It is …")
        await it.pilot.press("m")
        await it.until_shows("muted")
        await it.pilot.press("m")
        await it.until(lambda text: "muted" not in text)
        await it.pilot.press("space", "escape")
        assert it.session.acts == ["stop"], "nothing to stop, and nothing to push"


async def test_push_to_talk() -> None:
    async with screen(Duplex.PUSH_TO_TALK) as it:
        await it.until_shows("Press SPACE", "SPACE Talk / done", "off: SPACE opens")
        await it.pilot.press("space")
        await it.until_shows("● you speak")
        await it.pilot.press("space")
        await it.until_shows("thinking")
    assert it.session.acts == ["start", "end"]


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
async def test_leaving(key: str) -> None:
    async with screen() as it:
        await it.pilot.press(key)
    assert (it.view.return_value, it.view.return_code) == (None, 0)


async def test_an_error_ends_it_and_is_told_afterwards() -> None:
    closed = ConnectionClosed(1008, "go away")
    async with screen() as it:
        it.session.events.put(closed)
        await it.pilot.pause()
    assert it.view.return_value is closed
    async with screen() as it:
        it.session.events.put(Said("It is"))
        await it.until_shows("It is")
        it.session.refusing = closed
        await it.pilot.press("s")
    assert it.view.return_value is closed


async def test_the_end_of_the_session_is_the_end() -> None:
    async with screen() as it:
        it.session.events.put(None)
        await it.pilot.pause()
    assert it.view.return_value is None


async def test_nothing_that_comes_can_draw() -> None:
    async with screen(where="\x1b[2Jhost [b]x[/b]") as it:
        it.microphone.name = "a [red]microphone"
        it.session.events.put(Heard("[b]bold[/b]", finished=True), Said("[link=x]a \x1b[31mlink\x07 [/"))
        await it.until_shows("[b]bold[/b]", "[link=x]a  [31mlink  [/", "host [b]x[/b]", "a [red]microphone")


@pytest.mark.parametrize("size", [(80, 24), (60, 16), (140, 50)])
async def test_fits_the_terminal(size: tuple[int, int]) -> None:
    async with screen(size=size, where="gemini-live-2.5-flash-native-audio · wss://generativelanguage.example") as it:
        it.session.events.put(Heard("Where? " * 60, finished=True), Said("Near. " * 90))
        text = await it.until_shows("Near.", "Quit", "listening", "loudspeaker")
    assert max(map(len, text.splitlines())) <= size[0]
