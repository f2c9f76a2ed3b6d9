"""What a server may send, in which order (protocol.md 3 and 4.2, 4.3): every message is held against it."""

import json
from collections import Counter
from typing import Any

KNOWN = {
    "setupComplete", "serverContent", "toolCall", "toolCallCancellation", "usageMetadata", "goAway",
    "sessionResumptionUpdate", "voiceActivity",
}  # fmt: skip


class Reading:
    """One connection's messages. `read` raises AssertionError at the first that must not come then."""

    def __init__(self, seen: Counter[str]) -> None:
        self._seen = seen
        self.waiting: dict[str, str] = {}
        """Calls nobody has answered: id and name."""
        self.over: list[str] = []
        self.handle: str | None = None
        self.ends = 0
        """Turns that were completed."""
        self.whole_ends = 0
        """... and not interrupted."""
        self.words = ""
        """Of the turn that goes on, or of the last one."""
        self._set_up = False
        self._open = False
        self._interrupted = False

    def read(self, frame: str | bytes) -> None:
        message: dict[str, Any] = json.loads(frame)
        self._seen.update(message.keys())
        self._seen.update(message.get("serverContent", {}).keys())
        assert message.keys() <= KNOWN, f"unknown members: {message}"
        assert ("setupComplete" in message) != self._set_up, f"setupComplete comes first, and once: {message}"
        self._set_up = True
        self._call(message)
        update = message.get("sessionResumptionUpdate", {})
        if update.get("resumable"):
            assert update["newHandle"]
            self.handle = update["newHandle"]
        if content := message.get("serverContent"):
            self._content(content, message)

    def _call(self, message: dict[str, Any]) -> None:
        for call in message.get("toolCall", {}).get("functionCalls", ()):
            assert not self._interrupted, "a call of a turn that was interrupted"
            assert call["id"] not in self.waiting
            assert call["id"] not in self.over
            self.waiting[call["id"]] = call["name"]
            self._begin()
        for id in message.get("toolCallCancellation", {}).get("ids", ()):
            self.answered(id)

    def answered(self, id: str) -> None:
        self.waiting.pop(id, None)
        self.over.append(id)

    def _begin(self) -> None:
        if not self._open:
            self.words = ""
        self._open = True

    def _content(self, content: dict[str, Any], message: dict[str, Any]) -> None:
        said = content.get("outputTranscription", {}).get("text", "")
        parts = content.get("modelTurn", {}).get("parts", ())
        if said or parts:
            assert not self._interrupted, "something of a turn after it was interrupted"
            self._begin()
            self.words += said + "".join(part.get("text", "") for part in parts if not part.get("thought"))
        if "outputTranscription" in content or "generationComplete" in content:
            assert not self._interrupted, f"of a turn that was interrupted: {content}"
        if "generationComplete" in content:
            assert self._open, "nothing was generated"
        if "interrupted" in content:
            assert self._open, "nothing was there to interrupt"
            self._interrupted = True
        if "turnComplete" in content:
            self._end(content, message)

    def _end(self, content: dict[str, Any], message: dict[str, Any]) -> None:
        assert self._open or "turnCompleteReason" in content, "a turn ends that never was"
        assert "usageMetadata" in message, "the usage comes with the end of a turn"
        self.words = self.words if self._open else ""
        self.ends += 1
        self.whole_ends += not self._interrupted
        self._open = self._interrupted = False
