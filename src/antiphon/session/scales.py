"""What texts weigh, in tokens of the model that will read them. Each is weighed once, by the engine."""

from collections.abc import Iterable

MESSAGE_TOKENS = 6
"""A chat template's marks around one content: who speaks, and where it ends."""

IMAGE_TOKENS = 258
LOW_IMAGE_TOKENS = 66
"""A picture at MEDIA_RESOLUTION_LOW (protocol.md 4.8)."""


class Scales:
    """Remembers the weights of the texts in use."""

    def __init__(self) -> None:
        self._tokens: dict[str, int] = {}

    def unknown(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Those not weighed yet, each once; what is no longer in use is forgotten."""
        used = dict.fromkeys(text for text in texts if text)
        self._tokens = {text: self._tokens[text] for text in used if text in self._tokens}
        return tuple(text for text in used if text not in self._tokens)

    def learn(self, texts: Iterable[str], tokens: Iterable[int]) -> None:
        """The engine has weighed them."""
        self._tokens |= dict(zip(texts, tokens, strict=True))

    def of(self, text: str) -> int:
        """Tokens of a text that was weighed; nothing for no text."""
        return self._tokens[text] if text else 0
