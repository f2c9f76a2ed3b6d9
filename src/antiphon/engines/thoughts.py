"""Leaves out what a reasoning model thinks aloud between `<think>` and `</think>`."""

_OPEN, _CLOSE = "<think>", "</think>"


class ThoughtFilter:
    """Filters one answer as it streams in; a tag may be split anywhere.

    Holds back at most the beginning of a tag. A model whose template opens the thought itself writes only
    the closing tag, which comes too late to unsay anything: its server has to separate the reasoning.
    """

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False
        self._begun = False

    def feed(self, delta: str) -> str:
        """What of the answer so far may now be said."""
        self._held += delta
        said = ""
        while True:
            tag = _CLOSE if self._thinking else _OPEN
            before, found, after = self._held.partition(tag)
            if not found:
                break
            said += "" if self._thinking else before
            self._held = after
            self._thinking = not self._thinking
        sure = len(self._held) - _tag_begun(self._held, tag)
        said += "" if self._thinking else self._held[:sure]
        self._held = self._held[sure:]
        return self._opening(said)

    def finish(self) -> str:
        """The rest, once the answer has ended: a held `<thi` was no tag after all."""
        rest, self._held = self._held, ""
        return "" if self._thinking else self._opening(rest)

    def _opening(self, said: str) -> str:
        """The answer begins with a word, not with the blank lines that follow a thought."""
        if not self._begun:
            said = said.lstrip()
            self._begun = bool(said)
        return said


def _tag_begun(text: str, tag: str) -> int:
    """How many characters at the end of `text` may be the beginning of `tag`."""
    return next((size for size in range(len(tag) - 1, 0, -1) if text.endswith(tag[:size])), 0)
