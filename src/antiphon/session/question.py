"""What the user is asking: speech being recognised and things typed, in the order they came.

A question is *asked* once somebody wants an answer (speech ended, a text, `turnComplete`), and
*ready* when it is asked, nobody is speaking and all its speech has become words.
"""

from dataclasses import dataclass

from antiphon.session.events import UtteranceId
from antiphon.session.history import Entry, say
from antiphon.wire.content import Content


@dataclass(slots=True)
class _Spoken:
    utterance: UtteranceId
    seconds: float
    text: str | None = None


class Question:
    """The user's side of the next turn."""

    def __init__(self) -> None:
        self._items: list[_Spoken | Entry] = []
        self.asked = False

    def hear(self, utterance: UtteranceId, seconds: float) -> None:
        """Speech is on its way to the recogniser."""
        self._items.append(_Spoken(utterance, seconds))

    def recognised(self, utterance: UtteranceId, text: str) -> bool:
        """Its words came back; False when this question does not wait for them."""
        for item in self._items:
            if isinstance(item, _Spoken) and item.utterance == utterance and item.text is None:
                item.text = text
                return True
        return False

    def add(self, *contents: Content) -> None:
        """Contents were typed."""
        self._items.extend(Entry(content) for content in contents)

    @property
    def recognising(self) -> bool:
        """Some of its speech has not become words yet."""
        return any(isinstance(item, _Spoken) and item.text is None for item in self._items)

    @property
    def wordless(self) -> bool:
        """It was spoken, yet nothing in it is words: there is nothing a model could answer."""
        return bool(self._items) and not self.entries()

    def give_up(self) -> None:
        """The recogniser does not answer: go on without the words that are missing."""
        for item in self._items:
            if isinstance(item, _Spoken) and item.text is None:
                item.text = ""

    def entries(self) -> list[Entry]:
        """What it adds to the history; speech without words leaves nothing."""
        entries = []
        for item in self._items:
            if isinstance(item, Entry):
                entries.append(item)
            elif item.text:
                entries.append(Entry(say("user", item.text), item.seconds))
        return entries

    def absorb(self, later: "Question") -> None:
        """What came since belongs to this question too."""
        self._items += later._items
        self.asked = self.asked or later.asked
