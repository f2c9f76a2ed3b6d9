"""The screen of `antiphon talk`."""

from collections.abc import Awaitable
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Footer, Static

from antiphon.cli.conversation.panel import Panel
from antiphon.cli.conversation.scroll import TranscriptScroll
from antiphon.cli.faults import printable
from antiphon.client.talk.talking import Duplex, Talking
from antiphon.errors import AntiphonError

_HINTS = {
    Duplex.HALF: "Say something.",
    Duplex.FULL: "Say something.",
    Duplex.PUSH_TO_TALK: "Press SPACE, say something, and press SPACE again.",
}


class TalkView(App[AntiphonError | None]):
    """Runs a conversation and shows it; its result is the error that ended it, if one did."""

    ENABLE_COMMAND_PALETTE = False
    TITLE = "antiphon talk"
    CSS = """
    #title { height: 1; background: $panel; padding: 0 2; }
    #title .name { width: auto; text-style: bold; color: $primary; }
    #title .where { width: 1fr; text-align: right; color: $foreground 60%; text-wrap: nowrap; text-overflow: ellipsis; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "press", "Talk / done", key_display="SPACE"),
        Binding("s,escape", "stop", "Stop talking", key_display="s"),
        Binding("m", "mute", "Mute"),
        Binding("q", "quit", "Quit"),
        Binding("ctrl+c", "quit", show=False, priority=True),
    ]

    def __init__(self, talking: Talking, where: str) -> None:
        super().__init__()
        self._talking = talking
        self._where = where

    def compose(self) -> ComposeResult:
        with Horizontal(id="title"):
            yield Static("antiphon talk", classes="name")
            yield Static(Content(printable(self._where)), classes="where")
        yield TranscriptScroll(self._talking.transcript, _HINTS[self._talking.duplex])
        yield Panel(self._talking)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin to talk."""
        self.run_worker(self._converse())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer SPACE with push-to-talk only."""
        return action != "press" or self._talking.duplex is Duplex.PUSH_TO_TALK

    async def action_press(self) -> None:
        """Begin or finish speaking."""
        await self._or_end(self._talking.press())

    async def action_stop(self) -> None:
        """Make the model fall silent."""
        await self._or_end(self._talking.stop_talking())

    def action_mute(self) -> None:
        """Switch the microphone off or on."""
        self._talking.mute()

    async def _converse(self) -> None:
        await self._or_end(self._talking.run())
        self.exit(self.return_value)

    async def _or_end(self, doing: Awaitable[None]) -> None:
        """The screen is restored before an error is told."""
        try:
            await doing
        except AntiphonError as error:
            self.exit(error)
