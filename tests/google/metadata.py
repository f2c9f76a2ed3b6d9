"""The metadata server of a machine in Google's cloud: it gives the service account's tokens to whoever runs there."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

from tests.google.accounts import EMAIL, SERVE_POLL_S, WAIT_S, Accounts
from tests.google.handshake import PROJECT

_ROOT = "/computeMetadata/v1"
_ACCOUNT = f"{_ROOT}/instance/service-accounts"


@contextmanager
def metadata_server(accounts: Accounts) -> Iterator[str]:
    """Serve on a free loopback port, without TLS as the real one does; gives `host:port`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            asked_rightly = self.headers["Metadata-Flavor"] == "Google"
            text = _answer(accounts, path) if asked_rightly else None
            kind = "application/json" if text and text.startswith("{") else "application/text"
            self.send_response(404 if text is None else 200)
            self.send_header("Metadata-Flavor", "Google")
            self.send_header("content-type", kind)
            self.end_headers()
            self.wfile.write((text or "").encode())

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(SERVE_POLL_S,), name="metadata server", daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join(WAIT_S)


def _answer(accounts: Accounts, path: str) -> str | None:
    if path in {"", "/"}:
        return ""
    if path == f"{_ROOT}/project/project-id":
        return PROJECT
    if path == f"{_ACCOUNT}/default/":
        return json.dumps({"email": EMAIL, "scopes": [], "aliases": ["default"]})
    if path in {f"{_ACCOUNT}/default/token", f"{_ACCOUNT}/{EMAIL}/token"}:
        return json.dumps(accounts.give("metadata"))
    return None
