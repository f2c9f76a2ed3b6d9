"""`POST /{version}/auth_tokens`: makes ephemeral tokens for clients that must not hold a key (protocol.md 6)."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from antiphon.config import Settings
from antiphon.errors import RemoteProtocolError, StoreFull
from antiphon.server.admission import Admissions
from antiphon.server.body import body_of
from antiphon.server.refusals import Kind, Refused
from antiphon.store.contracts import Store, Token
from antiphon.wire.auth_token import AuthToken
from antiphon.wire.client import ClientMessage
from antiphon.wire.codec import decode_auth_token, encode_auth_token, encode_client
from antiphon.wire.kinds import Timestamp
from antiphon.wire.masks import read_mask
from antiphon.wire.misfit import MisfitError


class Mint:
    """Makes the tokens of one server."""

    def __init__(self, store: Store, admissions: Admissions, settings: Settings, clock: Callable[[], float]) -> None:
        self._store = store
        self._admissions = admissions
        self._limits = settings.limits
        self._tokens = settings.tokens
        self._clock = clock

    async def make(self, request: Request) -> Response:
        """Answer a request; raises RemoteProtocolError for one that cannot be granted."""
        owner = await self._admissions.owner_asking(request)
        limits = self._limits
        asked = decode_auth_token(
            await body_of(request, bytes_max=limits.message_bytes_max, wait_s=limits.setup_wait_s) or b"{}",
            depth_max=limits.json_depth_max,
            values_max=limits.json_values_max,
        )
        now = self._clock()
        token = self._token(asked, owner, now)
        try:
            name = await self._store.tokens.mint(token, now)
        except StoreFull as error:
            raise Refused(Kind.RESOURCE_EXHAUSTED, str(error)) from None
        made = AuthToken(
            name=name,
            uses=token.uses,
            expire_time=Timestamp(token.expires),
            new_session_expire_time=Timestamp(token.new_session_expires),
        )
        return Response(encode_auth_token(made), media_type="application/json")

    def _token(self, asked: AuthToken, owner: str | None, now: float) -> Token:
        uses = 1 if asked.uses is None else asked.uses
        if uses < 0:
            raise RemoteProtocolError("uses: must be 0 (any number) or more")
        try:
            read_mask(asked.field_mask)
        except MisfitError as misfit:
            misfit.within("field_mask")
            raise RemoteProtocolError(misfit.reason) from None
        tokens = self._tokens
        return Token(
            owner=owner,
            uses=uses,
            expires=self._end("expire_time", asked.expire_time, tokens.lifetime_s, now),
            new_session_expires=self._end(
                "new_session_expire_time", asked.new_session_expire_time, tokens.new_session_s, now
            ),
            setup=self._lock(asked),
            mask=asked.field_mask,
        )

    def _lock(self, asked: AuthToken) -> bytes | None:
        """What the token locks as it is kept; the mask may be as large as that leaves room for."""
        setup, most = asked.bidi_generate_content_setup, self._tokens.setup_bytes_max
        lock = None if setup is None else encode_client(ClientMessage(setup=setup)).encode()
        if len(lock or b"") > most:
            raise RemoteProtocolError(f"bidi_generate_content_setup: holds more than {most} bytes")
        if len(lock or b"") + len(asked.field_mask.encode()) > most:
            raise RemoteProtocolError(f"field_mask: is longer than the {most} bytes allow that the setup leaves")
        return lock

    def _end(self, name: str, asked: float | None, usual_s: float, now: float) -> float:
        longest = self._tokens.lifetime_s_max
        end = now + usual_s if asked is None else asked
        if end <= now:
            raise RemoteProtocolError(f"{name}: must be in the future")
        if end > now + longest:
            raise RemoteProtocolError(f"{name}: must be at most {longest / 3_600:g} hours ahead")
        return end
