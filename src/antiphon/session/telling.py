"""How a reply reaches the client as it comes: thoughts, words and sound (protocol.md 3.1, 4.2)."""

from antiphon.session import messages
from antiphon.session.effects import Effect, Send
from antiphon.session.events import ReplyAudio, ReplyText, ReplyThought
from antiphon.session.terms import Terms
from antiphon.session.turn import Phase, Turn
from antiphon.wire.setup import Modality


def tell(turn: Turn, event: ReplyThought | ReplyText | ReplyAudio, terms: Terms, now: float) -> list[Effect]:
    """The next piece of a reply, if the client is to have it."""
    match event:
        case ReplyThought(text=text, tokens=tokens):
            turn.thought_tokens += tokens
            told = messages.thought(text) if terms.shows_thoughts else None
        case ReplyText(text=text, tokens=tokens):
            written = terms.modality is Modality.TEXT
            turn.text(text, tokens, sent=written or terms.tells_output)
            told = messages.text(text) if written else messages.said(text) if terms.tells_output else None
        case ReplyAudio(audio=audio):
            turn.audio(audio, now)
            told = messages.sound(audio)
    return [Send(told, turn.id)] if told else []


def tell_end(turn: Turn, terms: Terms) -> list[Effect]:
    """No more words of what was being said."""
    if turn.phase is Phase.REPLYING and terms.tells_output and terms.modality is Modality.AUDIO:
        return [Send(messages.said_all())]
    return []
