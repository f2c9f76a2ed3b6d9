"""Google's own credentials: found, kept fresh and renewed by google-auth.

Import it late: google-auth takes a fifth of a second, and only those who talk to Vertex need it.
"""

import asyncio
import functools
import logging
import os
import re
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import google.auth
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import Request

from antiphon.errors import AntiphonError, ConnectionRefused, NoAnswer, SettingsError, Step

CREDENTIALS = "GOOGLE_APPLICATION_CREDENTIALS"
LOGIN = "`gcloud auth application-default login`"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
FRESH_S = 300.0
"""Left of an access token's life at which it is replaced, so that none ends during a handshake."""
REQUEST_WAIT_S = 10.0
"""For one answer of the token service."""
REFRESH_WAIT_S = 30.0
"""For a new access token, with the attempts google-auth makes by itself."""

_LOST = 1006
_USER = "the application default credentials"
_ADVISERS = [logging.getLogger(f"google.auth.{name}") for name in ("_default", "compute_engine._metadata")]
_ERROR_CODE = re.compile(r"[a-z_]{3,40}(?=:|$)")


class Account(Protocol):
    """What of google-auth's credentials is used."""

    token: str | None
    expiry: datetime | None
    """In UTC, without saying so; None is never."""

    @property
    def quota_project_id(self) -> str | None: ...

    def refresh(self, request: Callable[..., object]) -> None: ...


class GoogleAccount:
    """An access token that is never about to expire. May be used from several tasks and event loops."""

    def __init__(self, account: Account, *, wait_s: float = REFRESH_WAIT_S) -> None:
        self._account = account
        self._wait_s = wait_s
        self._refreshes = 0
        self._one_at_a_time = threading.Lock()

    @property
    def what(self) -> str:
        email = getattr(self._account, "service_account_email", None)
        return f"the service account {email}" if email else _USER

    @property
    def expires(self) -> datetime | None:
        return None if self._account.expiry is None else self._account.expiry.replace(tzinfo=UTC)

    async def headers(self) -> dict[str, str]:
        if not self._is_fresh():
            await self._refreshed(unless=self._is_fresh)
        quota = self._account.quota_project_id
        user_project = {"x-goog-user-project": quota} if quota else {}
        return {"Authorization": f"Bearer {self._account.token}"} | user_project

    async def renew(self) -> bool:
        before = self._refreshes
        await self._refreshed(unless=lambda: self._refreshes > before)
        return True

    def _is_fresh(self) -> bool:
        if self._account.token is None:
            return False
        now = datetime.now(UTC).replace(tzinfo=None)
        return self._account.expiry is None or self._account.expiry - now > timedelta(seconds=FRESH_S)

    async def _refreshed(self, unless: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(self._wait_s):
                await asyncio.to_thread(self._refresh, unless)
        except TimeoutError:
            raise NoAnswer(f"Google gave no access token within {self._wait_s:g} s") from None

    def _refresh(self, unless: Callable[[], bool]) -> None:
        """Get another access token, unless somebody else did while this thread waited for its turn."""
        with self._one_at_a_time:
            if unless():
                return
            request = Request()
            try:
                self._account.refresh(functools.partial(request, timeout=REQUEST_WAIT_S))
            except (GoogleAuthError, ValueError, OSError) as error:
                raise _explained(error, self.what) from None
            finally:
                request.session.close()
            self._refreshes += 1


def find_account() -> tuple[GoogleAccount, str | None]:
    """Look for application default credentials as google-auth does, in this process's environment.

    Gives them and the project they belong to, where they say. Blocks: it reads files, and may ask gcloud and the
    metadata server. Raises SettingsError.
    """
    try:
        with _without_advice():
            account, project = google.auth.default(scopes=[SCOPE])
    except (GoogleAuthError, ValueError, OSError):
        raise SettingsError(_not_found(os.environ)) from None
    return GoogleAccount(account), project


@contextmanager
def _without_advice() -> Iterator[None]:
    """Silence google-auth on what is missing; whoever asked says it better."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        for log in _ADVISERS:
            log.addFilter(_nothing)
        try:
            yield
        finally:
            for log in _ADVISERS:
                log.removeFilter(_nothing)


def _nothing(_: logging.LogRecord) -> bool:
    return False


def _not_found(environment: Mapping[str, str]) -> str:
    """Say what is missing. What google-auth says is not repeated: it may quote the file."""
    named = environment.get(CREDENTIALS)
    if not named:
        return f"credentials ({CREDENTIALS} is not set, and gcloud keeps no login): {LOGIN}"
    why = "is no file of Google credentials" if Path(named).is_file() else "is no file"
    return f"credentials ({CREDENTIALS} names {named}, which {why}): correct or unset it, then {LOGIN}"


def _explained(error: Exception, what: str) -> AntiphonError:
    """Turn what google-auth raises into an error of ours; of a server's text only the error code is repeated."""
    cause = error.__cause__ or error.__context__ or error
    if isinstance(error, TransportError) or isinstance(cause, TransportError) or getattr(error, "retryable", False):
        return _unreachable(cause)
    said = _ERROR_CODE.match(str(error.args[0])) if error.args else None
    code = f" ({said[0]})" if said else ""
    if what == _USER:
        return SettingsError(f"Google gives {what} no access token{code}: log in again with {LOGIN}")
    return SettingsError(
        f"Google gives {what} no access token{code}: look whether its key is still good and this machine's clock "
        f"is right, or come as yourself: unset {CREDENTIALS}, then {LOGIN}"
    )


def _unreachable(cause: BaseException) -> ConnectionRefused:
    name = type(cause).__name__
    if name == "SSLError":
        hint = "its certificate is not trusted; REQUESTS_CA_BUNDLE may name its issuer"
        return ConnectionRefused(_LOST, f"Google's token service cannot be asked: {hint}", Step.CERTIFICATE)
    return ConnectionRefused(_LOST, f"Google's token service cannot be asked now ({name})", Step.REACH)
