from antiphon.recording.capture import Capture
from antiphon.recording.lines import Incident
from antiphon.recording.reader import Exchanged, Noted
from tests.clock import Clock
from tests.recording.sample import hum
from tests.recording.test_recorder import OPEN, audio


def test_keeps_what_a_recorder_writes() -> None:
    clock = Clock()
    capture = Capture("wss://a:b@h/x?key=y", clock)
    question = audio(hum(0.02))
    for act in (lambda: capture.sent(question), lambda: capture.lost("gone"), lambda: capture.received(OPEN)):
        clock.now += 1
        act()
    capture.close()
    recorded = capture.recorded()
    assert recorded.entries == (
        Exchanged(1.0, question),
        Noted(2.0, Incident.LOST, "gone"),
        Noted(3.0, Incident.RECONNECTED),
        Exchanged(3.0, OPEN),
        Noted(3.0, Incident.CLOSED),
    )
    assert recorded.header.endpoint == "wss://h/x"


def test_keeps_only_so_much() -> None:
    capture = Capture("ws://h", Clock(), bytes_max=3_000)
    for _ in range(10):
        capture.sent(audio(hum(0.02)))
    assert 1 < len(capture.recorded().entries) < 5
