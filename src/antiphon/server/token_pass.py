"""What an ephemeral token allows the connection that came with it (protocol.md 6)."""

from collections.abc import Callable

from msgspec.structs import replace

from antiphon.config import Limits
from antiphon.server.refusals import Kind, Refused
from antiphon.store.contracts import Token, TokenFault, TokenStore
from antiphon.wire.client import ClientContent, ClientMessage
from antiphon.wire.codec import decode_client
from antiphon.wire.masks import masked, read_mask
from antiphon.wire.setup import Setup

_FAULTS = {
    TokenFault.UNKNOWN: "Ephemeral token not valid. Please make another one.",
    TokenFault.EXPIRED: "Ephemeral token expired: its expireTime has passed.",
    TokenFault.TOO_LATE: "Ephemeral token: its newSessionExpireTime has passed; it can only resume sessions.",
    TokenFault.USED_UP: "Ephemeral token: all its uses are spent; it can only resume sessions.",
}


_CHANGEABLE = ("system_instruction", "tools")
"""Of a setup, what `contextUpdate` changes later."""


def token_refused(fault: TokenFault) -> Refused:
    """Say why a token does not let its bearer in."""
    return Refused(Kind.UNAUTHENTICATED, _FAULTS[fault])


class TokenPass:
    """What a token allows one connection."""

    def __init__(self, name: str, token: Token, tokens: TokenStore, limits: Limits, clock: Callable[[], float]) -> None:
        self._name = name
        self._token = token
        self._tokens = tokens
        self._limits = limits
        self._clock = clock
        self._opened = False

    async def admit(self, message: ClientMessage) -> ClientMessage:
        """Give a message as the token lets it be taken; the first setup spends a use unless it resumes a session.

        Raises Refused (1008) when the token does not allow it.
        """
        if self._clock() >= self._token.expires:
            raise token_refused(TokenFault.EXPIRED)
        if message.setup is None or self._opened:
            return self._kept_to_lock(message)
        self._opened = True
        setup = self.locked(message.setup)
        if setup.session_resumption is None or not setup.session_resumption.handle:
            spent = await self._tokens.spend(self._name, self._clock())
            if isinstance(spent, TokenFault):
                raise token_refused(spent)
        return replace(message, setup=setup)

    def locked(self, setup: Setup) -> Setup:
        """Apply what the token locks, to the bearer's setup and again to what a resumed session makes of it."""
        return constrained(setup, self._lock(), self._token.mask)

    def _kept_to_lock(self, message: ClientMessage) -> ClientMessage:
        """What comes after the setup must not change what is locked, nor say as the system what the token forbids."""
        update, content = message.context_update, message.client_content
        if update is None and content is None:
            return message
        locked = self._members()
        for name in _CHANGEABLE:
            if update is not None and name in locked and getattr(update, name) is not None:
                raise Refused(Kind.PERMISSION_DENIED, f"context_update.{name}: the ephemeral token locks it")
        if content is None or "system_instruction" not in locked:
            return message
        return replace(message, client_content=_by_the_user(content))

    def _members(self) -> frozenset[str]:
        """The members of a setup that the token locks, in whole or in part."""
        if self._token.mask:
            return frozenset(path[0] for path in read_mask(self._token.mask))
        return frozenset() if self._token.setup is None else frozenset(Setup.__struct_fields__)

    def _lock(self) -> Setup | None:
        if self._token.setup is None:
            return None
        limits = self._limits
        return decode_client(
            self._token.setup, depth_max=limits.json_depth_max, values_max=limits.json_values_max
        ).setup


def _by_the_user(content: ClientContent) -> ClientContent:
    """Take what is said as the system for what the user says: a model would heed it as the instruction."""
    turns = (replace(turn, role="user") if turn.role == "system" else turn for turn in content.turns)
    return replace(content, turns=tuple(turns))


def constrained(setup: Setup, lock: Setup | None, mask: str) -> Setup:
    """Apply what a token locks to what its bearer asks for.

    Two things stay the client's: the handle, where resumption is not locked away, for no token can
    know it; and the model where the token names none, for nothing opens without.
    """
    if lock is None and not mask:
        return setup
    lock = lock or Setup()
    result = masked(setup, lock, read_mask(mask)) if mask else lock
    if not result.model:
        result = replace(result, model=setup.model)
    ours, asked = result.session_resumption, setup.session_resumption
    if ours is not None and asked is not None and not ours.handle:
        result = replace(result, session_resumption=replace(ours, handle=asked.handle))
    return result
