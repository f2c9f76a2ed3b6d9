from pathlib import Path

import pytest

from antiphon.cli.console import JsonView, LiveView, PlainView
from antiphon.cli.embedded import Engines
from antiphon.cli.errand import Errand, Request
from antiphon.errors import EngineFailed, SettingsError
from tests.client.recordings import question


def request(**changes: object) -> Request:
    flags: dict[str, object] = {
        "file": Path("question.wav"),
        "endpoint": None,
        "out": Path("reply.wav"),
        "model": "models/x",
        "voice": None,
        "system": None,
        "text": False,
        "json": False,
        "paced": True,
        "timeout_s": None,
        "engines": Engines.EMBEDDED,
        "api_key": None,
        "record": None,
    }
    return Request(**{**flags, **changes})  # type: ignore[arg-type]


def test_the_view_suits_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(request(json=True).view(), JsonView)
    assert isinstance(request().view(), PlainView)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert isinstance(request().view(), LiveView)


def test_a_terminal_is_no_raw_pcm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    with pytest.raises(SettingsError, match="nothing is piped in"):
        Errand(request(file=Path("-"))).run()


def test_engines_that_cannot_be_had_end_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> None:
        raise EngineFailed("no weights")

    monkeypatch.setattr("antiphon.cli.errand.prepare", broken)
    with pytest.raises(EngineFailed):
        Errand(request(file=question(tmp_path), out=tmp_path / "reply.wav", json=True)).run()
    assert '"error":"no weights"' in capsys.readouterr().out
