"""Where sound lies in time: when the user spoke what was sent, and when the model's voice was heard.

Messages tell only when audio was sent or came. A microphone's chunk was spoken before it was sent; what was held
back and then sent in a burst was spoken at an even pace all the same. The model's voice comes faster than it
plays, so that each chunk waits for those before it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from antiphon.audio.pcm import AudioChunk

PAUSE_S = 0.5
"""Without a chunk; then the microphone is taken to have been off."""

PIECE_S = 10.0
"""Of audio that is placed as one: longer ones would show that the sound card's clock is not ours."""

JITTER_S = 0.04
"""Gaps up to this are not gaps."""

_REPEATS_MAX = 20_000
"""Chunks looked through for those that were sent again."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A chunk of sound and when it begins."""

    start_s: float
    audio: AudioChunk

    @property
    def end_s(self) -> float:
        """When it ends."""
        return self.start_s + self.audio.seconds


@dataclass(frozen=True, slots=True)
class Sent:
    """A chunk of the user's sound and when it was sent."""

    at_s: float
    audio: AudioChunk


def placed_as_spoken(connections: Iterable[Sequence[Sent]]) -> tuple[list[Placed], list[Sequence[Sent]]]:
    """Place what the user said, and give apart what later connections began with although it had been sent."""
    chunks: list[Sent] = []
    again: list[Sequence[Sent]] = []
    placed: list[Placed] = []
    for connection in connections:
        repeated = _repeated([sent.audio.data for sent in chunks], [sent.audio.data for sent in connection])
        if repeated:
            again.append(connection[:repeated])
        chunks += connection[repeated:]
        _place(connection[repeated:], placed)
    return placed, again


def _place(chunks: Iterable[Sent], placed: list[Placed]) -> None:
    for piece in _pieces(chunks):
        end_s = placed[-1].end_s if placed else -inf
        start_s = max(end_s, _spoken_from(piece))
        if start_s - end_s < JITTER_S:
            start_s = end_s
        for sent in piece:
            placed.append(Placed(start_s, sent.audio))
            start_s = placed[-1].end_s


def _pieces(chunks: Iterable[Sent]) -> Iterator[list[Sent]]:
    piece: list[Sent] = []
    for sent in chunks:
        paused = piece and sent.at_s - sent.audio.seconds - piece[-1].at_s > PAUSE_S
        if piece and (paused or sent.at_s - piece[0].at_s > PIECE_S):
            yield piece
            piece = []
        piece.append(sent)
    if piece:
        yield piece


def _spoken_from(piece: Sequence[Sent]) -> float:
    """No chunk can have been sent before it was spoken: the one sent soonest tells when the piece began."""
    spoken_s, start_s = 0.0, inf
    for sent in piece:
        spoken_s += sent.audio.seconds
        start_s = min(start_s, sent.at_s - spoken_s)
    return start_s


def _repeated(before: Sequence[bytes], after: Sequence[bytes]) -> int:
    """Count how many of the first chunks are the last ones of before (Knuth, Morris and Pratt's failure function)."""
    row: list[bytes | None] = [*after[:_REPEATS_MAX], None, *before[-_REPEATS_MAX:]]
    fits = [0] * len(row)
    for at in range(1, len(row)):
        length = fits[at - 1]
        while length and row[at] != row[length]:
            length = fits[length - 1]
        fits[at] = length + (row[at] == row[length])
    return fits[-1] if before and after else 0


class Playing:
    """The model's voice as somebody with a loudspeaker hears it."""

    def __init__(self) -> None:
        self.placed: list[Placed] = []

    @property
    def end_s(self) -> float:
        """When all that came will have been heard."""
        return self.placed[-1].end_s if self.placed else 0.0

    def next_s(self, now_s: float) -> float:
        """When a chunk that comes now will be heard."""
        return max(now_s, self.end_s)

    def play(self, now_s: float, audio: AudioChunk) -> None:
        """Put a chunk behind the others."""
        self.placed.append(Placed(self.next_s(now_s), audio))

    def cut(self, now_s: float) -> bool:
        """Throw away what is not heard yet; tells whether there was any."""
        cut = self.end_s > now_s
        while self.placed and self.placed[-1].start_s >= now_s:
            self.placed.pop()
        if cut and self.placed:
            last = self.placed[-1]
            size = last.audio.format.bytes_for(now_s - last.start_s)
            self.placed[-1] = Placed(last.start_s, AudioChunk(last.audio.data[:size], last.audio.format))
        return cut


def joined(placed: Iterable[Placed], seconds_max: float = 60.0) -> Iterator[Placed]:
    """Join chunks that lie behind one another to stretches of at most that length."""
    run: list[Placed] = []
    for each in placed:
        if run and not _continues(run, each, seconds_max):
            yield _one(run)
            run = []
        run.append(each)
    if run:
        yield _one(run)


def _continues(run: Sequence[Placed], each: Placed, seconds_max: float) -> bool:
    last = run[-1]
    close = abs(each.start_s - last.end_s) < 0.5 / each.audio.format.rate_hz
    return close and each.audio.format == last.audio.format and each.end_s - run[0].start_s <= seconds_max


def _one(run: Sequence[Placed]) -> Placed:
    return Placed(run[0].start_s, AudioChunk(b"".join(each.audio.data for each in run), run[0].audio.format))
