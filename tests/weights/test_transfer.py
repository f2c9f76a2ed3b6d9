import os
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from antiphon.config import Weights
from antiphon.errors import WeightsError, WrongFile
from antiphon.weights.transfer import Page, Remote, Transfer

from .hosts import Host, serving, sum_of

BODY = os.urandom(200_000)


class Told:
    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    def begin(self, label: str, bytes_done: int, bytes_total: int | None) -> None:
        self.calls.append(("begin", label, bytes_done, bytes_total))

    def advance(self, bytes_new: int) -> None: ...

    def end(self) -> None:
        self.calls.append(("end",))

    def say(self, text: str) -> None:
        self.calls.append(("say", text))


class Fetching:
    """A transfer on a fake host, with its sleeps written down."""

    def __init__(self, host: Host, directory: Path, client: httpx.Client) -> None:
        self.host, self.client = host, client
        self.to = directory / "fetched" / "it.whl"
        self.part = self.to.with_name("it.whl.part")
        self.told = Told()
        self.slept: list[float] = []
        self.environ = {"NETRC": str(directory / "netrc")}
        self.limits = Weights(retries_max=2, backoff_s=0.5, package_bytes_max=1_000_000, page_bytes_max=1_000)
        host.files["/it"] = BODY

    def transfer(self) -> Transfer:
        return Transfer(self.client, self.limits, self.told, environ=self.environ, sleep=self.slept.append)

    def fetch(self, sha256: str | None = sum_of(BODY), url: str = "/it") -> None:
        address = httpx.URL(url if "://" in url else self.host.url + url)
        self.transfer().fetch(Remote(url=address, label="it", sha256=sha256, headers={}), self.to)

    def read(self, url: str = "/page") -> Page:
        return self.transfer().read(httpx.URL(self.host.url + url), accept="text/html")

    def left_by_an_earlier_run(self, body: bytes) -> None:
        self.part.parent.mkdir(parents=True)
        self.part.write_bytes(body)

    @property
    def ranges(self) -> list[str | None]:
        return [asked.range for asked in self.host.requests_of("/it")]


@pytest.fixture
def fetching(tmp_path: Path) -> Iterator[Fetching]:
    with serving() as host, httpx.Client(trust_env=False, follow_redirects=True) as client:
        yield Fetching(host, tmp_path, client)


def test_a_file_arrives_whole(fetching: Fetching) -> None:
    fetching.fetch()
    assert fetching.to.read_bytes() == BODY
    assert not fetching.part.exists()
    assert fetching.told.calls == [("begin", "it", 0, len(BODY)), ("end",)]


def test_every_cut_is_gone_on_from(fetching: Fetching) -> None:
    fetching.host.cuts["/it"] = [10_000, 20_000, 30_000, 40_000]
    fetching.fetch()
    assert fetching.to.read_bytes() == BODY
    assert fetching.ranges == [None, "bytes=10000-", "bytes=30000-", "bytes=60000-", "bytes=100000-"]
    assert fetching.slept == [0.5] * 4, "an attempt that brought bytes is not held against the host"


def test_a_host_that_cannot_resume_is_read_from_the_start(fetching: Fetching) -> None:
    fetching.host.resumes = False
    fetching.host.cuts["/it"] = [10_000]
    fetching.fetch()
    assert fetching.to.read_bytes() == BODY
    assert ("begin", "it", 0, len(BODY)) == fetching.told.calls[-2]


def test_a_part_that_is_complete_is_only_summed(fetching: Fetching) -> None:
    fetching.left_by_an_earlier_run(BODY)
    fetching.fetch()
    assert fetching.to.read_bytes() == BODY
    assert sum(asked.sent for asked in fetching.host.asked) == 0


@pytest.mark.parametrize("left", [b"x" * 1_000, b"x" * 200_000, b"x" * 300_000])
def test_a_damaged_part_is_started_over(fetching: Fetching, left: bytes) -> None:
    fetching.left_by_an_earlier_run(left)
    fetching.fetch()
    assert fetching.to.read_bytes() == BODY
    assert fetching.ranges == [f"bytes={len(left)}-", None]


def test_without_a_sum_nothing_is_joined(fetching: Fetching) -> None:
    fetching.left_by_an_earlier_run(BODY[:1_000])
    fetching.host.cuts["/it"] = [10_000]
    fetching.fetch(sha256=None)
    assert fetching.to.read_bytes() == BODY
    assert fetching.ranges == [None, None]


def test_a_file_that_is_here_is_not_asked_for(fetching: Fetching) -> None:
    fetching.fetch()
    fetching.fetch()
    assert len(fetching.ranges) == 1


def test_a_file_spoilt_since_is_fetched_again(fetching: Fetching) -> None:
    fetching.fetch()
    fetching.to.write_bytes(BODY[:-1] + b"?")
    fetching.fetch()
    assert fetching.to.read_bytes() == BODY


def test_a_wrong_sum_leaves_nothing(fetching: Fetching) -> None:
    fetching.host.files["/it"] = BODY[:-1] + b"?"
    with pytest.raises(WrongFile, match="wrong sum"):
        fetching.fetch()
    assert not any(fetching.to.parent.iterdir())


def test_a_fault_that_may_pass_is_tried_again_with_longer_waits(fetching: Fetching) -> None:
    fetching.host.statuses["/it"] = [503, 429]
    fetching.fetch()
    assert fetching.to.read_bytes() == BODY
    assert fetching.slept == [0.5, 1.0]


def test_too_many_faults_in_a_row_are_an_error(fetching: Fetching) -> None:
    fetching.host.statuses["/it"] = [503] * 9
    with pytest.raises(WeightsError, match="/it: answered 503"):
        fetching.fetch()
    assert len(fetching.ranges) == 3


def test_a_refusal_is_final(fetching: Fetching) -> None:
    with pytest.raises(WeightsError, match="answered 404 Not Found"):
        fetching.fetch(url="/nothing")
    assert fetching.slept == []


@pytest.mark.parametrize("prepare", [lambda host: None, lambda host: host.cuts.update({"/it": [100]})])
def test_a_file_beyond_the_limit_is_refused(fetching: Fetching, prepare: Callable[[Host], None]) -> None:
    prepare(fetching.host)
    fetching.limits = fetching.limits.model_copy(update={"package_bytes_max": 100_000})
    with pytest.raises(WeightsError, match="longer than 100000 bytes"):
        fetching.fetch()


def test_credentials_are_sent_but_never_shown(fetching: Fetching) -> None:
    secret = fetching.host.url.replace("://", "://me:hush@")
    fetching.fetch(url=f"{secret}/it")
    assert fetching.host.asked[0].headers["Authorization"].startswith("Basic ")
    fetching.to.unlink()
    with pytest.raises(WeightsError) as error:
        fetching.fetch(url=f"{secret}/nothing?token=hush")
    assert "hush" not in str(error.value)


def test_netrc_is_used_for_a_host_it_names(fetching: Fetching) -> None:
    Path(fetching.environ["NETRC"]).write_text("machine 127.0.0.1 login me password hush\n")
    fetching.fetch()
    assert fetching.host.asked[0].headers["Authorization"].startswith("Basic ")


def test_a_page_is_read_with_its_type(fetching: Fetching) -> None:
    fetching.host.files["/page"] = b"<p>"
    fetching.host.types["/page"] = "text/html"
    fetching.host.statuses["/page"] = [502]
    page = fetching.read()
    assert (page.body, page.content_type, page.url.path) == (b"<p>", "text/html", "/page")
    assert fetching.host.asked[0].headers["Accept"] == "text/html"


def test_a_page_beyond_the_limit_is_refused(fetching: Fetching) -> None:
    fetching.host.files["/page"] = b"<p>" * 1_000
    with pytest.raises(WeightsError, match="longer than 1000 bytes"):
        fetching.read()
