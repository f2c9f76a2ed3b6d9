"""A conversation as lines for a file, a pipe, or to keep when the screen is gone.

What was said goes to stdout, what happened to the connection to stderr.
"""

import sys

from antiphon.cli.faults import printable
from antiphon.client.talk.transcript import Passage, Transcript, Who

_LABELS = {Who.USER: "You", Who.MODEL: "Answer"}


class TalkLines:
    """Writes each passage when it is done, in the order in which they were said."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._told: set[Passage] = set()

    def show(self) -> None:
        """Write what has become complete."""
        for passage in self._transcript.passages:
            if not passage.done and passage.who is not Who.NOTE:
                break
            if passage.done:
                self._tell(passage)

    def conclude(self) -> None:
        """Write everything else too."""
        for passage in self._transcript.passages:
            self._tell(passage)

    def _tell(self, passage: Passage) -> None:
        text = " ".join(printable(passage.text).split())
        if passage in self._told or not text:
            return
        self._told.add(passage)
        if passage.who is Who.NOTE:
            sys.stderr.write(f"{text}\n")
        else:
            sys.stdout.write(f"{_LABELS[passage.who]}: {text}{_remark(passage)}\n")
            sys.stdout.flush()


def _remark(passage: Passage) -> str:
    cut = " …" if passage.cut else ""
    return cut if passage.latency_s is None else f"{cut} ({passage.latency_s * 1_000:.0f} ms)"
