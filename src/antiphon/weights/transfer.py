"""Fetch one file over HTTP, going on where an earlier attempt, or an earlier run, stopped.

What has arrived lies in `<file>.part`. It is only gone on with when the sum of the whole is known
beforehand, so bytes of two different files can never be joined unnoticed.
"""

import hashlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import httpx

from antiphon.config import Weights
from antiphon.errors import WeightsError, WrongFile, without_secrets
from antiphon.weights.pip_settings import credentials

_T = TypeVar("_T")
_BACKOFF_S_MAX = 15.0
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""HTTP statuses worth another attempt."""


class Progress(Protocol):
    """Is told how a fetch goes. All calls come from one thread."""

    def begin(self, label: str, bytes_done: int, bytes_total: int | None) -> None:
        """A file starts, or goes on after an interruption; the total may be unknown."""

    def advance(self, bytes_new: int) -> None:
        """That many more bytes have arrived."""

    def end(self) -> None:
        """The file begun last is here."""

    def say(self, text: str) -> None:
        """Something its user should know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """One file to fetch."""

    url: httpx.URL
    label: str
    sha256: str | None
    """Of the file; None when nobody states it: then an interrupted fetch starts over."""
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of an index."""

    url: httpx.URL
    """Where it was in the end, after redirects."""
    content_type: str
    body: bytes


class Transfer:
    """Fetches files and pages, one at a time."""

    def __init__(
        self,
        client: httpx.Client,
        limits: Weights,
        progress: Progress,
        *,
        environ: Mapping[str, str] = os.environ,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._limits = limits
        self._progress = progress
        self._environ = environ
        self._sleep = sleep
        self._arrived: set[Path] = set()

    def fetch(self, remote: Remote, to: Path) -> None:
        """Have the file at `to`; nothing is sent for one that is there.

        Raises WeightsError when it cannot be had, WrongFile when its sum is wrong.
        """
        if to in self._arrived and to.exists():
            return
        if to.exists() and not self._drop_wrong(to, remote):
            return
        to.parent.mkdir(parents=True, exist_ok=True)
        part = to.with_name(f"{to.name}.part")
        if remote.sha256 is None:
            part.unlink(missing_ok=True)
        resumed = _size(part) > 0
        self._receive(remote, part)
        if resumed and self._drop_wrong(part, remote):
            self._progress.say(f"{remote.label}: what an earlier run had fetched was damaged; starting over")
            self._receive(remote, part)
        if remote.sha256 and self._drop_wrong(part, remote):
            raise WrongFile(f"{without_secrets(remote.url)} has a wrong sum")
        part.replace(to)
        self._arrived.add(to)
        self._progress.end()

    def read(self, url: httpx.URL, *, accept: str) -> Page:
        """Read a whole page; raises WeightsError when it cannot be had."""
        return self._persist(url, "", lambda: self._page(url, accept), arrived=lambda: 0)

    def _drop_wrong(self, path: Path, remote: Remote) -> bool:
        """Whether the file is not known to be the promised one; it is deleted then."""
        if remote.sha256:
            with path.open("rb") as source:
                if hashlib.file_digest(source, "sha256").hexdigest() == remote.sha256:
                    return False
        path.unlink()
        return True

    def _receive(self, remote: Remote, part: Path) -> None:
        """Fill `part`, going on after each fault where the last attempt stopped."""
        self._persist(remote.url, f"{remote.label}: ", lambda: self._attempt(remote, part), arrived=lambda: _size(part))

    def _persist(self, url: httpx.URL, label: str, attempt: Callable[[], _T], *, arrived: Callable[[], int]) -> _T:
        """Try until it works, or until too many attempts in a row brought no new byte."""
        failures = 0
        while True:
            had = arrived()
            try:
                return attempt()
            except httpx.HTTPError as error:
                failures = 1 if arrived() > had else failures + 1
                if failures > self._limits.retries_max:
                    raise WeightsError(f"{without_secrets(url)}: {_reason(error)}") from None
                self._progress.say(f"{label}{without_secrets(url)}: {_reason(error)}; trying again")
                self._sleep(min(_BACKOFF_S_MAX, self._limits.backoff_s * 2.0 ** (failures - 1)))

    def _attempt(self, remote: Remote, part: Path) -> None:
        """Receive what is missing. Raises httpx.HTTPError for a fault that may pass."""
        had = _size(part) if remote.sha256 else 0
        headers = {**remote.headers, "Range": f"bytes={had}-"} if had else dict(remote.headers)
        auth = credentials(remote.url, self._environ)
        with self._client.stream("GET", remote.url, headers=headers, auth=auth) as response:
            if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE and had:
                return  # nothing is left to send; the sum tells whether that is so
            _refuse_failure(response, remote.url)
            goes_on = response.headers.get("Content-Range", "").startswith(f"bytes {had}-")
            self._write(response, remote, part, had if goes_on else 0)

    def _write(self, response: httpx.Response, remote: Remote, part: Path, done: int) -> None:
        announced = response.headers.get("Content-Length", "")
        total = done + int(announced) if announced.isdecimal() else None
        self._progress.begin(remote.label, done, total)
        with part.open("ab" if done else "wb", buffering=0) as target:  # a killed run loses nothing it received
            for piece in response.iter_raw():
                done += len(piece)
                if max(done, total or 0) > self._limits.package_bytes_max:
                    raise WeightsError(
                        f"{without_secrets(remote.url)} is longer than {self._limits.package_bytes_max} bytes"
                    )
                target.write(piece)
                self._progress.advance(len(piece))

    def _page(self, url: httpx.URL, accept: str) -> Page:
        body = bytearray()
        auth = credentials(url, self._environ)
        with self._client.stream("GET", url, headers={"Accept": accept}, auth=auth) as response:
            _refuse_failure(response, url)
            for piece in response.iter_bytes():
                body += piece
                if len(body) > self._limits.page_bytes_max:
                    raise WeightsError(f"{without_secrets(url)} is longer than {self._limits.page_bytes_max} bytes")
        return Page(url=response.url, content_type=response.headers.get("Content-Type", ""), body=bytes(body))


def _refuse_failure(response: httpx.Response, url: httpx.URL) -> None:
    """Raise httpx.HTTPError for a status that may pass, WeightsError for one that stays."""
    if response.status_code in _PASSING:
        response.raise_for_status()
    if response.status_code not in {httpx.codes.OK, httpx.codes.PARTIAL_CONTENT}:
        raise WeightsError(f"{without_secrets(url)} answered {response.status_code} {response.reason_phrase}".rstrip())


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _reason(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"answered {error.response.status_code}"
    return f"{type(error).__name__} {error}".rstrip()
