"""What the user is asking: speech being recognised and things typed, in the order they came.

A question is *asked* once somebody wants an answer (speech ended, a text, `turnComplete`), and
*ready* when it is asked, nobody is speaking and all its speech has become words.
"""

from dataclasses import dataclass

from antiphon.session.events import UtteranceId
from antiphon.session.history import ENTRY_BYTES, Entry, say
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
        self._pending: dict[UtteranceId, _Spoken] = {}
        self._spoken = False
        self._owed = False
        self.asked = False
        self.size = 0
        """Memory of what was typed and recognised, in bytes."""

    def hear(self, utterance: UtteranceId, seconds: float) -> None:
        """Speech is on its way to the recogniser."""
        spoken = self._pending[utterance] = _Spoken(utterance, seconds)
        self._items.append(spoken)

    def recognised(self, utterance: UtteranceId, text: str) -> bool:
        """Its words came back; False when this question does not wait for them."""
        spoken = self._pending.pop(utterance, None)
        if spoken is None:
            return False
        spoken.text = text
        self.size += ENTRY_BYTES + len(text)
        return True

    def add(self, *contents: Content) -> None:
        """Contents were typed."""
        entries = [Entry(content) for content in contents]
        self._items += entries
        self.size += sum(entry.size for entry in entries)

    def show(self, pictures: tuple[Content, ...]) -> None:
        """The camera's pictures go before what is asked about them."""
        entries = [Entry(content, camera=True) for content in pictures]
        self._items[:0] = entries
        self.size += sum(entry.size for entry in entries)

    def ask(self, *, spoken: bool = False) -> None:
        """An answer is wanted; `spoken` when the end of speech says so."""
        self.asked = True
        self._spoken = self._spoken or spoken

    def owe(self) -> None:
        """An answer is due for what stands in the history already, whatever else is asked."""
        self.asked = self._owed = True

    @property
    def underway(self) -> bool:
        """Somebody wants an answer, or is being recognised."""
        return self.asked or self.recognising

    @property
    def from_user(self) -> bool:
        """The user says something in it, not only the client's functions."""
        return any(isinstance(item, _Spoken) or item.opens_turn for item in self._items)

    @property
    def has_words(self) -> bool:
        """Something was recognised in it already."""
        return any(isinstance(item, _Spoken) and item.text for item in self._items)

    @property
    def recognising(self) -> bool:
        """Some of its speech has not become words yet."""
        return bool(self._pending)

    @property
    def wordless(self) -> bool:
        """It was spoken, yet nothing in it is words: there is nothing a model could answer."""
        return self._spoken and not self._owed and all(entry.camera for entry in self.entries())

    def give_up(self) -> None:
        """The recogniser does not answer: go on without the words that are missing."""
        for utterance in list(self._pending):
            self.recognised(utterance, "")

    def entries(self) -> list[Entry]:
        """What it adds to the history; speech without words leaves nothing."""
        entries = []
        for item in self._items:
            if isinstance(item, Entry):
                entries.append(item)
            elif item.text:
                entries.append(Entry(say("user", item.text), item.seconds))
        return entries

    def take_typed(self) -> list[Entry]:
        """Take out what was typed; what was spoken stays a question."""
        typed = [item for item in self._items if isinstance(item, Entry)]
        self._items = [item for item in self._items if not isinstance(item, Entry)]
        self.size -= sum(entry.size for entry in typed)
        return typed

    def with_speech(self, utterance: UtteranceId, seconds: float, text: str) -> "Question":
        """The same question with some more speech at its end; this one stays as it is."""
        longer = Question()
        longer._items = [*self._items, _Spoken(utterance, seconds, text)]
        longer._spoken = longer.asked = True
        return longer

    def asks_the_same(self, other: "Question") -> bool:
        """In the same words, however long they took to say."""
        return [entry.content for entry in self.entries()] == [entry.content for entry in other.entries()]

    def absorb(self, later: "Question") -> None:
        """What came since belongs to this question too."""
        self._items += later._items
        self._pending |= later._pending
        self._spoken = self._spoken or later._spoken
        self._owed = self._owed or later._owed
        self.asked = self.asked or later.asked
        self.size += later.size
