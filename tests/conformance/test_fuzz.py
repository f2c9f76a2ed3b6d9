"""Made-up conversations against a real server: a small part of what `make fuzz` plays."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conformance.fuzz.draw import drawn
from tests.conformance.fuzz.malformed import TOO_LARGE, breaks
from tests.conformance.fuzz.reading import KNOWN
from tests.conformance.fuzz.stage import Stage, staged
from tests.conformance.fuzz.wellformed import conversations

CONVERSATIONS, BREAKS = 100, 300
SEED = 1


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as stage:
        yield stage


async def test_whatever_clients_say_every_turn_ends(stage: Stage) -> None:
    await stage.play(drawn(conversations(), CONVERSATIONS, SEED))
    assert stage.tally.wellformed > 1_000
    assert stage.tally.seen.keys() >= KNOWN - {"toolCallCancellation"}
    assert stage.connections_alive() == 0


async def test_whatever_else_they_send_closes_that_socket_and_no_other(stage: Stage) -> None:
    await stage.play(drawn(conversations(), 5, SEED), drawn(breaks, BREAKS, SEED))
    assert stage.tally.malformed >= BREAKS
    assert stage.connections_alive() == 0


@pytest.mark.parametrize("broken", TOO_LARGE, ids=["text", "binary"])
async def test_a_message_that_is_too_large(stage: Stage, broken) -> None:
    await stage.play([], [broken])
    await stage.still_serves()
