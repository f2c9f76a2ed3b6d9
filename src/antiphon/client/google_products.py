"""Where Google's two products are, and as whom to come there (protocol.md 1.1, 1.2): chosen as Google's SDKs choose."""

from dataclasses import dataclass

from pydantic import SecretStr

from antiphon.client.credentials import Credentials, is_token, key_credentials
from antiphon.client.environment import GOOGLE_KEYS, LOCATION, PROJECT, VERTEX_SWITCHES, Asked, checked
from antiphon.errors import SettingsError

GOOGLE_DOMAIN = ".googleapis.com"
EXPRESS_MODELS = "publishers/google/models/"
"""What Vertex's models are called where the key stands for the project."""
CONNECTION_S_MAX = 600.0
"""Age at which Google cuts a connection (protocol.md 4.7)."""

_DEVELOPER = "generativelanguage.googleapis.com"
_MULTI_REGIONS = {"us", "eu"}
_EXPORT_KEY = f"`export {GOOGLE_KEYS[0]}=...`"


@dataclass(frozen=True, slots=True)
class Place:
    """Where to connect to, as whom, and what models' names begin with there."""

    url: str
    credentials: Credentials
    models: str


def developer_path(version: str, key: SecretStr | None) -> str:
    """Give the path of the Developer API's method; ephemeral tokens have one of their own."""
    method = "BidiGenerateContentConstrained" if is_token(key) else "BidiGenerateContent"
    return f"/ws/google.ai.generativelanguage.{version}.GenerativeService.{method}"


def gemini(asked: Asked) -> Place:
    """Find the Developer API. Raises SettingsError."""
    if asked.project or asked.location:
        raise SettingsError(
            "the Gemini Developer API has no projects and locations: leave them out, or choose Vertex AI, by the "
            f"endpoint vertex or, with the endpoint google, by `export {VERTEX_SWITCHES[1]}=true`"
        )
    key = asked.key(*GOOGLE_KEYS)
    if key is None:
        raise SettingsError(
            f"the Gemini Developer API needs an API key; neither {' nor '.join(GOOGLE_KEYS)} is set: "
            f"make one at https://aistudio.google.com/apikey, then {_EXPORT_KEY}"
        )
    version = asked.version("v1alpha", from_environment=False) if is_token(key) else asked.version("v1beta")
    return Place(f"wss://{_DEVELOPER}{developer_path(version, key)}", key_credentials(key), "models/")


def vertex(asked: Asked) -> Place:
    """Find Vertex AI: in express mode with a key, otherwise with application default credentials.

    Where there are a key and a project both, what is in the call goes before what is in the environment, and a
    project before a key. Blocks while credentials are looked for. Raises SettingsError that names all that is missing.
    """
    key, project, location = _key_or_project(asked)
    checked("location", location)
    checked("project", project)
    version = asked.version("v1beta1")
    url = f"wss://{_host(location)}/ws/google.cloud.aiplatform.{version}.LlmBidiService/BidiGenerateContent"
    if key is not None:
        if is_token(key):
            raise SettingsError("ephemeral tokens are for the Gemini Developer API: choose the endpoint gemini")
        return Place(url, key_credentials(key), EXPRESS_MODELS)
    account, project = _account_and_project(asked, project)
    return Place(url, account, f"projects/{project}/locations/{location or 'global'}/{EXPRESS_MODELS}")


def _key_or_project(asked: Asked) -> tuple[SecretStr | None, str | None, str | None]:
    """Decide for one of the two: gives the key, the project and the location that count."""
    if asked.api_key is not None:
        if asked.project or asked.location:
            return asked.key(), asked.project, asked.location or asked.variable(LOCATION)
        return asked.key(), None, None
    project = asked.project or asked.variable(PROJECT)
    location = asked.location or asked.variable(LOCATION)
    return (None if project or location else asked.key(*GOOGLE_KEYS)), project, location


def _host(location: str | None) -> str:
    if location is None or location == "global":
        return f"aiplatform{GOOGLE_DOMAIN}"
    return (
        f"aiplatform.{location}.rep{GOOGLE_DOMAIN}"
        if location in _MULTI_REGIONS
        else f"{location}-aiplatform{GOOGLE_DOMAIN}"
    )


def _account_and_project(asked: Asked, project: str | None) -> tuple[Credentials, str]:
    from antiphon.client.google_account import find_account  # noqa: PLC0415 - google-auth takes 0.2 s

    missing = []
    account: Credentials | None = None
    try:
        account, usual = find_account()
        project = project or checked("project", usual)
    except SettingsError as error:
        missing.append(str(error))
    if not project:
        missing.append(f"a project: `export {PROJECT}=...`")
    if account is None or not project:
        raise SettingsError(_incomplete(asked, missing))
    return account, project


def _incomplete(asked: Asked, missing: list[str]) -> str:
    listed = "; ".join(f"missing {part}" for part in missing)
    in_the_way = [name for name in (PROJECT, LOCATION) if asked.variable(name)]
    instead = f"`unset {' '.join(in_the_way)}` and {_EXPORT_KEY}" if in_the_way else _EXPORT_KEY
    return f"Vertex AI: found {asked.found()}; {listed}; or come with an API key alone: {instead}"
