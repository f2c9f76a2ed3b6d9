"""The lower part of the screen of `antiphon talk`: the stage, both meters, and how echo is dealt with."""

from typing import Final

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from antiphon.cli.conversation.meter import FLOOR_DBFS, Meter
from antiphon.cli.faults import printable
from antiphon.client.talk.stage import Stage
from antiphon.client.talk.talking import Duplex, Gate, Talking

_MARKS: Final = {
    Stage.LISTENING: "○",
    Stage.HEARING: "●",
    Stage.THINKING: "◐◓◑◒",
    Stage.SPEAKING: "▶",
    Stage.RECONNECTING: "◜◝◞◟",
}
"""A mark of several characters turns."""

_TURNS_PER_S = 5

FRAME_S: Final = 1 / 15
"""Between two pictures."""

_ECHO: Final = {
    Duplex.HALF: (
        "Half-duplex: the microphone is shut while an answer sounds; s cuts it short.",
        "Wearing headphones? Start with --headphones, and interrupt by speaking.",
    ),
    Duplex.FULL: (
        "Headphones: the microphone stays open; interrupt by speaking.",
        "If it hears itself, leave out --headphones.",
    ),
    Duplex.PUSH_TO_TALK: (
        "Push-to-talk: the microphone is open between two presses of SPACE.",
        "SPACE also interrupts. Without --push-to-talk pauses end your turn.",
    ),
}

_SHUT: Final = {Gate.OPEN: "", Gate.MUTED: "muted", Gate.SHUT: "shut: echo", Gate.OFF: "off: SPACE opens"}


class Panel(Vertical):
    """Shows how a conversation stands."""

    DEFAULT_CSS = """
    Panel {
        height: auto; padding: 0 1; border: round $foreground 30%;
        border-title-style: bold; border-subtitle-color: $foreground 60%;
        &.listening { border: round $foreground 30%; border-title-color: $foreground; }
        &.hearing { border: round $primary; border-title-color: $primary; }
        &.thinking { border: round $warning; border-title-color: $warning; }
        &.speaking { border: round $success; border-title-color: $success; }
        &.reconnecting { border: round $error; border-title-color: $error; }
        Horizontal { height: 1; }
        .label { width: 13; }
        .level { width: 8; text-align: right; }
        .state { width: 21; padding-left: 2; color: $foreground 60%; text-wrap: nowrap; text-overflow: ellipsis; }
        .echo { color: $foreground 80%; }
        .advice { color: $foreground 50%; }
    }
    """

    def __init__(self, talking: Talking) -> None:
        super().__init__()
        self._talking = talking
        self._age_s = 0.0
        self._microphone, self._loudspeaker = _Row("microphone"), _Row("loudspeaker")

    def compose(self) -> ComposeResult:
        yield self._microphone
        yield self._loudspeaker
        echo, advice = _ECHO[self._talking.duplex]
        yield Static(echo, classes="echo", markup=False)
        yield Static(advice, classes="advice", markup=False)

    def on_mount(self) -> None:
        """Draw, and go on drawing."""
        self.show(0.0)
        self.set_interval(FRAME_S, lambda: self.show(FRAME_S))

    def show(self, seconds: float) -> None:
        """Draw what has become of the conversation since so many seconds ago."""
        talking, stage = self._talking, self._talking.stage
        self._age_s += seconds
        marks = _MARKS[stage]
        self.border_title = f"{marks[int(self._age_s * _TURNS_PER_S) % len(marks)]} {stage.value}"
        self.set_classes(stage.name.lower())
        if talking.last_latency_s is not None:
            self.border_subtitle = f"last answer after {milliseconds(talking.last_latency_s)}"
        gate, microphone, speaker = talking.gate, talking.microphone, talking.speaker
        self._microphone.show(talking.heard_dbfs, seconds, lit=gate is Gate.OPEN)
        self._microphone.tell(_SHUT[gate], microphone.name, microphone.dropped_s)
        self._loudspeaker.show(speaker.level_dbfs, seconds, lit=True)
        self._loudspeaker.tell("", speaker.name, speaker.dropped_s)


class _Row(Horizontal):
    """A meter, its level as a number, and what there is to know of the device."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._label = Static(name, classes="label")
        self._meter = Meter()
        self._level = Static(classes="level")
        self._state = Static(classes="state")

    def compose(self) -> ComposeResult:
        yield self._label
        yield self._meter
        yield self._level
        yield self._state

    def show(self, level: float, seconds: float, *, lit: bool) -> None:
        self._meter.move(level, seconds, lit=lit)
        self._level.update("-∞ dB" if level <= FLOOR_DBFS else f"{level:.0f} dB")

    def tell(self, shut: str, device: str, dropped_s: float) -> None:
        lost = f"{dropped_s:.1f} s lost" if dropped_s else ""
        said = ", ".join(part for part in (shut, lost) if part) or printable(device)
        self._state.update(Content(said))


def milliseconds(seconds: float) -> str:
    """Write a latency."""
    return f"{seconds * 1_000:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"
