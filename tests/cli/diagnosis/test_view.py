import io
import json
from collections.abc import AsyncGenerator

import pytest
from rich.console import Console

from antiphon.cli.diagnosis.examination import Section
from antiphon.cli.diagnosis.finding import Finding, fault, ok, warning
from antiphon.cli.diagnosis.view import JsonView, LinesView


async def nothing() -> AsyncGenerator[Finding]:
    for finding in ():
        yield finding


SECTION = Section("Endpoint", nothing)
COMMAND = "export SSL_CERT_FILE=/a/very/long/path/that/is/longer/than/a/line/of/eighty/columns/authority.pem"
FINDINGS = [
    ok("TCP", "127.0.0.1:8765 answers (1 ms)"),
    fault("TLS", "the certificate is not trusted: issued by\x1b[2J antiphon on this machine", "trust it:", COMMAND),
    warning("port", "a text with `a command in it` that does `not fit on one line of eighty` columns, as it is"),
]


def drawn(*, terminal: bool = False, width: int = 80) -> str:
    file = io.StringIO()
    view = LinesView(Console(file=file, width=width, force_terminal=terminal, color_system=None, highlight=False))
    with view.watching():
        view.begin("Endpoint")
        for finding in FINDINGS:
            view.show(finding)
    view.conclude([(SECTION, finding) for finding in FINDINGS])
    return file.getvalue()


def test_lines_are_fit_to_be_pasted() -> None:
    assert drawn().splitlines() == [
        "Endpoint",
        "  ok       TCP          127.0.0.1:8765 answers (1 ms)",
        "  fault    TLS          the certificate is not trusted: issued by [2J antiphon",
        "                        on this machine",
        "                        → trust it:",
        f"                            {COMMAND}",
        "  warning  port         a text with `a command in it` that does",
        "                        `not fit on one line of eighty` columns, as it is",
        "1 fault, 1 warning.",
    ]


def test_a_narrow_terminal_is_not_too_narrow() -> None:
    assert max(len(line) for line in drawn(width=20).splitlines() if COMMAND not in line) <= 24 + 33


def test_a_terminal_is_shown_that_something_goes_on() -> None:
    written = drawn(terminal=True)
    assert "Endpoint…" in written
    assert COMMAND in written


@pytest.mark.parametrize(
    ("findings", "told"),
    [
        ([ok("a", "b")], "Nothing is wrong."),
        ([warning("a", "b"), warning("a", "b")], "Nothing is wrong, 2 warnings."),
        ([fault("a", "b"), fault("a", "b")], "2 faults."),
    ],
)
def test_counts_what_is_wrong(findings: list[Finding], told: str) -> None:
    file = io.StringIO()
    LinesView(Console(file=file)).conclude([(SECTION, finding) for finding in findings])
    assert file.getvalue() == f"{told}\n"


def test_json_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    view = JsonView()
    with view.watching():
        view.begin("Endpoint")
        view.show(FINDINGS[0])
    view.conclude([(SECTION, finding) for finding in FINDINGS])
    told = json.loads(capsys.readouterr().out)
    assert told["result"] == "fault"
    assert told["findings"][1] == {
        "section": "Endpoint",
        "mark": "fault",
        "name": "TLS",
        "found": FINDINGS[1].found,
        "advice": "trust it:",
        "commands": [COMMAND],
    }
