import pytest

from antiphon.config import load_settings
from antiphon.session.effects import Effect, Keep, StartReply
from antiphon.session.events import Kept, Leave, Recalled, Superseded, Transcribed, UtteranceId
from antiphon.session.keeping import Consumed
from antiphon.session.snapshot import Snapshot
from antiphon.wire.dialect import Dialect
from tests.session.script import LOUD, QUIET, SPOKEN, Deaf, Script, pcm

RESUMABLE = SPOKEN | {"sessionResumption": {}}
TRANSPARENT = SPOKEN | {"sessionResumption": {"transparent": True}}
TOOLS = [{"functionDeclarations": [{"name": "light"}, {"name": "report", "behavior": "NON_BLOCKING"}]}]


def updates(script: Script) -> list[dict[str, object]]:
    return [m["sessionResumptionUpdate"] for m in script.messages if "sessionResumptionUpdate" in m]


def resumed(store: dict[str, Snapshot], handle: str | None = None, **setup: object) -> Script:
    handle = handle or list(store)[-1]
    return Script({"model": "models/x", "sessionResumption": {"handle": handle}, **setup}, store=store)


def turn(script: Script, asked: str, said: str) -> None:
    script.client(realtimeInput={"text": asked})
    script.says(said)
    script.ends()
    script.wait(2)


def contents(script: Script) -> list[str]:
    return [content.parts[0].text for content in script.last(StartReply).brief.contents]


@pytest.mark.requirement("resumption.asked_for")
def test_nothing_is_kept_unless_asked_for():
    script = Script()
    turn(script, "hello", "hi")
    assert script.count(Keep) == 0
    assert updates(script) == []


@pytest.mark.requirement(
    "setup.complete_first", "resumption.asked_for", "resumption.updates", "resumption.not_resumable"
)
def test_a_handle_comes_after_the_setup_and_after_each_turn():
    script = Script(RESUMABLE)
    assert script.sent() == ["setupComplete", "sessionResumptionUpdate"]
    turn(script, "hello", "hi")
    assert [bool(update.get("resumable")) for update in updates(script)] == [False, True]
    assert updates(script)[-1] == {"newHandle": "handle-2", "resumable": True}


class Slow(Script):
    """Its store answers when it is told to."""

    def __init__(self, setup: dict[str, object]):
        self.unanswered: list[Kept] = []
        super().__init__(setup)

    def _perform(self, effects: list[Effect]) -> None:
        super()._perform(effects)
        self.unanswered += [answer for answer in self.answers if isinstance(answer, Kept)]
        self.answers = [answer for answer in self.answers if not isinstance(answer, Kept)]

    def stored(self) -> None:
        self.event(self.unanswered.pop(0))


@pytest.mark.requirement("resumption.updates")
def test_a_handle_that_is_older_than_a_turn_is_not_given_behind_it():
    script = Slow(RESUMABLE)
    turn(script, "hello", "hi")
    script.stored()
    assert [update for update in updates(script) if update] == [], "it leads to the session before the turn"
    script.stored()
    assert updates(script)[-1] == {"newHandle": "handle-2", "resumable": True}


@pytest.mark.requirement("resumption.goes_on")
def test_a_session_goes_on_where_it_was():
    store = {}
    turn(Script(RESUMABLE | {"systemInstruction": "Be kind."}, store=store), "my name is Ada", "hello Ada")
    script = resumed(store)
    assert script.sent() == ["setupComplete", "sessionResumptionUpdate"]
    script.client(realtimeInput={"text": "who am I?"})
    assert contents(script) == ["my name is Ada", "hello Ada", "who am I?"]
    assert script.last(StartReply).brief.system == "Be kind."


@pytest.mark.requirement("resumption.unfinished")
def test_what_was_not_finished_is_lost():
    store = {}
    script = Script(RESUMABLE, store=store)
    turn(script, "one", "first")
    script.client(realtimeInput={"text": "two"})
    script.says("sec")
    script = resumed(store)
    script.client(realtimeInput={"text": "three"})
    assert contents(script) == ["one", "first", "three"]


@pytest.mark.requirement("resumption.goes_on")
def test_history_that_waits_for_its_question_is_kept():
    store = {}
    Script(RESUMABLE, store=store).client(clientContent={"turns": [{"parts": [{"text": "by the way"}]}]})
    script = resumed(store)
    script.client(realtimeInput={"text": "so?"})
    assert contents(script) == ["by the way", "so?"]


@pytest.mark.requirement("resumption.new_setup", "resumption.left_out")
def test_a_new_setup_may_change_all_but_the_model():
    store = {}
    turn(Script(RESUMABLE | {"tools": TOOLS}, store=store), "hello", "hi")
    script = resumed(store, systemInstruction="Be brief.", generationConfig={"responseModalities": ["TEXT"]})
    script.client(realtimeInput={"text": "so?"})
    brief = script.last(StartReply).brief
    assert (brief.system, brief.modality.value, brief.tools) == ("Be brief.", "TEXT", ())
    assert contents(script) == ["hello", "hi", "so?"]
    refused = resumed(store, model="models/y")
    assert refused.closed.reason == "setup.model: a resumed session keeps its model, x"


@pytest.mark.requirement("resumption.goes_on")
def test_a_setup_that_is_nothing_but_a_handle_keeps_the_former_one():
    store = {}
    turn(Script(RESUMABLE | {"tools": TOOLS, "generationConfig": {"seed": 4}}, store=store), "hello", "hi")
    script = resumed(store)
    script.client(realtimeInput={"text": "so?"})
    brief = script.last(StartReply).brief
    assert ([function.name for function in brief.tools], brief.generation.seed) == (["light", "report"], 4)


def test_changes_of_the_context_are_kept():
    store = {}
    script = Script(RESUMABLE | {"tools": TOOLS}, store=store)
    script.client(contextUpdate={"systemInstruction": {"parts": [{"text": "Be brief."}]}, "tools": {}})
    script = resumed(store)
    script.client(realtimeInput={"text": "so?"})
    assert (script.last(StartReply).brief.system, script.last(StartReply).brief.tools) == ("Be brief.", ())


@pytest.mark.requirement("resumption.background_calls")
def test_a_call_in_the_background_is_answered_on_the_next_connection():
    store = {}
    script = Script(RESUMABLE | {"tools": TOOLS}, store=store)
    script.client(realtimeInput={"text": "report"})
    ids = script.calls("report")
    script = resumed(store)
    script.respond(*ids)
    parts = [content.parts[0] for content in script.last(StartReply).brief.contents]
    assert [bool(part.function_call or part.function_response) for part in parts] == [False, True, True]


@pytest.mark.requirement("resumption.not_found")
def test_an_unknown_handle_is_not_found():
    script = resumed({}, "gone")
    assert (script.closed.code, script.closed.reason) == (1008, "BidiGenerateContent session not found")


def test_messages_that_come_before_the_session_is_found_wait():
    script = Script({"model": "models/x", "sessionResumption": {"handle": "h"}})
    assert script.closed is not None, "the shelf is empty"
    session = Script(None, resumption={"recall_messages_max": 1})
    session.answers = Deaf()
    session.client(setup={"model": "models/x", "sessionResumption": {"handle": "h"}})
    session.client(realtimeInput={"text": "early"})
    assert session.sent() == []
    session.client(realtimeInput={"text": "too many"})
    assert session.closed.code == 1011


@pytest.mark.requirement("setup.pipelined")
def test_early_messages_come_after_the_setup():
    script = Script(None)
    script.answers = Deaf()
    script.client(setup={"model": "models/x", "sessionResumption": {"handle": "h"}})
    script.client(realtimeInput={"text": "early"})
    script.answers = []
    kept = Script(RESUMABLE)
    script.event(Recalled(kept.store["handle-1"]))
    assert script.sent()[0] == "setupComplete"
    assert contents(script) == ["early"]


@pytest.mark.requirement("resumption.broken_store")
def test_a_store_that_fails_costs_nothing_but_the_handle():
    script = Script(RESUMABLE)
    script.answers = Deaf()
    script.client(clientContent={"turns": [{"parts": [{"text": "x"}]}]})
    script.sent()
    script.answers = []
    script.event(Kept(None))
    assert script.sent() == []
    turn(script, "hello", "hi")
    assert updates(script)[-1]["resumable"] is True


@pytest.mark.requirement("resumption.one_connection")
def test_the_newer_connection_wins():
    script = Script(RESUMABLE)
    script.event(Superseded())
    assert script.closed.code == 1008
    assert "another connection" in script.closed.reason


# Which messages were consumed


@pytest.mark.requirement("wire.int64_out", "resumption.transparent")
def test_messages_count_from_the_setup():
    script = Script(TRANSPARENT, dialect=Dialect.VERTEX)
    assert "lastConsumedClientMessageIndex" in updates(script)[0]
    script.client(clientContent={"turns": [{"parts": [{"text": "x"}]}]})
    script.client(clientContent={"turns": [{"parts": [{"text": "y"}]}]})
    assert [update["lastConsumedClientMessageIndex"] for update in updates(script)] == ["0", "1", "2"]


@pytest.mark.requirement("resumption.transparent", "resumption.transparent_everywhere")
def test_speech_is_consumed_once_it_is_answered():
    script = Script(TRANSPARENT)
    script.silence(1_000)
    script.messages.clear()
    script.ask()
    script.says()
    script.ends()
    script.wait(2)
    (index,) = (int(u["lastConsumedClientMessageIndex"]) for u in updates(script) if u.get("resumable"))
    question_ends = 50 + 30 + 15 - 5
    assert question_ends - 3 <= index <= question_ends + 5


@pytest.mark.requirement("resumption.transparent")
def test_what_was_answered_is_consumed_though_somebody_may_be_beginning_to_speak():
    script = Script(TRANSPARENT)
    script.silence(1_000)
    script.messages.clear()
    script.ask()
    script.says()
    script.speak(60)  # too short yet to be a beginning
    script.ends()
    script.wait(2)
    index = max(int(u["lastConsumedClientMessageIndex"]) for u in updates(script) if u.get("resumable"))
    question_ends = 50 + 30 + 15 - 5
    assert question_ends - 3 <= index <= question_ends + 5


@pytest.mark.requirement("resumption.notices")
def test_silence_is_consumed_too_and_the_client_told_now_and_then():
    script = Script(TRANSPARENT, resumption={"consumed_messages": 50})
    script.messages.clear()
    script.silence(3_000)
    indices = [int(update["lastConsumedClientMessageIndex"]) for update in updates(script)]
    assert indices == [50, 100]
    assert {update["newHandle"] for update in updates(script)} == {"handle-1"}


@pytest.mark.requirement("resumption.transparent")
def test_speech_that_is_going_on_is_not_consumed():
    script = Script(TRANSPARENT, resumption={"consumed_messages": 1})
    script.silence(1_000)
    script.messages.clear()
    script.speak(2_000)
    told = [int(u["lastConsumedClientMessageIndex"]) for u in updates(script) if u.get("resumable")]
    assert all(index <= 50 - 400 // 20 for index in told), "the 400 ms before the speech belong to it"


def test_what_is_typed_is_consumed_with_the_silence_before_it():
    consumed = Consumed()
    consumed.received(20_000, typed=False)
    consumed.received(20_000, typed=True)
    consumed.settled(10_000, heard=19_000)
    assert (consumed.index, consumed.complete) == (0, False)
    consumed.settled(10_000, heard=20_000)
    assert (consumed.index, consumed.complete) == (2, True)


def test_audio_is_told_apart_in_steps_and_without_growing():
    consumed = Consumed()
    for number in range(100_000):
        consumed.received(number * 320, typed=False)
    assert len(consumed._waiting) <= 2_000
    consumed.settled(32_000, heard=0)
    assert 90 <= consumed.index <= 101


def test_a_muted_microphone_does_not_hold_the_index_back():
    script = Script(TRANSPARENT)
    script.silence(1_000)
    script.messages.clear()
    script.client(clientContent={"turns": [{"parts": [{"text": "by the way"}]}]})
    assert [update["lastConsumedClientMessageIndex"] for update in updates(script)] == ["51"]


def test_what_is_typed_while_audio_waits_to_be_heard_is_kept_after_it():
    script = Script(TRANSPARENT)
    script.messages.clear()
    script.send_pcm(pcm(QUIET, 1_000))
    script.client(clientContent={"turns": [{"parts": [{"text": "by the way"}]}]})
    assert updates(script) == []
    script.hear()
    assert [update["lastConsumedClientMessageIndex"] for update in updates(script)] == ["2"]


def test_a_cough_leaves_the_session_resumable():
    script = Script(RESUMABLE)
    script.ask("")
    assert [bool(update.get("resumable")) for update in updates(script)] == [True, False, True]


def test_pictures_nobody_asked_about_are_kept():
    store = {}
    script = Script(TRANSPARENT, store=store)
    script.client(realtimeInput={"video": {"mimeType": "image/jpeg", "data": "AAAA"}})
    script = resumed(store)
    script.client(realtimeInput={"text": "what was that?"})
    assert script.last(StartReply).brief.contents[0].parts[0].inline_data.mime_type == "image/jpeg"


def test_an_initial_history_goes_on_where_it_was():
    store = {}
    script = Script(RESUMABLE | {"historyConfig": {"initialHistoryInClientContent": True}}, store=store)
    assert updates(script)[0]["resumable"] is True
    script.client(clientContent={"turns": [{"parts": [{"text": "one"}]}]})
    script = resumed(store)
    script.client(clientContent={"turns": [{"parts": [{"text": "two"}]}], "turnComplete": True})
    assert script.count(StartReply) == 0
    script.client(realtimeInput={"text": "three"})
    assert contents(script) == ["one", "two", "three"]
    resumed_at_once = resumed(store, "handle-1")
    resumed_at_once.client(clientContent={"turns": [{"parts": [{"text": "hello"}]}], "turnComplete": True})
    assert contents(resumed_at_once) == ["hello"], "its history was given, or there is none"


def test_a_client_that_speaks_instead_of_giving_its_history_is_kept_too():
    script = Script(RESUMABLE | {"historyConfig": {"initialHistoryInClientContent": True}})
    turn(script, "hello", "hi")
    assert updates(script)[-1]["resumable"] is True


def test_late_answers_of_the_former_connection_are_ignored():
    store = {}
    script = Script(RESUMABLE | {"tools": TOOLS}, store=store)
    script.client(realtimeInput={"text": "report"})
    script.calls("report")
    script.client(realtimeInput={"text": "turn on the light"})
    lost = script.calls("light")
    script = resumed(store)
    script.respond(*lost)
    assert script.closed is None
    assert script.count(StartReply) == 0


def test_a_session_resumed_elsewhere_while_it_is_looked_up_is_closed():
    script = Script(None)
    script.answers = Deaf()
    script.client(setup={"model": "models/x", "sessionResumption": {"handle": "h"}})
    script.event(Superseded())
    assert script.closed.code == 1008


# Leaving


@pytest.mark.requirement("go_away.message", "go_away.ignored")
def test_a_client_that_is_asked_to_leave_has_time():
    script = Script()
    script.event(Leave(9.5))
    assert script.messages[-1] == {"goAway": {"timeLeft": "9.5s"}}
    script.client(realtimeInput={"text": "one more"})
    script.says()
    script.ends()
    script.wait(9)
    assert script.closed is None
    script.wait(1)
    assert script.closed.code == 1008
    assert "GoAway" in script.closed.reason


@pytest.mark.requirement("go_away.lifetime")
def test_a_later_notice_does_not_put_off_an_earlier_one():
    script = Script()
    script.event(Leave(5.0))
    script.wait(1)
    script.event(Leave(60.0))
    assert script.messages[-1] == {"goAway": {"timeLeft": "4s"}}
    script.wait(4)
    assert script.closed is not None


def test_an_old_connection_is_asked_to_leave():
    script = Script(server={"go_away_after_s": 10.0, "go_away_notice_s": 5.0})
    script.wait(9)
    assert "goAway" not in script.sent()
    script.wait(2)
    assert script.sent() == ["goAway"]


@pytest.mark.requirement("go_away.lifetime", "go_away.only_when_leaving")
def test_by_default_nobody_is():
    assert load_settings().server.go_away_after_s is None


def test_resumed_speech_is_recognised_from_its_beginning():
    store = {}
    script = Script(RESUMABLE, store=store)
    script.send_pcm(pcm(QUIET, 500) + pcm(LOUD, 500))
    script = resumed(store, inputAudioTranscription={})
    script.speak(600)
    script.silence(300)
    script.judge(1.0)
    script.event(Transcribed(UtteranceId(1), "hello"))
    assert contents(script) == ["hello"]
