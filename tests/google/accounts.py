"""Google's token service: gives service accounts and users who logged in tokens that live a short while."""

import json
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import jwt

from tests.google.handshake import PROJECT

HOST = "oauth2.googleapis.com"
URL = f"https://{HOST}/token"
EXCHANGE_HOST = "sts.googleapis.com"
EXCHANGE_URL = f"https://{EXCHANGE_HOST}/v1/token"
EMAIL = f"voice@{PROJECT}.iam.gserviceaccount.com"
QUOTA_PROJECT = "billing-lamp-200"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
WAIT_S = 10.0

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EXCHANGE_GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
_SUBJECT = {"subject_token": "fake-subject", "subject_token_type": "urn:ietf:params:oauth:token-type:jwt"}
_USER = {"client_id": "fake.apps.googleusercontent.com", "client_secret": "fake-secret", "refresh_token": "1//fake"}
_REFUSED = {"error": "invalid_grant", "error_description": "Bad Request"}
SERVE_POLL_S = 0.05


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65_537, 2_048)


@dataclass
class Accounts:
    """What the service knows, has given, and is to do."""

    lifetime_s: int = 3_600
    """Of the tokens it gives."""
    refreshes: list[str] = field(default_factory=list)
    """The grant type of every token given."""
    refuse: tuple[int, dict[str, str]] | None = None
    """Answer everybody with this status and body."""
    go_on: Event = field(default_factory=Event)
    """While it is not set nobody is answered."""
    _expiry: dict[str, float] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = field(default_factory=cache(new_key), repr=False)
    """Of the service account: the same in every fake, for making one takes a while."""

    def __post_init__(self) -> None:
        self.go_on.set()

    def is_good(self, token: str) -> bool:
        return self._expiry.get(token, 0.0) > time.time()

    def revoke(self) -> None:
        """Make every token given so far worthless, as an administrator may."""
        self._expiry.clear()

    def answer(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        """Answer a request for a token with a status and a body."""
        if not self.go_on.wait(WAIT_S):
            return 504, {}
        if self.refuse is not None:
            return self.refuse[0], dict(self.refuse[1])
        if not self._is_known(form):
            return 400, dict(_REFUSED)
        return 200, self.give(form["grant_type"])

    def give(self, grant: str) -> dict[str, object]:
        """Give a token, and count it."""
        self.refreshes.append(grant)
        token = f"ya29.fake-{len(self.refreshes)}"
        self._expiry[token] = time.time() + self.lifetime_s
        issued = {"issued_token_type": "urn:ietf:params:oauth:token-type:access_token"}
        return {"access_token": token, "expires_in": self.lifetime_s, "token_type": "Bearer"} | issued

    def _is_known(self, form: dict[str, str]) -> bool:
        if form.get("grant_type") == "refresh_token":
            return all(form.get(name) == value for name, value in _USER.items())
        if form.get("grant_type") == EXCHANGE_GRANT:
            return all(form.get(name) == value for name, value in _SUBJECT.items())
        if form.get("grant_type") != JWT_GRANT:
            return False
        public = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        try:
            claims = jwt.decode(form["assertion"], certs={"fake-key": public}, audience=URL)
        except ValueError:
            return False
        return claims["iss"] == EMAIL and SCOPE in claims["scope"].split()

    def write_service_account(self, file: Path, *, project: str | None = PROJECT) -> Path:
        """Write the key file of the service account."""
        private = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        stated = {
            "type": "service_account",
            "client_email": EMAIL,
            "client_id": "100",
            "private_key_id": "fake-key",
            "private_key": private.decode(),
            "token_uri": URL,
        }
        file.write_text(json.dumps(stated | ({"project_id": project} if project else {})))
        return file

    @staticmethod
    def write_login(file: Path, *, quota_project: str | None = QUOTA_PROJECT) -> Path:
        """Write what `gcloud auth application-default login` leaves behind."""
        quota = {"quota_project_id": quota_project} if quota_project else {}
        file.write_text(json.dumps({"type": "authorized_user"} | _USER | quota))
        return file

    @staticmethod
    def write_workload(file: Path) -> Path:
        """Write the configuration of a workload elsewhere, which exchanges a token of its own for one of Google's."""
        subject = file.with_name("subject_token")
        subject.write_text(_SUBJECT["subject_token"])
        stated = {
            "type": "external_account",
            "audience": "//iam.googleapis.com/locations/global/workforcePools/fake/providers/fake",
            "subject_token_type": _SUBJECT["subject_token_type"],
            "token_url": EXCHANGE_URL,
            "credential_source": {"file": str(subject)},
        }
        file.write_text(json.dumps(stated))
        return file


@contextmanager
def token_service(accounts: Accounts, context: ssl.SSLContext) -> Iterator[int]:
    """Serve on a free loopback port, in a thread: whoever asks for a token may block the event loop. Gives the port."""

    class Handler(BaseHTTPRequestHandler):
        timeout = WAIT_S

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            known = f"https://{self.headers['host']}{self.path}" in {URL, EXCHANGE_URL}
            status, answer = accounts.answer(form) if known else (404, {})
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = _Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = Thread(target=server.serve_forever, args=(SERVE_POLL_S,), name="token service", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        accounts.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join(WAIT_S)


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Let clients go that do not trust the certificate, or do not wait."""
