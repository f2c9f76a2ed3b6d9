import json

import pytest

from antiphon.recording.timeline import Turn
from tests.recording.sample import asked_and_answered


def test_facts_are_json_without_sound() -> None:
    facts = json.loads(json.dumps(asked_and_answered().timeline().facts()))
    assert facts["endpoint"] == "wss://live.example/ws"
    assert facts["finished"] is True
    assert facts["heard"][0] | {"start_s": 0, "end_s": 0} == {
        "start_s": 0, "end_s": 0, "text": "Where is it?", "unheard": "", "in_writing": False, "final": True,
    }  # fmt: skip
    turn = facts["turns"][0]
    assert turn["latency_ms"] == pytest.approx(400, abs=21)
    assert turn["usage"] == {"promptTokenCount": 40, "responseTokenCount": 25, "totalTokenCount": 65}
    assert not {"user_sound", "model_sound"} & facts.keys()
    assert len(str(turn["start_s"])) <= 5


def test_latency_needs_both_ends() -> None:
    assert Turn(1, 0.0, 1.0, "", "").latency_s is None
    assert Turn(1, 0.0, 1.0, "", "", asked_s=1.0, first_s=1.5).latency_s == 0.5
