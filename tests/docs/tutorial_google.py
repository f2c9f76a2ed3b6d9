"""Google as the tutorial meets it: it answers what is asked, has the lamp turned on, counts until it is stopped."""

from collections.abc import Iterator

from tests.google.live import IN_BYTES_PER_S, Peer, Script
from tests.google.steps import Step, accept, answer, call, go_away, say, update
from tests.google.strict import Json

QUESTION_S = 2.0
"""Of sound after which the question is over: the recording, and a pause."""
LEAVING_S = 5.0
ENDING = 2
"""Messages that end a reply: those that a counting without end does not come to."""

HEARD = "Where is the nearest train station?"
STATION = "The station is around the corner."
LAMP = "The lamp is on now."


def tutor(*, leaves: bool = False) -> Script:
    """Give the script of any connection; with `leaves` it says goAway when its counting was stopped."""

    async def played(peer: Peer) -> None:
        await accept(peer)
        lesson = _Lesson(peer, leaves)
        taken = 1  # the setup
        while True:
            await update(f"handle-{id(peer)}-{taken}")(peer)
            await peer.until(lambda at=taken: len(peer.messages) > at)
            while taken < len(peer.messages):
                for step in lesson.steps(peer.messages[taken]):
                    await step(peer)
                taken += 1

    return played


class _Lesson:
    """What is done about each message of one connection."""

    def __init__(self, peer: Peer, leaves: bool) -> None:
        self._peer = peer
        self._leaves = leaves
        self._answered_bytes = 0

    def steps(self, message: Json) -> Iterator[Step]:
        if "clientContent" in message:
            yield from self._written(message["clientContent"])
        elif "toolResponse" in message:
            yield answer(LAMP)
        elif self._is_question(message["realtimeInput"]):
            self._answered_bytes = len(self._peer.pcm)
            yield answer(STATION, heard=HEARD)

    def _written(self, content: Json) -> Iterator[Step]:
        if not content.get("turns"):
            yield say({"serverContent": {"interrupted": True}}, {"serverContent": {"turnComplete": True}})
            if self._leaves:
                yield go_away(LEAVING_S)
            return
        text = content["turns"][-1]["parts"][0]["text"]
        if "set_lamp" in text:
            yield call("set_lamp", on=True)
        else:
            yield answer(f"You wrote: {text}", first=-ENDING if "Count" in text else None)

    def _is_question(self, realtime: Json) -> bool:
        heard_s = (len(self._peer.pcm) - self._answered_bytes) / IN_BYTES_PER_S
        return heard_s >= QUESTION_S or bool(realtime.get("audioStreamEnd"))
