"""How far a session has come, read off the messages it sends."""

from enum import StrEnum

from antiphon.wire.server import ServerMessage


class State(StrEnum):
    """What a session does."""

    OPENING = "opening"
    """Its setup is not answered yet."""
    LISTENING = "listening"
    ANSWERING = "answering"
    """From the first piece of a reply to the end of its turn."""
    LEAVING = "leaving"
    """Its client was asked to go."""


class Course:
    """Shown each message of a session before it is sent."""

    def __init__(self, began: float) -> None:
        """`began` on the event loop's clock, in seconds."""
        self.began = began
        self.turns = 0
        """Of the model that are over, interrupted ones too."""
        self.state = State.OPENING

    def sent(self, message: ServerMessage) -> None:
        """Go on by a message; who was asked to leave stays so."""
        content = message.server_content
        if content is not None and content.turn_complete:
            self.turns += 1
        if message.go_away is not None:
            self.state = State.LEAVING
        elif self.state is State.LEAVING:
            return
        elif message.setup_complete is not None or (content is not None and content.turn_complete):
            self.state = State.LISTENING
        elif content is not None and content.model_turn is not None:
            self.state = State.ANSWERING
