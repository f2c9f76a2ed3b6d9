import pytest

from antiphon.cli.faults import complain, exit_status, explain, printable
from antiphon.errors import (
    AntiphonError,
    CommandNotStarted,
    ConnectionClosed,
    ConnectionRefused,
    EngineUnavailable,
    LocalProtocolError,
    NoAnswer,
    RemoteProtocolError,
    SettingsError,
)


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (SettingsError("no such file"), 2, "no such file"),
        (ConnectionClosed(1008, "not  found"), 3, "the server closed the connection with 1008 (policy): not found"),
        (ConnectionClosed(1006, ""), 3, "the server closed the connection with 1006"),
        (ConnectionClosed(4999, "odd"), 3, "the server closed the connection with 4999: odd"),
        (ConnectionRefused(401, "ws://h refused"), 3, "ws://h refused"),
        (ConnectionRefused(1006, "ws://h: Connection refused"), 3, "ws://h: Connection refused; is it running?"),
        (RemoteProtocolError("odd"), 3, "the server sent what the protocol does not allow: odd"),
        (NoAnswer("too slow"), 4, "too slow"),
        (EngineUnavailable("pull the weights"), 1, "pull the weights"),
        (LocalProtocolError("a bug"), 1, "a bug"),
        (CommandNotStarted("nosuch: there is no such command", 127), 127, "nosuch: there is no such command"),
    ],
)
def test_every_error_has_its_words_and_status(error: AntiphonError, status: int, said: str) -> None:
    assert exit_status(error) == status
    assert explain(error).startswith(said)


def test_complains_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    complain(NoAnswer("too\rslow"))
    assert capsys.readouterr() == ("", "antiphon: too slow\n")


def test_shows_no_control_characters() -> None:
    assert printable("a\x1b[31mb\x07\r\u202ec\nd é") == "a [31mb   c\nd é"
