import pytest

from antiphon.errors import RemoteProtocolError
from antiphon.session.history import Entry, History, audio_tokens, say, text_of, token_details
from antiphon.wire.content import Blob, Content, FunctionCall, FunctionResponse, Part
from antiphon.wire.setup import Modality


@pytest.mark.requirement("usage.speech")
@pytest.mark.parametrize(("seconds", "tokens"), [(0.0, 0), (0.04, 1), (0.041, 2), (1.0, 25), (0.28, 7)])
def test_speech_costs_25_tokens_a_second(seconds, tokens):
    assert audio_tokens(seconds) == tokens


def test_speech_costs_audio_and_typed_words_do_not():
    assert Entry(say("user", "hi"), 2.0).audio_tokens == 50
    assert Entry(say("user", "hi")).audio_tokens == 0


def test_what_a_model_reads_of_an_entry():
    call = Part(function_call=FunctionCall(name="light", args={"on": True}))
    result = Part(function_response=FunctionResponse(name="light", response={"output": "done"}))
    content = Content(parts=(Part(text="a"), Part(text="hm", thought=True), call, result))
    assert Entry(content).text == 'a\nlight{"on":true}\nlight{"output":"done"}'


@pytest.mark.requirement("content.no_role")
def test_the_user_opens_a_turn_and_results_do_not():
    assert Entry(say("user", "hi")).opens_turn
    assert Entry(Content(parts=(Part(text="no role"),))).opens_turn
    assert not Entry(say("model", "hi")).opens_turn
    assert not Entry(Content(role="user", parts=(Part(function_response=FunctionResponse()),))).opens_turn


def test_thoughts_are_not_text():
    content = Content(parts=(Part(text="a"), Part(text="hm", thought=True), Part(text="b")))
    assert text_of(content) == "a\nb"


@pytest.mark.requirement("usage.modalities")
def test_details_leave_nothing_out_but_nothings():
    assert [(detail.modality, detail.token_count) for detail in token_details(text=3)] == [(Modality.TEXT, 3)]
    assert len(token_details(text=1, audio=1, image=1)) == 3


def test_pictures_count_towards_the_limit():
    history = History(bytes_max=5_000)
    with pytest.raises(RemoteProtocolError, match="5000 bytes"):
        history.append(Entry(Content(parts=(Part(inline_data=Blob(data=bytes(5_000))),))))


def conversation(*roles: str) -> History:
    history = History(bytes_max=100_000)
    history.append(*(Entry(say(role, f"{role} {number}")) for number, role in enumerate(roles)))
    return history


def texts(history: History) -> list[str]:
    return [entry.text for entry in history.entries]


@pytest.mark.requirement("compression.cut")
def test_old_turns_go_at_the_start_of_a_users_turn():
    history = conversation("user", "model", "user", "model", "user", "model")
    assert history.shed(lambda _: 10, 5, keeps_last_turn=False) == 20
    assert texts(history) == ["user 2", "model 3", "user 4", "model 5"]
    assert history.shed(lambda _: 10, 20, keeps_last_turn=False) == 20
    assert texts(history) == ["user 4", "model 5"]


@pytest.mark.requirement("compression.stays")
def test_the_turn_being_answered_stays():
    history = conversation("user", "model", "user", "model")
    assert history.shed(lambda _: 10, 1_000, keeps_last_turn=True) == 20
    assert texts(history) == ["user 2", "model 3"]
    assert history.shed(lambda _: 10, 1_000, keeps_last_turn=True) == 0
    assert conversation("model").shed(lambda _: 10, 1_000, keeps_last_turn=True) == 0


def test_what_is_pinned_stays():
    history = conversation("user", "model")
    history.pin()
    history.append(Entry(say("user", "a")), Entry(say("model", "b")), Entry(say("user", "c")))
    assert history.shed(lambda _: 10, 15, keeps_last_turn=False) == 20
    assert texts(history) == ["user 0", "model 1", "c"]
    assert history.shed(lambda _: 10, 1_000, keeps_last_turn=False) == 10
    assert texts(history) == ["user 0", "model 1"]
    assert history.size == sum(entry.size for entry in history.entries)


@pytest.mark.requirement("media.newest_frames")
def test_pictures_of_the_camera_go_when_newer_ones_come():
    history = conversation("user")
    for name in ("old", "new"):
        history.append(
            Entry(Content(parts=(Part(inline_data=Blob(mime_type="image/png", data=name.encode())),)), camera=True)
        )
    assert [entry.content.parts[0].inline_data.data for entry in history.entries if entry.camera] == [b"new"]
    assert [entry.images for entry in history.entries] == [0, 1]
