"""Who is let in (protocol.md 1.2, 5).

While no key is configured, a server that only its own machine reaches lets everybody in, but for the web
pages of other sites. A token it knows is enforced even then.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.requests import HTTPConnection

from antiphon.config import Settings
from antiphon.errors import CloseCode
from antiphon.server.credentials import Credential, presented
from antiphon.server.origins import check_page
from antiphon.server.refusals import Kind, Refused
from antiphon.server.token_pass import TokenPass, token_refused
from antiphon.store.contracts import Key, Store, TokenFault
from antiphon.wire.client import ClientMessage
from antiphon.wire.setup import Setup

NO_KEY = (
    "Method doesn't allow unregistered callers (callers without established identity). "
    "Please use API Key or other form of API consumer identity to call this API."
)
BAD_KEY = "API key not valid. Please pass a valid API key."
EXPIRED_KEY = "API key expired. Please renew the API key."


class Admission:
    """One client that was let in. Every message it sends goes through `admit`, in order."""

    def __init__(
        self, owner: str | None = None, *, sessions_max: int | None = None, token: TokenPass | None = None
    ) -> None:
        self.owner = owner
        """The name of the key it came with, or its token was made with; None where no key is needed."""
        self.sessions_max = sessions_max
        """Of the key, at once."""
        self._token = token

    async def admit(self, message: ClientMessage) -> ClientMessage:
        """Give the message as it is to be taken: of a token's bearer, with what the token locks.

        The first setup opens the session and, unless it resumes one, spends a use. Raises
        RemoteProtocolError (1008) when the token does not allow it, StoreError when that cannot be known.
        """
        return message if self._token is None else await self._token.admit(message)

    def locked(self, setup: Setup) -> Setup:
        """Give a setup what the client may not choose, as a resumed session's must be given it again."""
        return setup if self._token is None else self._token.locked(setup)


class Admissions:
    """Lets clients in, and counts the sessions of each key."""

    def __init__(self, store: Store, settings: Settings, clock: Callable[[], float], *, private: bool) -> None:
        """`private` when only this machine reaches the server: then it may do without keys."""
        self._store = store
        self._limits = settings.limits
        self._origins = settings.server.origins
        self._clock = clock
        self._private = private
        self._live: Counter[str] = Counter()

    async def open_to_all(self) -> bool:
        """Whether everybody is let in."""
        return self._private and not await self._store.keys.configured()

    async def admission(self, connection: HTTPConnection) -> Admission:
        """Let a client in; raises Refused, and StoreError when the store does not answer."""
        return await self._let_in(connection, same=False)

    async def owner_asking(self, request: HTTPConnection) -> str | None:
        """Whose request it is, of those that clients with a token may not make; raises as `admission` does."""
        admission = await self._let_in(request, same=True)
        credential = presented(request)
        if credential is not None and credential.ephemeral:
            raise Refused(Kind.PERMISSION_DENIED, "An ephemeral token is not enough for this: use the API key.")
        return admission.owner

    async def _let_in(self, connection: HTTPConnection, *, same: bool) -> Admission:
        credential, everybody = presented(connection), await self.open_to_all()
        if everybody:
            check_page(connection, self._origins, same=same)
        if credential is not None and credential.ephemeral:
            return await self._by_token(credential.secret, everybody=everybody)
        return Admission() if everybody else await self._by_key(credential)

    async def _by_key(self, credential: Credential | None) -> Admission:
        if credential is None:
            raise Refused(Kind.UNAUTHENTICATED, NO_KEY)
        key = await self._store.keys.find(credential.secret)
        if key is None:
            raise Refused(Kind.UNAUTHENTICATED, BAD_KEY, CloseCode.INVALID_ARGUMENT)
        return Admission(self._good(key).name, sessions_max=key.sessions_max)

    @contextmanager
    def place(self, admission: Admission) -> Iterator[None]:
        """Count a session of the key while the block lasts; raises Refused when it has all it may have."""
        owner, most = admission.owner, admission.sessions_max
        if owner is None:
            yield
            return
        if most is not None and self._live[owner] >= most:
            raise Refused(
                Kind.RESOURCE_EXHAUSTED, f"RESOURCE_EXHAUSTED: Maximum concurrent sessions ({most}) exceeded."
            )
        self._live[owner] += 1
        try:
            yield
        finally:
            self._live[owner] -= 1
            if not self._live[owner]:
                del self._live[owner]

    def _good(self, key: Key) -> Key:
        if key.expires is not None and self._clock() >= key.expires:
            raise Refused(Kind.UNAUTHENTICATED, EXPIRED_KEY, CloseCode.INVALID_ARGUMENT)
        return key

    async def _by_token(self, name: str, *, everybody: bool) -> Admission:
        token = await self._store.tokens.look(name)
        if token is None and everybody:
            return Admission()
        if token is None:
            raise token_refused(TokenFault.UNKNOWN)
        if self._clock() >= token.expires:
            raise token_refused(TokenFault.EXPIRED)
        allowed = TokenPass(name, token, self._store.tokens, self._limits, self._clock)
        if everybody:
            return Admission(token.owner, token=allowed)
        key = None if token.owner is None else await self._store.keys.named(token.owner)
        if key is None:
            raise token_refused(TokenFault.UNKNOWN)  # it ends with the key it was made with
        return Admission(self._good(key).name, sessions_max=key.sessions_max, token=allowed)
