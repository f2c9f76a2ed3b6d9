from pathlib import Path

from antiphon.cli.diagnosis.finding import Mark, fault, ok, shown, warning, worst


def test_says_what_it_is() -> None:
    assert ok("port", "free").mark is Mark.OK
    assert warning("port", "taken", "stop it:", "a", "b").commands == ("a", "b")
    assert fault("port", "gone").as_dict() == {
        "mark": "fault",
        "name": "port",
        "found": "gone",
        "advice": "",
        "commands": (),
    }


def test_the_worst_counts() -> None:
    assert worst([]) is Mark.OK
    assert worst([Mark.WARNING, Mark.OK]) is Mark.WARNING
    assert worst([Mark.OK, Mark.FAULT, Mark.WARNING]) is Mark.FAULT


def test_a_home_is_not_told() -> None:
    assert shown(Path.home() / "a" / "b") == str(Path("~/a/b"))
    assert shown(Path("/elsewhere")) == str(Path("/elsewhere"))
