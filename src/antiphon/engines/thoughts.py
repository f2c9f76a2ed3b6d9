"""Tells what a reasoning model thinks aloud, between `<think>` and `</think>`, from what it says."""

from collections.abc import Iterator

from antiphon.engines.contracts import TextDelta, ThoughtDelta

_OPEN, _CLOSE = "<think>", "</think>"


class ThoughtSplitter:
    """Splits one answer as it streams in; a tag may be cut anywhere.

    Holds back at most the beginning of a tag. A model whose template opens the thought itself writes only
    the closing tag, which comes too late to unsay anything: its server has to separate the reasoning.
    """

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False
        self._begun = False

    def feed(self, delta: str) -> Iterator[TextDelta | ThoughtDelta]:
        """What of the answer so far is sure, in order."""
        self._held += delta
        while True:
            tag = _CLOSE if self._thinking else _OPEN
            before, found, after = self._held.partition(tag)
            if not found:
                break
            yield from self._piece(before)
            self._held = after
            self._thinking = not self._thinking
        sure = len(self._held) - _tag_begun(self._held, tag)
        piece, self._held = self._held[:sure], self._held[sure:]
        yield from self._piece(piece)

    def finish(self) -> Iterator[TextDelta | ThoughtDelta]:
        """The rest, once the answer has ended: a held `<thi` was no tag after all."""
        rest, self._held = self._held, ""
        yield from self._piece(rest)

    def _piece(self, text: str) -> Iterator[TextDelta | ThoughtDelta]:
        """The answer begins with a word, not with the blank lines that follow a thought."""
        if self._thinking:
            if text:
                yield ThoughtDelta(text)
            return
        if not self._begun:
            text = text.lstrip()
            self._begun = bool(text)
        if text:
            yield TextDelta(text)


def _tag_begun(text: str, tag: str) -> int:
    """How many characters at the end of `text` may be the beginning of `tag`."""
    return next((size for size in range(len(tag) - 1, 0, -1) if text.endswith(tag[:size])), 0)
