import pytest

from antiphon.audio.pcm import SPEAKING
from antiphon.errors import SettingsError
from antiphon.recording.inputs import Results, inputs_of, setup_of
from antiphon.wire.content import FunctionCall
from antiphon.wire.setup import SessionResumptionConfig
from tests.recording.sample import Stage, hum


def test_what_the_user_sent_with_its_times() -> None:
    stage = Stage()
    stage.open()
    stage.speak(hum(0.04))
    stage.call("f")
    stage.answer("f", output="x")
    stage.say("Hm.", hum(0.1, SPEAKING))
    stage.write("Where?")
    found = inputs_of(stage.recorded())
    assert [item.at_s for item in found] == pytest.approx([0.02, 0.04, 0.04])
    assert found[-1].message.client_content is not None


def test_what_the_client_sent_again_itself_is_left_out() -> None:
    stage = Stage()
    stage.open()
    stage.speak(hum(0.1))
    stage.write("Where?")
    stage.capture.lost("gone")
    stage.clock.now += 1.0
    stage.open("h")
    stage.write("Where?")
    stage.send(next(iter(hum(0.1).pieces(0.02))))
    stage.speak(hum(0.02, amplitude=0.1))
    stage.clock.now += 3.0
    stage.write("Where?")
    assert len(inputs_of(stage.recorded())) == 5 + 1 + 1 + 1


def test_the_setup_of_another_session_like_it() -> None:
    stage = Stage()
    stage.open("old handle")
    setup = setup_of(stage.recorded())
    assert setup.model == "gemini-live"
    assert setup.session_resumption == SessionResumptionConfig()
    with pytest.raises(SettingsError, match="no setup"):
        setup_of(Stage().recorded())


def test_functions_return_what_they_returned() -> None:
    stage = Stage()
    stage.open()
    for number, result in enumerate(("first", "second")):
        stage.call("f", str(number))
        stage.answer("f", str(number), output=result)
    results = Results(stage.recorded())
    call = FunctionCall(id="new", name="f")
    assert [results.result_of(call)["output"] for _ in range(3)] == ["first", "second", "second"]
    assert results.result_of(FunctionCall(name="g")) == {"error": "g was not called in the recording"}
