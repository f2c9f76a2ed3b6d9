"""What fits the model's context, and what goes when it does not (protocol.md 4.7); a word is a token here."""

import pytest

from antiphon.session.effects import StartReply, Weigh
from antiphon.session.events import ReplyFailed, ReplyFault
from antiphon.session.scales import MESSAGE_TOKENS
from tests.session.script import SPOKEN, Script

TOLD = SPOKEN | {"systemInstruction": "Be kind."}
EACH = 10 + MESSAGE_TOKENS
TEN = "one two three four five six seven eight nine ten"


def conversation(setup: dict[str, object], turns: int, **settings: object) -> Script:
    script = Script(TOLD | setup, **settings)
    for number in range(turns):
        exchange(script, f"{number} {TEN[4:]}")
    return script


def exchange(script: Script, text: str) -> None:
    script.client(realtimeInput={"text": text})
    if script.closed is None:
        script.says(TEN, 0.1)
        script.ends()
        script.wait(1)


def asked(script: Script) -> list[str]:
    contents = script.last(StartReply).brief.contents
    return [
        content.parts[0].text.split()[0] for content in contents if content.role == "user" and content.parts[0].text
    ]


@pytest.mark.requirement("compression.off", "compression.session_length")
def test_without_compression_everything_stays():
    assert asked(conversation({}, 20)) == [str(number) for number in range(20)]


@pytest.mark.requirement("compression.off", "compression.context")
def test_a_full_context_is_an_honest_close():
    script = conversation({}, 1)
    script.capacity = 2 + 3 * EACH + MESSAGE_TOKENS + 32
    exchange(script, f"1 {TEN[4:]}")
    assert script.closed is None
    exchange(script, f"2 {TEN[4:]}")
    assert script.closed.code == 1007
    assert script.closed.reason == ("the context is full: 88 tokens of 88; setup.context_window_compression is not set")


@pytest.mark.requirement("compression.trigger")
def test_the_oldest_turns_go_at_the_trigger():
    compression = {"contextWindowCompression": {"triggerTokens": 5 * EACH, "slidingWindow": {"targetTokens": 3 * EACH}}}
    script = conversation(compression, 3)
    assert asked(script) == ["2"], "two turns and a half are too many, and one and a half still above the target"
    exchange(script, f"3 {TEN[4:]}")
    assert asked(script) == ["2", "3"]


@pytest.mark.requirement("compression.defaults")
@pytest.mark.parametrize("asked_for", [{}, {"triggerTokens": 100_000}, {"slidingWindow": {}}])
def test_the_trigger_is_never_beyond_what_the_model_takes(asked_for):
    script = Script(TOLD | {"contextWindowCompression": asked_for})
    script.capacity = 10 * EACH
    for number in range(30):
        exchange(script, f"{number} {TEN[4:]}")
    assert script.closed is None
    assert asked(script)[-1] == "29"


@pytest.mark.requirement("compression.defaults", "compression.stays")
def test_initial_history_and_system_instruction_stay():
    compression = {"contextWindowCompression": {"triggerTokens": 4 * EACH}}
    script = Script(TOLD | compression | {"historyConfig": {"initialHistoryInClientContent": True}})
    history = [{"role": "user", "parts": [{"text": f"pinned {TEN[4:]}"}]}]
    script.client(clientContent={"turns": history, "turnComplete": True})
    for number in range(6):
        exchange(script, f"{number} {TEN[4:]}")
    assert asked(script)[0] == "pinned"
    assert asked(script)[-1] == "5"
    assert len(asked(script)) < 6
    assert script.last(StartReply).brief.system == "Be kind."


@pytest.mark.requirement("compression.too_long")
def test_a_question_too_long_for_the_model_is_refused():
    script = Script(TOLD | {"contextWindowCompression": {}})
    script.capacity = 60
    exchange(script, "x " * 100)
    assert script.closed.reason.endswith("the question alone is too long")


@pytest.mark.requirement("compression.exact")
def test_the_question_stays_whatever_its_functions_gave():
    tools = [{"functionDeclarations": [{"name": "light"}]}]
    script = Script(TOLD | {"tools": tools, "contextWindowCompression": {"triggerTokens": 60}})
    exchange(script, "0")
    script.client(realtimeInput={"text": "1"})
    script.respond(*script.calls("light"), response={"output": "x " * 100})
    assert asked(script)[0] == "1"


def test_a_model_that_turns_out_to_be_full_is_given_less():
    for compression, reason in (
        ({}, "context_window_compression is not set"),
        ({"contextWindowCompression": {}}, None),
    ):
        script = conversation(compression, 3)
        script.client(realtimeInput={"text": "last"})
        script.event(ReplyFailed(script.last(StartReply).turn, ReplyFault.CONTEXT_FULL))
        if reason:
            assert script.closed.reason.endswith(reason)
        else:
            assert asked(script) == ["2", "last"]


def test_functions_and_their_results_count():
    tools = [{"functionDeclarations": [{"name": "light", "description": "turn it on"}]}]
    script = Script(TOLD | {"tools": tools})
    script.client(realtimeInput={"text": "hello"})
    assert [text for text in script.last(Weigh).texts if "turn it on" in text]
    script.respond(*script.calls("light"))
    assert any(text.startswith("light{") for text in script.last(Weigh).texts)


@pytest.mark.requirement("setup.media_resolution")
def test_pictures_are_charged_as_the_vendor_does():
    for resolution, tokens in (("MEDIA_RESOLUTION_LOW", 66), ("MEDIA_RESOLUTION_HIGH", 258)):
        script = Script(TOLD | {"generationConfig": {"mediaResolution": resolution}})
        script.client(realtimeInput={"video": {"mimeType": "image/jpeg", "data": "AAAA"}})
        exchange(script, "what is this")
        usage = next(message["usageMetadata"] for message in script.messages if "usageMetadata" in message)
        assert {"modality": "IMAGE", "tokenCount": tokens} in usage["promptTokensDetails"]
