"""A package index, or a hub, on loopback: serves bytes, cuts connections, remembers what was asked."""

import hashlib
import io
import socket
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WAIT_S = 20.0


@dataclass
class Asked:
    path: str
    range: str | None
    headers: dict[str, str]
    sent: int = 0


@dataclass
class Host:
    port: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, list[int]] = field(default_factory=dict)
    """Answers given before the file is."""
    cuts: dict[str, list[int]] = field(default_factory=dict)
    """For each coming request, the bytes after which the connection is cut."""
    stalls: dict[str, int] = field(default_factory=dict)
    """Bytes after which nothing is sent until `go_on` is set."""
    stalled: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    resumes: bool = True
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def requests_of(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]

    def add_wheel(self, package: str, version: str, members: dict[str, bytes]) -> str:
        """Publish a wheel and a project page that states its sum; gives the wheel's path."""
        filename = f"{package.replace('-', '_')}-{version}-py3-none-any.whl"
        body, path = wheel(members), f"/files/{filename}"
        self.files[path] = body
        self.files[f"/simple/{package}/"] = f'<a href="../..{path}#sha256={sum_of(body)}">{filename}</a>'.encode()
        self.types[f"/simple/{package}/"] = "text/html"
        return path


def sum_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def wheel(members: dict[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return body.getvalue()


@contextmanager
def serving() -> Iterator[Host]:
    host = Host()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, host)

        def log_message(self, format: str, *args: object) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = False
        block_on_close = True

        def handle_error(self, request: object, client_address: object) -> None: ...

    server = Server(("127.0.0.1", 0), Answers)
    host.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield host
    finally:
        host.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join(WAIT_S)


def closed_port() -> int:
    """A port of loopback nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _answer(request: BaseHTTPRequestHandler, host: Host) -> None:
    path = request.path.partition("?")[0]
    asked = Asked(path, request.headers.get("Range"), dict(request.headers))
    host.asked.append(asked)
    statuses = host.statuses.get(path, [])
    if statuses or path not in host.files:
        request.send_error(statuses.pop(0) if statuses else 404)
        return
    body, start = host.files[path], 0
    if asked.range and host.resumes:
        start = int(asked.range.removeprefix("bytes=").removesuffix("-"))
        if start >= len(body):
            request.send_error(416)
            return
        request.send_response(206)
        request.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
    else:
        request.send_response(200)
    request.send_header("Content-Length", str(len(body) - start))
    request.send_header("Content-Type", host.types.get(path, "application/octet-stream"))
    request.end_headers()
    _send(request, host, asked, body[start:])


def _send(request: BaseHTTPRequestHandler, host: Host, asked: Asked, body: bytes) -> None:
    cuts = host.cuts.get(asked.path, [])
    if cuts:
        body = body[: cuts.pop(0)]
    stall = host.stalls.pop(asked.path, None)
    if stall is not None:
        request.wfile.write(body[:stall])
        request.wfile.flush()
        host.stalled.set()
        host.go_on.wait(WAIT_S)
        asked.sent += stall
        body = body[stall:]
    request.wfile.write(body)
    asked.sent += len(body)
