import pytest

from antiphon.cli.conversation.meter import Needle, lamps


def colours(needle: Needle, width: int = 60, *, lit: bool = True) -> list[str]:
    return [str(span.style) for span in lamps(needle, width, lit=lit).spans]


def at(level: float) -> Needle:
    needle = Needle()
    needle.move(level, 0.05)
    return needle


def test_a_needle_rises_at_once_and_falls_slowly() -> None:
    needle = at(-20.0)
    assert needle.level == -20.0
    needle.move(-50.0, 0.1)
    assert needle.level == pytest.approx(-23.0)
    for _ in range(20):
        needle.move(-120.0, 0.1)
    assert needle.level == -60.0


def test_the_peak_stays_a_while() -> None:
    needle = at(-20.0)
    for _ in range(9):
        needle.move(-60.0, 0.1)
    assert needle.peak == -20.0
    for _ in range(30):
        needle.move(-60.0, 0.1)
    assert needle.peak == -60.0


def test_a_lamp_is_a_decibel_at_sixty_lamps() -> None:
    assert colours(at(-120.0)) == ["$foreground 12%"] * 60
    assert colours(at(-40.0)) == ["$success"] * 20 + ["$foreground 12%"] * 40
    assert colours(at(0.0)) == ["$success"] * 42 + ["$warning"] * 12 + ["$error"] * 6


def test_the_peak_is_a_lamp_of_its_own() -> None:
    needle = at(-10.0)
    needle.move(-60.0, 0.5)
    assert colours(needle)[34:51] == ["$success"] + ["$foreground 12%"] * 14 + ["$warning", "$foreground 12%"]


def test_what_is_not_sent_is_grey() -> None:
    assert set(colours(at(0.0), lit=False)) == {"$foreground 35%"}


def test_any_width() -> None:
    assert [len(lamps(at(-3.0), width, lit=True).plain) for width in (0, 1, 7)] == [0, 1, 7]
