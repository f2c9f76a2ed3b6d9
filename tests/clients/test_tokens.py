"""Keys and ephemeral tokens as SDKs we did not write use them, against `antiphon serve` with keys."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.conftest import HERE, Served, run, serving
from tests.clients.test_foreign import needs_node

SAID = "You said: hello."
OUTCOMES = {
    "a wrong key makes none": "401",
    "a token answers as it locks": SAID,
    "its use is spent": "1008",
    "a masked one locks too": SAID,
    "a wrong key": "1007",
    "a key answers in sound, as it is asked to": "",
}


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("keyed"), "--engines", "scripted", "--tls") as served:
        yield served


async def key(served: Served, name: str) -> str:
    """A key made as users make it, while the server runs."""
    assert served.authority is not None
    data_dir = served.authority.parent.parent
    return (
        await run(sys.executable, "-m", "antiphon", "keys", "add", name, ANTIPHON_SERVER__DATA_DIR=data_dir)
    ).strip()


async def outcomes(*command: str | Path, **trust: Path | None) -> dict[str, str]:
    out = await run(*command, **{name: path for name, path in trust.items() if path})
    return dict(zip(OUTCOMES, json.loads(out.splitlines()[-1]), strict=True))


async def test_python(keyed: Served):
    script = HERE / "python_tokens.py"
    found = await outcomes(
        sys.executable, script, keyed.base_url, await key(keyed, "python"), SSL_CERT_FILE=keyed.authority
    )
    assert found == OUTCOMES


@needs_node
async def test_javascript(keyed: Served):
    script = HERE / "node" / "tokens.mjs"
    found = await outcomes(
        "node", script, keyed.base_url, await key(keyed, "node"), NODE_EXTRA_CA_CERTS=keyed.authority
    )
    assert found == OUTCOMES
