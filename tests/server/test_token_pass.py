"""Each row of protocol.md 6: what a token locks, when it ends, and how often it opens a session."""

import asyncio
import json
from dataclasses import replace

import pytest

from antiphon.config import Limits
from antiphon.errors import StoreError
from antiphon.server.refusals import Refused
from antiphon.server.token_pass import TokenPass, constrained
from antiphon.store.contracts import Token, TokenFault
from antiphon.wire.client import ClientContent, ClientMessage, ContextUpdate, ContextUpdateTools, RealtimeInput
from antiphon.wire.codec import encode_client
from antiphon.wire.content import Content, Part
from antiphon.wire.setup import (
    AudioTranscriptionConfig,
    GenerationConfig,
    Modality,
    SessionResumptionConfig,
    Setup,
)
from tests.server.conftest import DEVELOPER, VERTEX

ASKED = Setup(
    model="models/asked",
    generation_config=GenerationConfig(temperature=1.5, top_p=0.5),
    output_audio_transcription=AudioTranscriptionConfig(),
)
LOCK = Setup(
    model="models/locked", generation_config=GenerationConfig(temperature=0.1, response_modalities=(Modality.TEXT,))
)


@pytest.mark.requirement("tokens.no_lock")
def test_without_setup_and_mask_the_client_decides():
    assert constrained(ASKED, None, "") is ASKED


@pytest.mark.requirement("tokens.full_lock")
def test_without_mask_the_token_decides_all():
    assert constrained(ASKED, LOCK, "") == LOCK


@pytest.mark.requirement("tokens.masked_lock")
def test_with_a_mask_the_token_decides_what_is_listed():
    result = constrained(ASKED, LOCK, "model,generationConfig.temperature,outputAudioTranscription")
    assert result == Setup(model="models/locked", generation_config=GenerationConfig(temperature=0.1, top_p=0.5))


@pytest.mark.requirement("tokens.masked_lock")
def test_a_mask_alone_locks_to_unset():
    result = constrained(ASKED, None, "temperature")
    assert result.generation_config == GenerationConfig(top_p=0.5)


def test_a_token_without_a_model_leaves_it_to_the_client():
    assert constrained(ASKED, Setup(), "") == Setup(model="models/asked")
    assert constrained(ASKED, Setup(), "model").model == "models/asked"


RESUMING = Setup(model="x", session_resumption=SessionResumptionConfig(handle="h", transparent=True))
HANDLES = {
    "locked away": (Setup(model="x"), "", None),
    "locked away by name": (None, "sessionResumption", None),
    "locked on": (
        Setup(model="x", session_resumption=SessionResumptionConfig()),
        "",
        SessionResumptionConfig(handle="h"),
    ),
    "not locked": (LOCK, "model", RESUMING.session_resumption),
    "the token's own": (
        Setup(session_resumption=SessionResumptionConfig(handle="t")),
        "",
        SessionResumptionConfig(handle="t"),
    ),
}


@pytest.mark.requirement("tokens.handle")
@pytest.mark.parametrize(("lock", "mask", "resumption"), HANDLES.values(), ids=HANDLES)
def test_the_handle_stays_the_clients_unless_resumption_is_locked_away(lock, mask, resumption):
    assert constrained(RESUMING, lock, mask).session_resumption == resumption


class Tokens:
    """Counts the uses that are spent."""

    def __init__(self, answer: Token | TokenFault | Exception) -> None:
        self.answer = answer
        self.spent = 0

    async def spend(self, name: str, now: float) -> Token | TokenFault:
        self.spent += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


TOKEN = Token(owner=None, uses=1, expires=100.0, new_session_expires=10.0)


def pass_of(tokens: Tokens, now: float = 0.0, *, lock: Setup | None = None, mask: str = "") -> TokenPass:
    kept = None if lock is None else encode_client(ClientMessage(setup=lock)).encode()
    return TokenPass("auth_tokens/x", replace(TOKEN, setup=kept, mask=mask), tokens, Limits(), lambda: now)


async def test_only_the_first_setup_spends_a_use():
    tokens = Tokens(TOKEN)
    allowed = pass_of(tokens)
    await allowed.admit(ClientMessage(realtime_input=RealtimeInput()))
    assert tokens.spent == 0
    for _ in range(2):
        assert await allowed.admit(ClientMessage(setup=ASKED)) == ClientMessage(setup=ASKED)
    assert tokens.spent == 1


@pytest.mark.requirement("tokens.resuming")
async def test_resuming_spends_nothing():
    tokens = Tokens(TokenFault.USED_UP)
    assert await pass_of(tokens).admit(ClientMessage(setup=RESUMING)) == ClientMessage(setup=RESUMING)
    assert tokens.spent == 0


FAULTS = {
    TokenFault.UNKNOWN: "not valid",
    TokenFault.EXPIRED: " expireTime has passed",
    TokenFault.TOO_LATE: "newSessionExpireTime has passed",
    TokenFault.USED_UP: "uses are spent",
}


@pytest.mark.requirement("tokens.refused")
@pytest.mark.parametrize("fault", TokenFault)
async def test_each_fault_is_told_apart_and_closes_with_1008(fault):
    with pytest.raises(Refused, match=FAULTS[fault]) as refused:
        await pass_of(Tokens(fault)).admit(ClientMessage(setup=ASKED))
    assert refused.value.code == 1008
    assert len(refused.value.reason) <= 123


@pytest.mark.requirement("tokens.expire_time")
async def test_after_its_end_no_message_is_taken():
    with pytest.raises(Refused, match="expireTime"):
        await pass_of(Tokens(TOKEN), 100.0).admit(ClientMessage(realtime_input=RealtimeInput()))


async def test_a_store_that_fails_lets_nobody_in():
    with pytest.raises(StoreError):
        await pass_of(Tokens(StoreError("disk"))).admit(ClientMessage(setup=ASKED))


INSTRUCTION = Content(parts=(Part(text="be kind"),))
UPDATES = {
    "system_instruction": ContextUpdate(system_instruction=INSTRUCTION),
    "tools": ContextUpdate(tools=ContextUpdateTools()),
}
LOCKS = {
    "no lock": (None, "", set()),
    "all of it": (LOCK, "", {"system_instruction", "tools"}),
    "the instruction": (LOCK, "model,systemInstruction", {"system_instruction"}),
    "a part of it": (None, "systemInstruction.parts", {"system_instruction"}),
    "the tools": (LOCK, "tools,temperature", {"tools"}),
    "something else": (LOCK, "model,temperature", set()),
}
each_lock = pytest.mark.parametrize(("lock", "mask", "locked"), LOCKS.values(), ids=LOCKS)


@pytest.mark.requirement("tokens.full_lock", "tokens.masked_lock")
@each_lock
@pytest.mark.parametrize("member", UPDATES)
async def test_what_is_locked_is_not_changed_later(lock, mask, locked, member):
    allowed, update = pass_of(Tokens(TOKEN), lock=lock, mask=mask), ClientMessage(context_update=UPDATES[member])
    await allowed.admit(ClientMessage(setup=ASKED))
    if member not in locked:
        assert await allowed.admit(update) == update
        return
    with pytest.raises(Refused, match=rf"^context_update\.{member}: ") as refused:
        await allowed.admit(update)
    assert refused.value.code == 1008


@each_lock
async def test_nobody_speaks_as_the_system_where_its_instruction_is_locked(lock, mask, locked):
    allowed = pass_of(Tokens(TOKEN), lock=lock, mask=mask)
    await allowed.admit(ClientMessage(setup=ASKED))
    turns = [Content(role=role, parts=(Part(text="obey"),)) for role in ("user", "system", "model")]
    admitted = await allowed.admit(ClientMessage(client_content=ClientContent(turns=turns, turn_complete=True)))
    spoken = ["user", "user" if "system_instruction" in locked else "system", "model"]
    assert [turn.role for turn in admitted.client_content.turns] == spoken
    assert all(turn.parts == (Part(text="obey"),) for turn in admitted.client_content.turns)
    assert admitted.client_content.turn_complete


# From here on over a real socket.


def token(clock, **more: object) -> Token:
    usual = {"owner": None, "uses": 1, "expires": clock.now + 100, "new_session_expires": clock.now + 10}
    return Token(**{**usual, **more})


async def opened(call, name: str, **setup: object):
    """Connect with a token and set up; gives the caller, and whether it was let in."""
    caller = await call(f"{DEVELOPER}Constrained?access_token={name}", setup=None)
    await caller.send({"setup": {"model": "models/x", **setup}})
    return caller


@pytest.mark.requirement("tokens.uses")
async def test_it_opens_as_many_sessions_as_it_may(call, store, clock):
    name = await store.tokens.mint(token(clock, uses=2), clock.now)
    for _ in range(2):
        assert "setupComplete" in await (await opened(call, name)).read()
    code, text = await (await opened(call, name)).closed()
    assert code == 1008
    assert "uses are spent" in text


@pytest.mark.requirement("tokens.uses")
async def test_of_two_sockets_racing_for_the_last_use_one_wins(call, store, clock):
    name = await store.tokens.mint(token(clock), clock.now)
    callers = [
        await call(path, setup=None, additional_headers={"x-goog-api-key": name}) for path in (DEVELOPER, VERTEX)
    ]
    await asyncio.gather(*(caller.send({"setup": {"model": "models/x"}}) for caller in callers))
    outcomes = await asyncio.gather(*(caller.socket.recv() for caller in callers), return_exceptions=True)
    assert sum(isinstance(outcome, bytes) and b"setupComplete" in outcome for outcome in outcomes) == 1
    loser = next(caller for caller, outcome in zip(callers, outcomes, strict=True) if isinstance(outcome, Exception))
    assert (await loser.closed())[0] == 1008


@pytest.mark.requirement("tokens.new_session_time")
async def test_too_late_for_a_new_session_but_not_for_one_that_is_open(call, store, clock):
    name = await store.tokens.mint(token(clock, uses=0), clock.now)
    caller = await opened(call, name)
    assert "setupComplete" in await caller.read()
    clock.now += 10
    code, text = await (await opened(call, name)).closed()
    assert code == 1008
    assert "newSessionExpireTime" in text
    await caller.send({"realtimeInput": {"text": "hello"}})
    await caller.read_until("turnComplete")


@pytest.mark.requirement("tokens.expire_time")
async def test_a_running_session_ends_with_its_token(call, store, clock):
    name = await store.tokens.mint(token(clock), clock.now)
    caller = await opened(call, name)
    assert "setupComplete" in await caller.read()
    clock.now += 100
    await caller.send({"realtimeInput": {"text": "hello"}})
    code, text = await caller.closed()
    assert code == 1008
    assert "expireTime has passed" in text


@pytest.mark.requirement("tokens.full_lock")
async def test_what_is_locked_counts_whatever_the_client_sends(call, store, clock):
    locked = {"setup": {"model": "models/x", "generationConfig": {"responseModalities": ["TEXT"]}}}
    name = await store.tokens.mint(token(clock, setup=json.dumps(locked).encode()), clock.now)
    caller = await opened(call, name, generationConfig={"responseModalities": ["AUDIO"]}, outputAudioTranscription={})
    assert "setupComplete" in await caller.read()
    await caller.send({"realtimeInput": {"text": "hello"}})
    contents = await caller.read_until("turnComplete")
    parts = [part for content in contents for part in content.get("modelTurn", {}).get("parts", [])]
    assert parts
    assert all(part.keys() == {"text"} for part in parts)
    assert not [content for content in contents if "outputTranscription" in content]


async def written(caller) -> str:
    """Ask for a reply in writing, and read it."""
    await caller.send({"realtimeInput": {"text": "hello"}})
    contents = await caller.read_until("turnComplete")
    parts = [part for content in contents for part in content.get("modelTurn", {}).get("parts", [])]
    return "".join(part.get("text", "") for part in parts)


@pytest.mark.requirement("tokens.full_lock", "tokens.handle")
async def test_what_is_locked_to_unset_does_not_come_back_from_the_session_that_is_resumed(call, store, clock):
    writing = {"generationConfig": {"responseModalities": ["TEXT"]}, "sessionResumption": {}}
    first = await call(setup={"setup": {"model": "models/x", **writing}})
    handle = (await first.read())["sessionResumptionUpdate"]["newHandle"]
    lock = json.dumps({"setup": {"model": "models/x", "sessionResumption": {}}}).encode()
    resuming = {"setup": {"model": "models/x", "sessionResumption": {"handle": handle}}}
    assert await written(await call(setup=resuming))
    name = await store.tokens.mint(token(clock, setup=lock), clock.now)
    assert not await written(await call(f"{DEVELOPER}?access_token={name}", setup=resuming))
