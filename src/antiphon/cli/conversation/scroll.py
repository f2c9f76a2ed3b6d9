"""The upper part of the screen of `antiphon talk`: what was said, as it comes."""

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from antiphon.cli.conversation.panel import FRAME_S, milliseconds
from antiphon.cli.faults import printable
from antiphon.client.talk.transcript import Passage, Transcript, Who

_LABELS = {Who.USER: "You", Who.MODEL: "Answer", Who.NOTE: ""}
_CUT = " …"


class PassageRow(Horizontal):
    """One passage: who, what, and of an answer how long it took to come."""

    DEFAULT_CSS = """
    PassageRow {
        height: auto;
        .who { width: 9; text-style: bold; }
        .words { width: 1fr; height: auto; }
        .latency { width: 10; text-align: right; color: $foreground 50%; }
        &.user { margin-top: 1; .who { color: $primary; } }
        &.model { .who { color: $success; } }
        &.note { color: $foreground 50%; margin-top: 1; .words { text-style: italic; } }
    }
    """

    def __init__(self, passage: Passage) -> None:
        super().__init__(classes=passage.who.value)
        self._passage = passage
        self._shown = words(passage)
        self._who = Static(_LABELS[passage.who], classes="who")
        self._words = Static(self._shown, classes="words")
        self._latency = Static(classes="latency")

    def compose(self) -> ComposeResult:
        yield self._who
        yield self._words
        yield self._latency

    def show(self) -> None:
        """Draw what has come to it."""
        content = words(self._passage)
        if content.markup != self._shown.markup:
            self._shown = content
            self._words.update(content)
        if self._passage.latency_s is not None:
            self._latency.update(milliseconds(self._passage.latency_s))


class TranscriptScroll(VerticalScroll):
    """All passages; stays at the end unless the user scrolls back."""

    DEFAULT_CSS = """
    TranscriptScroll {
        height: 1fr; padding: 0 2 1 2; scrollbar-size-vertical: 1;
        #hint { color: $foreground 50%; text-align: center; margin-top: 1; width: 100%; }
    }
    """

    def __init__(self, transcript: Transcript, hint: str) -> None:
        super().__init__()
        self._transcript = transcript
        self._hint = Static(hint, id="hint", markup=False)
        self._rows: dict[Passage, PassageRow] = {}

    def compose(self) -> ComposeResult:
        yield self._hint

    def on_mount(self) -> None:
        """Go on drawing, with the newest words in sight."""
        self.anchor()
        self.set_interval(FRAME_S, self.show)

    def show(self) -> None:
        """Draw what has come since it was drawn last."""
        passages = self._transcript.passages
        for passage in self._rows.keys() - set(passages):
            self._rows.pop(passage).remove()
        following: PassageRow | None = None
        for passage in reversed(passages):
            following = self._shown_before(following, passage)
        self._hint.display = not passages

    def _shown_before(self, following: PassageRow | None, passage: Passage) -> PassageRow:
        row = self._rows.get(passage)
        if row is None:
            row = self._rows[passage] = PassageRow(passage)
            self.mount(row, before=following)
        else:
            row.show()
        return row


def words(passage: Passage) -> Content:
    """Write a passage; what may still be replaced is dimmed."""
    text, interim = printable(passage.text.lstrip()), printable(passage.interim)
    apart = " " if text and interim and not (text[-1].isspace() or interim[0].isspace()) else ""
    parts = (text, apart, (interim, "italic $foreground 55%"))
    return Content.assemble(*parts, (_CUT, "$warning")) if passage.cut else Content.assemble(*parts)
