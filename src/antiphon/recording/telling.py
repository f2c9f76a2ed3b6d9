"""Puts the messages of a recording together to its timeline."""

from collections.abc import Sequence
from dataclasses import replace

from antiphon.recording.conversation import EndedTurn, Hearing, Talking
from antiphon.recording.lines import Incident
from antiphon.recording.loud import speech
from antiphon.recording.media import images, spoken
from antiphon.recording.placing import Placed, Sent, placed_as_spoken
from antiphon.recording.reader import Noted, Recorded
from antiphon.recording.timeline import Call, Mark, MarkKind, Span, Timeline, Turn, Words
from antiphon.wire.client import ClientContent, ClientMessage
from antiphon.wire.content import FunctionCall, FunctionResponse
from antiphon.wire.server import ServerMessage

_NOTED = {
    Incident.LOST: MarkKind.LOST,
    Incident.DROPPED: MarkKind.DROPPED,
    Incident.STOPPED: MarkKind.STOPPED,
}


def timeline_of(recorded: Recorded) -> Timeline:
    """Tell what happened when."""
    placed, again = placed_as_spoken(_microphone(recorded))
    later_s = max(0.0, -placed[0].start_s) if placed else 0.0
    telling = _Telling(later_s)
    for entry in recorded.entries:
        if isinstance(entry, Noted):
            telling.note(entry)
        elif isinstance(entry.message, ClientMessage):
            telling.sent(entry.at_s + later_s, entry.message)
        else:
            telling.received(entry.at_s + later_s, entry.message)
    for chunks in again:
        seconds = sum(sent.audio.seconds for sent in chunks)
        telling.marks.append(Mark(chunks[0].at_s + later_s, MarkKind.SENT_AGAIN, f"{seconds:.1f} s of audio"))
    user_sound = tuple(Placed(each.start_s + later_s, each.audio) for each in placed)
    return telling.told(recorded, user_sound)


def _microphone(recorded: Recorded) -> list[list[Sent]]:
    """The user's sound, a list for each connection."""
    connections: list[list[Sent]] = [[]]
    for at_s, message in recorded.client_messages():
        if message.setup is not None:
            connections.append([])
        elif message.realtime_input is not None:
            connections[-1] += [Sent(at_s, chunk) for chunk in spoken(message.realtime_input)]
    return connections


class _Telling:
    """Takes a session's entries in order. Times are those of the recording, later by what was spoken before it."""

    def __init__(self, later_s: float) -> None:
        self._later_s = later_s
        self._hearing = Hearing()
        self._talking = Talking(self._hearing)
        self._wrote: list[Words] = []
        self._calls: list[Call] = []
        self._connected: list[Span] = []
        self._since_s: float | None = None
        self._lost_s: float | None = None
        self._resuming = False
        self._finished = False
        self.marks: list[Mark] = []

    def note(self, noted: Noted) -> None:
        now_s = noted.at_s + self._later_s
        self._finished = noted.what is Incident.CLOSED
        if noted.what in _NOTED:
            self.marks.append(Mark(now_s, _NOTED[noted.what], noted.why))
        if noted.what is Incident.LOST:
            self._disconnect(now_s)
            self._lost_s = now_s

    def sent(self, now_s: float, message: ClientMessage) -> None:
        if message.setup is not None:
            resumption = message.setup.session_resumption
            self._resuming = resumption is not None and bool(resumption.handle)
        if message.client_content is not None:
            self._write(now_s, _text(message.client_content))
        if message.tool_response is not None:
            for response in message.tool_response.function_responses:
                self._answer(now_s, response)
        if (realtime := message.realtime_input) is not None:
            self._write(now_s, realtime.text or "")
            for image in images(realtime):
                text = f"{image.mime_type}, {len(image.data) / 1_000:.0f} kB"
                self.marks.append(Mark(now_s, MarkKind.IMAGE, text))

    def received(self, now_s: float, message: ServerMessage) -> None:
        if message.setup_complete is not None:
            self._connect(now_s)
        if message.server_content is not None:
            self._hearing.take(now_s, message.server_content)
        self._talking.take(now_s, message)
        for call in message.tool_call.function_calls if message.tool_call is not None else ():
            self._calls.append(_called(now_s, call))
        for cancelled in message.tool_call_cancellation.ids if message.tool_call_cancellation is not None else ():
            self._close_call(cancelled, now_s, None)
        if message.go_away is not None:
            left = message.go_away.time_left
            self.marks.append(Mark(now_s, MarkKind.GOING_AWAY, "" if left is None else f"in {left:g} s"))

    def told(self, recorded: Recorded, user_sound: tuple[Placed, ...]) -> Timeline:
        """All of it, when nothing more comes."""
        self._talking.end()
        model_sound = tuple(self._talking.playing.placed)
        ends_s = (sound[-1].end_s for sound in (user_sound, model_sound) if sound)
        seconds = max(recorded.seconds + self._later_s, *ends_s, 0.0)
        self._disconnect(recorded.seconds + self._later_s)
        spans = tuple(Span(start_s, min(end_s, seconds)) for start_s, end_s in speech(user_sound, seconds))
        return Timeline(
            header=recorded.header,
            model=recorded.model,
            seconds=seconds,
            finished=self._finished,
            speech=spans,
            wrote=tuple(self._wrote),
            heard=tuple(self._hearing.words),
            thoughts=tuple(self._talking.thoughts),
            said=tuple(self._said()),
            calls=tuple(self._calls),
            marks=tuple(sorted((*self.marks, *self._talking.marks), key=lambda mark: mark.at_s)),
            connected=tuple(self._connected),
            turns=tuple(self._turns(spans)),
            user_sound=user_sound,
            model_sound=model_sound,
        )

    def _write(self, now_s: float, text: str) -> None:
        if text:
            self._wrote.append(Words(now_s, now_s, text, in_writing=True))

    def _answer(self, now_s: float, response: FunctionResponse) -> None:
        if response.id is None:
            open_ids = (call.id for call in self._calls if call.name == response.name and call.end_s is None)
            self._close_call(next(open_ids, None), now_s, response)
        else:
            self._close_call(response.id, now_s, response)

    def _close_call(self, call_id: str | None, now_s: float, response: FunctionResponse | None) -> None:
        for at, call in enumerate(self._calls):
            if call.id == call_id and not call.cancelled and (response is not None or call.end_s is None):
                result = call.result if response is None else response.response
                self._calls[at] = replace(call, end_s=now_s, result=result, cancelled=response is None)

    def _connect(self, now_s: float) -> None:
        if self._lost_s is not None:
            kind = MarkKind.RESUMED if self._resuming else MarkKind.FRESH
            self.marks.append(Mark(now_s, kind, f"after {now_s - self._lost_s:.1f} s"))
            self._talking.give_up(now_s)
        self._lost_s = None
        self._since_s = now_s

    def _disconnect(self, now_s: float) -> None:
        if self._since_s is not None:
            self._connected.append(Span(self._since_s, now_s))
        self._since_s = None

    def _said(self) -> list[Words]:
        said = []
        for turn in self._talking.turns:
            start_s, end_s = turn.reply.start_s, turn.reply.end_s
            text, unheard = turn.reply.text()
            if start_s is not None and end_s is not None and (text or unheard or turn.reply.first_sound_s is not None):
                said.append(Words(start_s, end_s, text, unheard, in_writing=turn.reply.first_sound_s is None))
        return said

    def _turns(self, spans: tuple[Span, ...]) -> list[Turn]:
        asked = sorted([*(span.end_s for span in spans), *(words.end_s for words in self._wrote)])
        heard = self._hearing.words
        turns: list[Turn] = []
        heard_from, after_s = 0, 0.0
        for ended in self._talking.turns:
            first_s = ended.reply.first_sound_s if ended.reply.first_sound_s is not None else ended.reply.start_s
            before = [at_s for at_s in asked if first_s is not None and after_s < at_s <= first_s]
            talked_over = any(span.start_s < (first_s or 0.0) < span.end_s for span in spans)
            turn = _turn(ended, len(turns) + 1, heard[heard_from : ended.heard])
            turns.append(replace(turn, first_s=first_s, asked_s=before[-1] if before and not talked_over else None))
            heard_from, after_s = ended.heard, first_s or after_s
        return turns


def _turn(ended: EndedTurn, number: int, heard: Sequence[Words]) -> Turn:
    text, unheard = ended.reply.text()
    return Turn(
        number=number,
        start_s=ended.reply.start_s or 0.0,
        end_s=ended.reply.end_s or 0.0,
        heard=" ".join(words.text.strip() for words in heard),
        said=text,
        unheard=unheard,
        interrupted=ended.reply.interrupted,
        complete=ended.complete,
        reason=ended.reason,
        usage=ended.usage,
    )


def _text(content: ClientContent) -> str:
    """What the user says in a client's content; history that comes with it is not said now."""
    last = content.turns[-1] if content.turns and content.turn_complete else None
    if last is None or last.role not in (None, "user"):
        return ""
    return "".join(part.text for part in last.parts if part.text)


def _called(now_s: float, call: FunctionCall) -> Call:
    return Call(now_s, None, call.name, call.args or {}, id=call.id)
