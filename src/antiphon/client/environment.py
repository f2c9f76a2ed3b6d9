"""What a user said about where to go and as whom: the arguments of a call, and behind them the environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr

from antiphon.errors import SettingsError

ENDPOINT = "ANTIPHON_ENDPOINT"
URL = "ANTIPHON_URL"
ANTIPHON_KEY = "ANTIPHON_API_KEY"
GOOGLE_KEYS = ("GOOGLE_API_KEY", "GEMINI_API_KEY")
"""The first that is set counts, as in Google's SDKs; and so on for the others."""
PROJECT = "GOOGLE_CLOUD_PROJECT"
LOCATION = "GOOGLE_CLOUD_LOCATION"
VERTEX_SWITCHES = ("GOOGLE_GENAI_USE_ENTERPRISE", "GOOGLE_GENAI_USE_VERTEXAI")
VERSION = "GOOGLE_GENAI_API_VERSION"
BASE_URLS = {"gemini": "GOOGLE_GEMINI_BASE_URL", "vertex": "GOOGLE_VERTEX_BASE_URL"}
"""A gateway in Google's place; `antiphon run` sets them."""

_FORMS = {
    "location": (re.compile(r"[a-z]+(-[a-z0-9]+)*"), "a region such as us-central1, or global, us, eu"),
    "project": (re.compile(r"[a-z0-9][a-z0-9.:-]*"), "the id or the number of a Google Cloud project"),
    "API version": (re.compile(r"v[0-9]+[a-z0-9]*"), "a version such as v1beta"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The arguments of a call, and the variables that count where there is no argument."""

    project: str | None = None
    location: str | None = None
    api_key: SecretStr | None = None
    api_version: str | None = None
    variables: Mapping[str, str] = field(repr=False)

    def variable(self, *names: str) -> str | None:
        """Give the first of the variables that is set to anything."""
        return next((value for name in names if (value := self.variables.get(name, "").strip())), None)

    def key(self, *names: str) -> SecretStr | None:
        """Give the API key of the call, or else of the first of the variables that is set.

        Raises SettingsError for one that cannot go into a header.
        """
        if self.api_key is not None:
            return checked_key(self.api_key.get_secret_value(), "the API key")
        found = next((name for name in names if self.variable(name)), None)
        return checked_key(self.variables[found], found) if found else None

    def version(self, usual: str, *, from_environment: bool = True) -> str:
        """Give the API version of the call, of the environment, or the usual one; `beta` is the usual one too."""
        stated = self.api_version or (self.variable(VERSION) if from_environment else None)
        return usual if stated == "beta" else checked("API version", stated) or usual

    def wants_vertex(self) -> bool:
        """Tell which product the environment chooses, as Google's SDKs read it."""
        switch = next((self.variables[name] for name in VERTEX_SWITCHES if name in self.variables), "")
        return switch.lower() in {"true", "1"}

    def found(self) -> str:
        """Name what there is: arguments and variables of Google's, none of their values."""
        arguments = {"project": self.project, "location": self.location, "api_key": self.api_key}
        names = [name for name, value in arguments.items() if value]
        names += [name for name in (PROJECT, LOCATION, *GOOGLE_KEYS) if self.variable(name)]
        return ", ".join(names) or "nothing"


def checked(what: str, value: str | None) -> str | None:
    """Give a location, project or API version that can be one; raises SettingsError that says what it looks like.

    They become a part of the host and the path that credentials are sent to.
    """
    form, looks = _FORMS[what]
    if value is None or form.fullmatch(value):
        return value
    raise SettingsError(f"{value!r} is no {what}: use {looks}")


def checked_key(key: str, source: str) -> SecretStr:
    """Give a key that can go into a header; raises SettingsError that does not repeat it."""
    key = key.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise SettingsError(f"{source} is empty or holds characters no API key has: copy it again")
    return SecretStr(key)
