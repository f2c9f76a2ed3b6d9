import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from google.auth import default
from google.auth.exceptions import RefreshError, TransportError

from antiphon.client.endpoint import resolve
from antiphon.client.google_account import FRESH_S, SCOPE, GoogleAccount, find_account
from antiphon.errors import ConnectionRefused, NoAnswer, SettingsError, Step
from tests.google.accounts import EMAIL, EXCHANGE_GRANT, JWT_GRANT, QUOTA_PROJECT
from tests.google.fake import FakeGoogle
from tests.google.handshake import PROJECT
from tests.google.metadata import metadata_server
from tests.google.raw import opened


@pytest.fixture
async def account(google: FakeGoogle, monkeypatch: pytest.MonkeyPatch) -> GoogleAccount:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(google.service_account()))
    return find_account()[0]


async def test_a_service_account_comes_with_a_token(google: FakeGoogle, account: GoogleAccount) -> None:
    headers = await account.headers()
    assert list(headers) == ["Authorization"]
    assert google.accounts.is_good(headers["Authorization"].removeprefix("Bearer "))
    assert account.what == f"the service account {EMAIL}"
    assert find_account()[1] == PROJECT


async def test_a_login_comes_with_its_quota_project(google: FakeGoogle) -> None:
    google.login()
    account, project = find_account()
    headers = await account.headers()
    assert google.accounts.is_good(headers["Authorization"].removeprefix("Bearer "))
    assert headers["x-goog-user-project"] == QUOTA_PROJECT
    assert (project, google.accounts.refreshes) == (None, ["refresh_token"])
    assert account.what == "the application default credentials"


async def test_a_workload_elsewhere_exchanges_its_token(google: FakeGoogle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(google.workload()))
    account, project = find_account()
    headers = await account.headers()
    assert google.accounts.is_good(headers["Authorization"].removeprefix("Bearer "))
    assert (project, google.accounts.refreshes) == (None, [EXCHANGE_GRANT])


async def test_a_cloud_machine_asks_its_metadata_server(google: FakeGoogle) -> None:
    """In a process of its own: google-auth reads where that server is when it is imported."""
    program = (
        "import asyncio\n"
        "from antiphon.client.google_account import find_account\n"
        "account, project = find_account()\n"
        "print(project, asyncio.run(account.headers())['Authorization'])\n"
    )
    with metadata_server(google.accounts) as host:
        told = google.environment(GCE_METADATA_HOST=host, GCE_METADATA_IP=host, NO_GCE_CHECK="")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, env=told, stdout=PIPE, stderr=PIPE
        )
        async with asyncio.timeout(60):
            out, err = await process.communicate()
    assert err == b""
    project, _, token = out.decode().split()
    assert project == PROJECT
    assert google.accounts.is_good(token)


@pytest.mark.parametrize(("lifetime_s", "refreshes"), [(FRESH_S - 1, 2), (FRESH_S + 60, 1)])
async def test_a_token_is_replaced_before_it_ends(
    google: FakeGoogle, account: GoogleAccount, lifetime_s: float, refreshes: int
) -> None:
    google.accounts.lifetime_s = int(lifetime_s)
    first, second = await account.headers(), await account.headers()
    assert (first != second) is (refreshes == 2)
    assert len(google.accounts.refreshes) == refreshes


async def test_a_refused_token_is_renewed(google: FakeGoogle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(google.service_account()))
    found = resolve("vertex", location="us-central1")
    setup = {"model": found.model_name(None)}
    await found.credentials.headers()
    google.accounts.revoke()
    with pytest.raises(Exception, match="HTTP 401"):
        await opened(found.url, await found.credentials.headers(), setup)
    assert await found.credentials.renew() is True
    assert isinstance(await opened(found.url, await found.credentials.headers(), setup), dict)
    assert google.accounts.refreshes == [JWT_GRANT, JWT_GRANT]


@pytest.mark.parametrize("ask", [GoogleAccount.headers, GoogleAccount.renew])
async def test_those_who_ask_at_once_share_one_refresh(
    google: FakeGoogle, account: GoogleAccount, ask: Callable[[GoogleAccount], Awaitable[object]]
) -> None:
    await asyncio.gather(*(ask(account) for _ in range(5)))
    assert google.accounts.refreshes == [JWT_GRANT]


def test_serves_one_event_loop_after_the_other() -> None:
    """A blocking wrapper runs a loop for every session."""
    calm = GoogleAccount(_Account())
    assert asyncio.run(calm.headers()) == asyncio.run(calm.headers())


async def test_a_key_that_is_no_good_any_more(google: FakeGoogle, account: GoogleAccount) -> None:
    google.accounts.refuse = (400, {"error": "invalid_grant", "error_description": "s3cret"})
    with pytest.raises(SettingsError) as raised:
        await account.headers()
    assert str(raised.value) == (
        f"Google gives the service account {EMAIL} no access token (invalid_grant): look whether its key is still "
        "good and this machine's clock is right, or come as yourself: unset GOOGLE_APPLICATION_CREDENTIALS, then "
        "`gcloud auth application-default login`"
    )


async def test_a_login_that_has_run_out(google: FakeGoogle) -> None:
    google.login()
    google.accounts.refuse = (400, {"error": "invalid_grant", "error_description": "s3cret"})
    with pytest.raises(SettingsError) as raised:
        await find_account()[0].headers()
    assert str(raised.value) == (
        "Google gives the application default credentials no access token (invalid_grant): log in again with "
        "`gcloud auth application-default login`"
    )


async def test_a_token_service_that_does_not_answer(google: FakeGoogle) -> None:
    google.login()
    google.accounts.go_on.clear()
    impatient = GoogleAccount(default(scopes=[SCOPE])[0], wait_s=0.05)
    with pytest.raises(NoAnswer, match=r"no access token within 0\.05 s"):
        await impatient.headers()
    google.accounts.go_on.set()
    assert await GoogleAccount(default(scopes=[SCOPE])[0]).headers()


async def test_a_token_service_that_cannot_be_reached(
    google: FakeGoogle, account: GoogleAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    with pytest.raises(ConnectionRefused, match=r"cannot be asked now \(ProxyError\)") as raised:
        await account.headers()
    assert (raised.value.code, raised.value.step) == (1006, Step.REACH)


async def test_a_token_service_that_is_not_trusted(
    google: FakeGoogle, account: GoogleAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(ConnectionRefused, match="REQUESTS_CA_BUNDLE may name its issuer") as raised:
        await account.headers()
    assert raised.value.step is Step.CERTIFICATE


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RefreshError("busy", retryable=True), ConnectionRefused),
        (TransportError("gone"), ConnectionRefused),
        (RefreshError("s3cret text, {}"), SettingsError),
        (RefreshError(), SettingsError),
        (ValueError("s3cret"), SettingsError),
    ],
)
async def test_what_google_auth_raises_becomes_ours(error: Exception, kind: type[Exception]) -> None:
    with pytest.raises(kind) as raised:
        await GoogleAccount(_Account(error)).headers()
    assert type(raised.value) is kind
    assert "s3cret" not in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "which is no file)"),
        ("{", "which is no file of Google credentials)"),
        ('{"type": "s3cret"}', "which is no file of"),
    ],
)
async def test_says_what_is_wrong_with_the_file(
    google: FakeGoogle, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None, why: str
) -> None:
    file = tmp_path / "key.json"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    with pytest.raises(SettingsError) as raised:
        find_account()
    assert f"GOOGLE_APPLICATION_CREDENTIALS names {file}, {why}" in str(raised.value)
    assert "s3cret" not in str(raised.value)


async def test_a_broken_private_key_is_not_shown(
    google: FakeGoogle, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = google.service_account()
    file.write_text(file.read_text().replace("BEGIN PRIVATE KEY-----", "BEGIN PRIVATE KEY-----s3cret"))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    with pytest.raises(SettingsError, match="no file of Google credentials") as raised:
        find_account()
    assert "s3cret" not in str(raised.value)


async def test_shows_no_token(account: GoogleAccount) -> None:
    token = (await account.headers())["Authorization"].removeprefix("Bearer ")
    assert token not in repr(account)
    assert token not in str(account)


class _Account:
    """Credentials that need no network."""

    quota_project_id = None

    def __init__(self, error: Exception | None = None) -> None:
        self.token: str | None = None
        self.expiry: datetime | None = None
        self._error = error

    def refresh(self, _: Callable[..., object]) -> None:
        if self._error is not None:
            raise self._error
        self.token = "t"
        self.expiry = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=1)
