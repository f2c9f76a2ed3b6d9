"""How an error ends a command: one line in a user's words, and an exit status."""

import errno
import os
import sys

from antiphon.errors import (
    AntiphonError,
    CloseCode,
    CommandNotStarted,
    ConnectionClosed,
    ConnectionRefused,
    NoAnswer,
    RemoteProtocolError,
    SettingsError,
)


def exit_status(error: AntiphonError) -> int:
    """Give the exit status of an error: 2 usage or file, 3 the server refused, 4 no answer in time, 1 else.

    A program that did not start gives what a shell would.
    """
    match error:
        case SettingsError():
            return 2
        case ConnectionClosed() | RemoteProtocolError():
            return 3
        case NoAnswer():
            return 4
        case CommandNotStarted():
            return error.status
        case _:
            return 1


def complain(error: AntiphonError) -> None:
    """Print an error as one line on stderr."""
    sys.stderr.write(f"antiphon: {printable(explain(error))}\n")


def explain(error: AntiphonError) -> str:
    """Say an error in a user's words."""
    match error:
        case ConnectionRefused() if error.reason.endswith(os.strerror(errno.ECONNREFUSED)):
            return f"{error}; is it running? `antiphon serve` starts one; ask and talk run their own without --endpoint"
        case ConnectionRefused():
            return str(error)
        case ConnectionClosed():
            reason = " ".join(error.reason.split())
            return f"the server closed the connection with {_code(error.code)}" + (f": {reason}" if reason else "")
        case RemoteProtocolError():
            return f"the server sent what the protocol does not allow: {error}"
        case _:
            return str(error)


def printable(text: str) -> str:
    """Replace what would move the cursor or change colours: the text may come from anywhere."""
    return "".join(character if character.isprintable() or character == "\n" else " " for character in text)


def _code(code: int) -> str:
    names = {member.value: member.name.lower().replace("_", " ") for member in CloseCode}
    return f"{code} ({names[code]})" if code in names else str(code)
