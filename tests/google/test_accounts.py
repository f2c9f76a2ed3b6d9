"""The token service, as google-auth meets it."""

import asyncio
from pathlib import Path

import google.auth
import pytest
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.oauth2 import service_account

from tests.google.accounts import QUOTA_PROJECT, SCOPE, Accounts, new_key
from tests.google.fake import FakeGoogle


async def test_gives_a_service_account_a_token(google: FakeGoogle) -> None:
    account = service_account.Credentials.from_service_account_file(google.service_account(), scopes=[SCOPE])
    await asyncio.to_thread(account.refresh, Request())
    assert google.accounts.is_good(account.token)
    google.accounts.revoke()
    assert not google.accounts.is_good(account.token)


async def test_gives_a_user_who_logged_in_a_token(google: FakeGoogle) -> None:
    google.login()
    account, project = google_auth_default()
    await asyncio.to_thread(account.refresh, Request())
    assert google.accounts.is_good(account.token)
    assert (account.quota_project_id, project) == (QUOTA_PROJECT, None)
    assert google.accounts.refreshes == ["refresh_token"]


async def test_tokens_end(google: FakeGoogle) -> None:
    google.accounts.lifetime_s = 0
    google.login()
    account, _ = google_auth_default()
    await asyncio.to_thread(account.refresh, Request())
    assert not google.accounts.is_good(account.token)


@pytest.mark.parametrize("scopes", [[SCOPE], ["https://www.googleapis.com/auth/drive"]])
async def test_knows_keys_and_scopes(google: FakeGoogle, tmp_path: Path, scopes: list[str]) -> None:
    stranger = Accounts(key=new_key()) if scopes == [SCOPE] else google.accounts
    file = stranger.write_service_account(tmp_path / "key.json")
    account = service_account.Credentials.from_service_account_file(file, scopes=scopes)
    with pytest.raises(RefreshError, match="invalid_grant"):
        await asyncio.to_thread(account.refresh, Request())
    assert google.accounts.refreshes == []


def google_auth_default() -> tuple:
    return google.auth.default(scopes=[SCOPE])
