"""Scripts of a connection, put together from steps: `script(accept, update("h1"), answer("Hello"), fail(failure))`."""

from collections.abc import Awaitable, Callable

from tests.google import dialect
from tests.google.failures import Failure
from tests.google.live import Peer, Script

Step = Callable[[Peer], Awaitable[None]]


def script(*steps: Step) -> Script:
    """Do one step after the other; then the connection stays open until the client goes."""

    async def played(peer: Peer) -> None:
        for step in steps:
            await step(peer)

    return played


async def accept(peer: Peer) -> None:
    """Say setupComplete."""
    await peer.say(dialect.setup_complete(peer.inside))


def until_turn(number: int) -> Step:
    """Wait until the client has ended so many turns on this connection."""

    async def waited(peer: Peer) -> None:
        await peer.until(lambda: peer.turns >= number)

    return waited


def until_heard(seconds: float) -> Step:
    """Wait for so much audio on this connection."""

    async def waited(peer: Peer) -> None:
        await peer.until_heard(seconds)

    return waited


def say(*messages: dialect.Json) -> Step:
    async def said(peer: Peer) -> None:
        await peer.say(*messages)

    return said


def answer(text: str, seconds: float = 0.4, *, heard: str | None = None, first: int | None = None) -> Step:
    """Speak a whole turn; with `first`, only its first messages, as a reply that is cut off."""

    async def answered(peer: Peer) -> None:
        await peer.say(*dialect.reply(peer.inside, text, seconds, heard=heard)[:first])

    return answered


def call(name: str, *, with_id: bool = True, **arguments: object) -> Step:
    """Have a function called."""

    async def called(peer: Peer) -> None:
        await peer.say(*dialect.tool_call(peer.inside, name, with_id=with_id, **arguments))

    return called


def update(handle: str | None, *, consumed: int | None = None) -> Step:
    """Give a handle that resumes from now on, or say that there is none.

    In transparent mode it says what was consumed: all that came, or as told.
    """

    async def updated(peer: Peer) -> None:
        index = (len(peer.messages) - 1 if consumed is None else consumed) if peer.transparent else None
        if handle is not None:
            peer.handles.append(handle)
        await peer.say(dialect.resumption_update(handle, index))

    return updated


def go_away(seconds: float) -> Step:
    return say(dialect.go_away(seconds))


def close(code: int, reason: str = "") -> Step:
    async def closed(peer: Peer) -> None:
        await peer.close(code, reason)

    return closed


def fail(failure: Failure) -> Step:
    """End the connection as a row of failures.py says."""

    async def failed(peer: Peer) -> None:
        await peer.fail(failure)

    return failed


async def answering(peer: Peer) -> None:
    """Accept, and answer every turn the client ends; the usual script."""
    await accept(peer)
    turn = 0
    resumable = "sessionResumption" in peer.setup
    while True:
        if resumable:
            await update(f"handle-{id(peer)}-{turn}")(peer)
        turn += 1
        await until_turn(turn)(peer)
        await answer(f"This is answer {turn}.", heard=f"turn {turn}")(peer)
