"""The whole of it: `async with fake_google() as google`, and `google.environment()` for whoever is to find it."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from tests.google import accounts as token_accounts
from tests.google.accounts import Accounts, token_service
from tests.google.authority import Authority
from tests.google.failures import NO_SESSION, Failure, When
from tests.google.handshake import Caller, Door, Turned, enter
from tests.google.live import Peer, Script, attend
from tests.google.proxy import Proxy, connect_proxy
from tests.google.steps import answering
from tests.google.strict import Refused

CLOSE_S = 1.0
SWITCHES = ("GOOGLE_GENAI_USE_ENTERPRISE", "GOOGLE_GENAI_USE_VERTEXAI")
"""These say something even when they are empty: whoever inherits an environment deletes them."""
_VARIABLES = (
    "GOOGLE_API_KEY",
    "GEMINI_API_KEY",
    "GOOGLE_CLOUD_PROJECT",
    "GOOGLE_CLOUD_LOCATION",
    "GOOGLE_CLOUD_QUOTA_PROJECT",
    "GOOGLE_GENAI_API_VERSION",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "ANTIPHON_ENDPOINT",
    "GOOGLE_GEMINI_BASE_URL",
    "GOOGLE_VERTEX_BASE_URL",
    "no_proxy",
    "NO_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "wss_proxy",
    "socks_proxy",
)


@dataclass
class FakeGoogle:
    """The running fake."""

    folder: Path
    accounts: Accounts
    proxy: Proxy
    scripts: list[Script] = field(default_factory=list)
    """One for each client that is let in, in order; the last one is for all that follow. None is `answering`."""
    refusals: list[Failure | None] = field(default_factory=list)
    """What answers the handshakes in order, where it is a failure; the credentials decide about the rest."""
    callers: list[Caller] = field(default_factory=list)
    """Every handshake, the refused ones too."""
    peers: list[Peer] = field(default_factory=list)
    """Every connection that was upgraded."""
    handles: set[str] = field(default_factory=set)
    """That resume a session beside those given by scripts; `forget_handles` empties both."""

    @property
    def peer(self) -> Peer:
        """The latest."""
        return self.peers[-1]

    def forget_handles(self) -> None:
        self.handles.clear()
        for peer in self.peers:
            peer.handles.clear()

    def resume(self, handle: str) -> None:
        """Take a session up again. Raises Refused: the handle is unknown, or the session has its client still."""
        giver = next((peer for peer in self.peers if handle in peer.handles), None)
        if giver is None and handle not in self.handles:
            raise Refused(NO_SESSION, 1008)
        if giver is not None and giver.is_open:
            raise Refused("Internal error encountered.", 1011)

    def environment(self, *, credentials: Path | None = None, **more: str) -> dict[str, str]:
        """Give the variables by which a process finds the fake where Google is, and no credentials but these.

        Those that are not to be set are empty, so that nothing of this machine shines through.
        """
        authority = str(self.folder / "authority.pem")
        return dict.fromkeys(_VARIABLES, "") | {
            "https_proxy": self.proxy.url,
            "HTTPS_PROXY": self.proxy.url,
            "SSL_CERT_FILE": authority,
            "REQUESTS_CA_BUNDLE": authority,
            "NO_GCE_CHECK": "true",
            "CLOUDSDK_CONFIG": str(self.folder / "gcloud"),
            "GOOGLE_APPLICATION_CREDENTIALS": "" if credentials is None else str(credentials),
            **more,
        }

    def service_account(self, *, with_project: bool = True) -> Path:
        """Write a service account's key file, for `environment(credentials=...)`."""
        project = token_accounts.PROJECT if with_project else None
        return self.accounts.write_service_account(self.folder / "service_account.json", project=project)

    def workload(self) -> Path:
        """Write the configuration of a workload outside Google's cloud, for `environment(credentials=...)`."""
        return self.accounts.write_workload(self.folder / "workload.json")

    def login(self, **options: str | None) -> Path:
        """Log in as a user, where gcloud keeps it: found without any variable."""
        return self.accounts.write_login(self.folder / "gcloud" / "application_default_credentials.json", **options)


@asynccontextmanager
async def fake_google(*scripts: Script) -> AsyncIterator[FakeGoogle]:
    """Serve Google's names behind a proxy on loopback."""
    authority, accounts = Authority(), Accounts()
    ports: dict[str, int] = {}

    def route(host: str) -> int | None:
        return ports.get(host, ports["live"]) if host.endswith(".googleapis.com") else None

    with (
        tempfile.TemporaryDirectory() as folder,
        token_service(accounts, authority.context()) as ports[token_accounts.HOST],
    ):
        ports[token_accounts.EXCHANGE_HOST] = ports[token_accounts.HOST]
        authority.write(Path(folder) / "authority.pem")
        (Path(folder) / "gcloud").mkdir()
        async with connect_proxy(route) as proxy:
            google = FakeGoogle(Path(folder), accounts, proxy, list(scripts))
            async with _serving(google, authority) as ports["live"]:
                yield google


@asynccontextmanager
async def _serving(google: FakeGoogle, authority: Authority) -> AsyncIterator[int]:
    def gatekeeper(connection: ServerConnection, request: Request) -> Response | None:
        sni = authority.asked(connection.transport.get_extra_info("ssl_object"))
        headers = {name.lower(): value for name, value in request.headers.raw_items()}
        caller = Caller.of(sni, request.path, headers)
        google.callers.append(caller)
        door = _refusal(google) or enter(caller, google.accounts.is_good)
        if isinstance(door, Turned) and door.at_handshake:
            return connection.respond(HTTPStatus(door.code), door.reason)
        google.peers.append(Peer(caller, door, connection))
        return None

    async def serve_one(connection: ServerConnection) -> None:
        peer = next(peer for peer in google.peers if peer.socket is connection)
        let_in = [peer for peer in google.peers if isinstance(peer.door, Door)]
        number = let_in.index(peer) if peer in let_in else 0
        scripts = google.scripts or [answering]
        await attend(peer, scripts[min(number, len(scripts) - 1)], google.resume)

    server = serve(
        serve_one,
        "127.0.0.1",
        0,
        ssl=authority.context(),
        process_request=gatekeeper,
        max_size=None,
        close_timeout=CLOSE_S,
        ping_interval=None,
    )
    async with server as running:
        yield next(iter(running.sockets)).getsockname()[1]


def _refusal(google: FakeGoogle) -> Turned | None:
    failure = google.refusals.pop(0) if google.refusals else None
    if failure is None:
        return None
    assert failure.when in {When.HANDSHAKE, When.OPENED}, "anything later is a step of a script"
    return Turned(failure.code, failure.reason)
