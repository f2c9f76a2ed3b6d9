"""Stand-ins for Google credentials, so that a program written for the cloud starts without any.

The SDKs refuse to begin without an API key or, on Vertex, without default credentials that yield an access
token. The stand-in of the latter is a workload identity whose token exchange is a server of our own: the
one kind of credentials file whose token URL both Google auth libraries take from the file.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from antiphon.server.listen import bound_socket

KEY: Final = "placeholder-key-of-antiphon-run"
TOKEN: Final = "placeholder-token-of-antiphon-run"  # noqa: S105 - opens nothing

KEY_NAMES: Final = ("GOOGLE_API_KEY", "GEMINI_API_KEY")
_TOKEN_LIFETIME_S: Final = 3_600


@contextmanager
def placeholders(folder: Path, environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Give the variables of the credentials that are missing; files go into the folder.

    Keys that are set are left alone, and so are default credentials, named or in their well-known place.
    """
    missing = {} if any(environment.get(name) for name in KEY_NAMES) else dict.fromkeys(KEY_NAMES, KEY)
    if _has_default_credentials(environment):
        yield missing
        return
    with _exchange() as url:
        file = _write_default_credentials(folder, url)
        # No auth library is to look for the metadata server of a cloud machine instead.
        elsewhere = {"METADATA_SERVER_DETECTION": "none", "NO_GCE_CHECK": "true"}
        yield missing | elsewhere | {"GOOGLE_APPLICATION_CREDENTIALS": str(file)}


def _has_default_credentials(environment: Mapping[str, str]) -> bool:
    if environment.get("GOOGLE_APPLICATION_CREDENTIALS"):
        return True
    windows = environment.get("APPDATA")
    usual = Path(windows) if os.name == "nt" and windows else Path.home() / ".config"
    folder = Path(environment.get("CLOUDSDK_CONFIG") or usual / "gcloud")
    return (folder / "application_default_credentials.json").exists()


def _write_default_credentials(folder: Path, exchange_url: str) -> Path:
    subject = folder / "subject_token"
    subject.write_text(TOKEN)
    file = folder / "default_credentials.json"
    file.write_text(
        json.dumps(
            {
                "type": "external_account",
                "audience": "//iam.googleapis.com/locations/global/workforcePools/antiphon/providers/antiphon",
                "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
                "token_url": exchange_url,
                "credential_source": {"file": str(subject)},
            }
        )
    )
    return file


@contextmanager
def _exchange() -> Iterator[str]:
    """Answer token exchanges (RFC 8693) on a free loopback port; gives the URL."""
    app = Starlette(routes=[Route("/token", _give_token, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, ws="none"))
    with bound_socket("127.0.0.1", 0) as bound:
        thread = Thread(target=server.run, args=([bound],), name="token exchange", daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}/token"
        finally:
            server.should_exit = True
            thread.join()


async def _give_token(_: Request) -> Response:
    """Give the placeholder token to whoever asks."""
    return JSONResponse(
        {
            "access_token": TOKEN,
            "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "token_type": "Bearer",
            "expires_in": _TOKEN_LIFETIME_S,
        }
    )
