"""What Google's SDKs read from the environment, so that a program finds our server without an edit."""

import ssl
from collections.abc import Mapping
from pathlib import Path

import httpx

from antiphon.server.listen import Listening

_VERTEX_PATH = "/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent"
_LOOPBACK = "127.0.0.1,localhost,::1"
_VERTEX_SWITCHES = ("GOOGLE_GENAI_USE_ENTERPRISE", "GOOGLE_GENAI_USE_VERTEXAI")


def sdk_environment(server: Listening, folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Give the variables that lead to the server; the certificates to be trusted are written into the folder."""
    return {
        "ANTIPHON_URL": server.url,
        **_base_urls(server.url, environment),
        **_trust(server, folder, environment),
        **_past_proxies(environment),
    }


def _base_urls(url: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Where the SDKs dial.

    The Vertex one is a whole WebSocket URL. A Python client that takes its project from the environment dials
    it as it is; every other client puts a path behind it, and the server takes any prefix. And with Vertex
    chosen by the environment alone, the Python SDK looks at the Gemini variable.
    """
    gemini, vertex = url.replace("ws", "http", 1), url + _VERTEX_PATH
    by_environment = next((environment[name] for name in _VERTEX_SWITCHES if name in environment), "")
    chosen = by_environment.lower() in {"1", "true"}
    return {"GOOGLE_GEMINI_BASE_URL": vertex if chosen else gemini, "GOOGLE_VERTEX_BASE_URL": vertex}


def _trust(server: Listening, folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Trust our certificate beside all that is trusted already: the child may talk to others too."""
    if server.certificate is None:
        return {}
    authority = server.certificate.authority.read_bytes()
    python, node = folder / "python.pem", folder / "node.pem"
    python.write_bytes(authority + (_named(environment, "SSL_CERT_FILE") or _usual_authorities()))
    node.write_bytes(authority + _named(environment, "NODE_EXTRA_CA_CERTS"))
    return {"SSL_CERT_FILE": str(python), "NODE_EXTRA_CA_CERTS": str(node)}


def _named(environment: Mapping[str, str], name: str) -> bytes:
    """The certificates in the file a variable names, with comments in whatever encoding; none where it names none."""
    path = Path(environment.get(name, ""))
    return b"\n" + path.read_bytes() if path.is_file() else b""


def _usual_authorities() -> bytes:
    """Those of the system and those httpx brings, which a Python program trusts where nothing is said."""
    contexts = (ssl.create_default_context(), httpx.create_ssl_context(trust_env=False))
    authorities = {der for context in contexts for der in context.get_ca_certs(binary_form=True)}
    return ("\n" + "".join(map(ssl.DER_cert_to_PEM_cert, sorted(authorities)))).encode()


def _past_proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """Keep what is meant for this machine from a proxy; Python and Node read either spelling."""
    before = environment.get("no_proxy") or environment.get("NO_PROXY")
    hosts = f"{before},{_LOOPBACK}" if before else _LOOPBACK
    return {"no_proxy": hosts, "NO_PROXY": hosts}
